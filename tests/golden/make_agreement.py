"""Golden values of the statistics of agreement, from scikit-learn and SciPy: tests/golden/agreement.json.

The numbers come from a formula, so that the test needs no file of inputs. Needs scikit-learn and SciPy alone:
`python tests/golden/make_agreement.py`.
"""

import json
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

N = 300
SIDE = 28
GRIDS = (1, 2, 4, 7, 14)


def columns():
    """Three columns and a target that hangs on the first two; scores with ties."""
    i = np.arange(N)
    first = (i * 37 % 101) / 101
    second = (i * 53 % 97) / 97
    third = (i * 71 % 7) / 7
    target = (first + 0.5 * second + (i * 29 % 83) / 83 * 0.8) > 1.1
    return first, second, third, target


def maps():
    """Two maps of SIDE x SIDE in 0..1."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    a = ((x * 5 + y * 3) % 29) / 28 * 0.3 + np.exp(-((x - 9) ** 2 + (y - 12) ** 2) / 40) * 0.7
    b = ((x * 7 + y * 2) % 31) / 30 * 0.3 + np.exp(-((x - 12) ** 2 + (y - 10) ** 2) / 60) * 0.7
    return a.astype(np.float32), b.astype(np.float32)


def regional(a, b, grid):
    step = SIDE // grid
    cells = [(np.s_[r * step : (r + 1) * step, c * step : (c + 1) * step]) for r in range(grid) for c in range(grid)]
    rho = [stats.pearsonr(a[cell].ravel().astype(float), b[cell].ravel().astype(float))[0] for cell in cells]
    weight = [a[cell].mean(dtype=float) + b[cell].mean(dtype=float) for cell in cells]
    return np.array(rho), np.array(weight)


def brightest(values):
    flat = values.ravel()
    chosen = np.zeros(flat.size, bool)
    chosen[np.argsort(-flat, kind="stable")[: flat.size // 5]] = True
    return chosen


def reach(of, values):
    """Mean distance of a map's places from the highest pixel of `of`, weighted by the map, in sides."""
    row, column = np.unravel_index(of.argmax(), of.shape)
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    return np.average(np.hypot(x - column, y - row), weights=values.astype(float)) / SIDE


def of_maps():
    a, b = maps()
    found = {f"regional-{g}": regional(a, b, g)[0].mean() for g in GRIDS}
    rho, weight = regional(a, b, 7)
    found["regional-weighted"] = np.average(rho, weights=weight)
    found["regional-median"] = np.median(rho)
    found["regional-share"] = (rho > 0.5).mean()
    both, either = brightest(a) & brightest(b), brightest(a) | brightest(b)
    found["brightest-overlap"] = both.sum() / either.sum()
    peaks = [np.unravel_index(m.argmax(), m.shape) for m in (a, b)]
    found["brightest-distance"] = np.hypot(*np.subtract(*peaks)) / SIDE
    found["minima-over-maxima"] = np.minimum(a, b).sum(dtype=float) / np.maximum(a, b).sum(dtype=float)
    found["spread"] = a.mean(dtype=float)
    found["reach"] = reach(a, a)
    found["reach-peers"] = (reach(a, b) + reach(b, a)) / 2
    return found


def main():
    first, second, third, target = columns()
    rows = StandardScaler().fit_transform(np.stack([first, second, third], 1))
    model = LogisticRegression(C=1.0, tol=1e-12, max_iter=10_000).fit(rows, target)
    rates = IsotonicRegression().fit(first, target.astype(float)).predict(first)
    intervals = [
        stats.binomtest(hits, images).proportion_ci(method="wilson") for hits, images in ((0, 10), (7, 10), (93, 130))
    ]
    golden = {
        "auroc": [roc_auc_score(target, column) for column in (first, second, third)],
        "spearman": [stats.spearmanr(first, second)[0], stats.spearmanr(first, third)[0]],
        "logistic": {"weights": model.coef_[0].tolist(), "intercept": model.intercept_[0]},
        "isotonic": rates.tolist(),
        "wilson": [[ci.low, ci.high] for ci in intervals],
        "maps": of_maps(),
    }

    def plain(value):
        if isinstance(value, dict):
            return {key: plain(v) for key, v in value.items()}
        return [plain(v) for v in value] if isinstance(value, list) else float(f"{value:.9g}")

    text = ",\n".join(f" {json.dumps(key)}: {json.dumps(value)}" for key, value in plain(golden).items())
    (Path(__file__).resolve().parent / "agreement.json").write_text("{\n" + text + "\n}\n")


if __name__ == "__main__":
    main()
