"""colormaps.json: 33 evenly spaced control points of Matplotlib's cividis, viridis and turbo, and what straight lines
between them lose."""

import numpy as np
from matplotlib import colormaps

from store import save

POINTS = 33


def main():
    out = {}
    for name in ("cividis", "viridis", "turbo"):
        table = colormaps[name](np.arange(256))[:, :3] * 255
        at, grid = np.linspace(0, 255, POINTS), np.arange(256)
        points = np.stack([np.interp(at, grid, table[:, c]) for c in range(3)], 1).round().astype(int)
        lines = np.stack([np.interp(grid, at, points[:, c]) for c in range(3)], 1)
        out[name] = {
            "points": points,
            "hex": ["%02x%02x%02x" % tuple(p) for p in points],
            "max_error_in_levels": np.abs(lines - table).max(),
        }
        print(name, out[name]["max_error_in_levels"])
    save("colormaps.json", out)


if __name__ == "__main__":
    main()
