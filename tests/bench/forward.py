"""The rivals' side of the benchmark of forward passes; crates/peerlight-onnx/examples/forward.rs is ours.

For each line on standard input, a number of passes, the same image goes so often through a network of export_onnx.py.
Each is answered with the median of the passes' milliseconds and the first logit.

    python tests/bench/forward.py onnxruntime FOLDER/lite0.onnx 16
    python tests/bench/forward.py eager FOLDER/lite0.onnx 16
"""

import contextlib
import statistics
import sys
import time
from pathlib import Path

import numpy as np

THREADS = 2


def onnxruntime(file):
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = THREADS
    session = ort.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    return lambda x: session.run(None, {"image": x})[0]


def eager(file):
    import torch
    from export_onnx import module

    torch.set_num_threads(THREADS)
    net = module(Path(file).stem)

    def run(x):
        with torch.inference_mode():
            return net(torch.from_numpy(x)).numpy()

    return run


RUNTIMES = {"onnxruntime": onnxruntime, "eager": eager}


def main():
    runtime, file, batch = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with contextlib.redirect_stdout(sys.stderr):
        run = RUNTIMES[runtime](file)
    # As in forward.rs.
    x = (np.arange(batch * 3 * 224 * 224) * 37 % 101).astype(np.float32) / np.float32(50) - np.float32(1)
    x = x.reshape(batch, 3, 224, 224)
    print("ready", flush=True)
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.perf_counter()
            logits = run(x)
            times.append((time.perf_counter() - start) * 1e3)
        print(f"{statistics.median(times):.4f} {logits[0, 0]}", flush=True)


if __name__ == "__main__":
    main()
