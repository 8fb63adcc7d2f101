"""Writes a trained network as ONNX: batch normalisation folded, boxes decoded, one input, two outputs."""

import argparse
import hashlib
from pathlib import Path

import torch

from .network import Detector, Exported


def export(detector: Detector, path: Path, width: int, height: int) -> str:
    """Returns the file's SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    model = Exported(detector.eval(), width, height).eval()
    torch.onnx.export(
        model,
        (torch.zeros(1, 3, height, width),),
        str(path),
        input_names=["pixels"],
        output_names=["boxes", "scores"],
        opset_version=18,
        dynamo=False,
        do_constant_folding=True,
    )
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m person_detector.export", description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--width", type=int, default=416)
    parser.add_argument("--height", type=int, default=416)
    options = parser.parse_args()
    detector = Detector()
    detector.load_state_dict(torch.load(options.checkpoint, map_location="cpu", weights_only=True)["average"])
    print(export(detector, options.out, options.width, options.height))


if __name__ == "__main__":
    main()
