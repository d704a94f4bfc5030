"""What weights in 8 bits cost: compares a bundle with the same bundle in 8 bits, on images with boxes.

peerlight evaluate IMAGES --bundle B --boxes BOXES --metrics complexity --method mutual --agreement peers --out A16
peerlight evaluate IMAGES --bundle B8 --boxes BOXES --metrics complexity --method mutual --agreement peers --out A8
cargo run -p peerlight-explain --example compare_bundles -- B B8 IMAGES/*/* > MAPS
python tests/bench/eight_bits.py A16 A8 MAPS CALIBRATION.json

Prints JSON: accuracy of each peer, hits of the joint map, the correlation of the maps, and how well the calibration's
score foretells a hit (AUROC), each with both bundles; differences have 95 % intervals from 2,000 resamples of the
images.
"""

import json
import random
import sys
from pathlib import Path


def records(folder):
    lines = (Path(folder) / "records.jsonl").read_text().splitlines()
    run, *rest = map(json.loads, lines)
    return run, {line["record"]["image"]: line["record"] for line in rest if "record" in line}


def auroc(scores, hits):
    """The chance that a hit scores above a miss; ties count half."""
    ranked = sorted(zip(scores, hits))
    total, positives, i = 0.0, sum(hits), 0
    while i < len(ranked):
        j = i
        while j < len(ranked) and ranked[j][0] == ranked[i][0]:
            j += 1
        total += sum(hit for _, hit in ranked[i:j]) * (i + 1 + j) / 2
        i = j
    return (total - positives * (positives + 1) / 2) / (positives * (len(hits) - positives))


def interval(rows, figure):
    """The figure of the rows, and its 95 % interval."""
    draw = random.Random(0)
    again = sorted(figure(draw.choices(rows, k=len(rows))) for _ in range(2000))
    return [round(value, 4) for value in (figure(rows), again[50], again[1949])]


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def main(half, eight, maps, calibration):
    (run_half, a), (run_eight, b) = records(half), records(eight)
    calibration = json.loads(Path(calibration).read_text())
    inputs = calibration["inputs"]

    def score(record):
        values = record["judged"][0]["values"]
        terms = (i["weight"] * (values[i["id"]] - i["mean"]) / i["deviation"] for i in inputs)
        return calibration["intercept"] + sum(terms)

    both = [(a[name], b[name]) for name in sorted(a.keys() & b.keys())]
    right = [[[int(r["predicted"][p] == r["class"]) for p in (0, 1)] for r in pair] for pair in both]
    accuracy = [
        {
            "peer": peer,
            "half": round(mean(row[0][peer] for row in right), 4),
            "int8": round(mean(row[1][peer] for row in right), 4),
            "difference": interval(right, lambda rows, p=peer: mean(r[1][p] - r[0][p] for r in rows)),
        }
        for peer in (0, 1)
    ]
    judged = [(x, y) for x, y in both if x["small"] and x["judged"] and y["judged"]]
    rows = [[(r["judged"][0]["hit"], score(r), r["judged"][0]["values"]) for r in pair] for pair in judged]
    rows = [row for row in rows if row[0][0] is not None and row[1][0] is not None]

    def worth(of):
        def side(i):
            return lambda rows: auroc([of(row[i]) for row in rows], [row[i][0] for row in rows])

        difference = interval(rows, lambda drawn: side(1)(drawn) - side(0)(drawn))
        return {"half": round(side(0)(rows), 4), "int8": round(side(1)(rows), 4), "difference": difference}

    result = {
        "half_sha256": run_half["bundle_sha256"],
        "int8_sha256": run_eight["bundle_sha256"],
        "images": len(both),
        "accuracy": accuracy,
        "same_answer": [round(mean(x["predicted"][p] == y["predicted"][p] for x, y in both), 4) for p in (0, 1)],
        "maps": [json.loads(line) for line in Path(maps).read_text().splitlines()],
        "judged": len(rows),
        "hits": {"half": sum(row[0][0] for row in rows), "int8": sum(row[1][0] for row in rows)},
        "auroc": {
            "calibrated score": worth(lambda side: side[1]),
            "reach-peers": worth(lambda side: -side[2]["reach-peers"]),
        },
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main(*sys.argv[1:])
