"""Puts a network's confidences on the scale of a public detector's: prints the line for `CALIBRATION` in network.py.

A tracker has levels, and they are made for the scale of the YOLOX family. Where that detector is so sure of a box that so many boxes a
picture of `val` are false, ours is to say the same. It changes no order, and so no average precision.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch

from .network import Detector, anchor_points, boxes_from
from .pictures import Pictures, corners, load_pictures
from .teach import intersection_over_union, suppress, yolox

LEVELS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
"""Confidences of the public detector at which the two are compared."""
OVERLAP = 0.5


def logit(p):
    return np.log(p / (1 - p))


def false_boxes(found: list[tuple[np.ndarray, np.ndarray]], pictures: Pictures) -> np.ndarray:
    """Scores of all boxes that are nobody, descending: each person is found once, by the surest box."""
    false = []
    for (boxes, scores), truth in zip(found, pictures.boxes, strict=True):
        overlap = intersection_over_union(boxes, corners(truth))
        taken = np.zeros(len(truth), bool)
        for i in np.argsort(-scores, kind="stable"):
            free = np.where(taken, 0, overlap[i])
            if free.size and free.max() >= OVERLAP:
                taken[free.argmax()] = True
            else:
                false.append(scores[i])
    return np.sort(np.array(false))[::-1]


@torch.no_grad()
def found_by(detector: Detector, pictures: Pictures, size: int) -> list[tuple[np.ndarray, np.ndarray]]:
    points, strides = anchor_points(size, size)
    found = []
    for picture in pictures.levels[0]:
        pixels = cv2.resize(np.asarray(picture), (size, size), interpolation=cv2.INTER_AREA)
        logits, distances = detector(torch.from_numpy(pixels.transpose(2, 0, 1)[None]).float())
        scores = logits[0].numpy()
        boxes = boxes_from(distances, points, strides)[0].numpy() / size
        keep = scores > -5
        kept = suppress(boxes[keep], scores[keep], 0.5)
        found.append((boxes[keep][kept], scores[keep][kept]))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m person_detector.confidence", description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--beside", type=Path, required=True, help="a public YOLOX as ONNX, whose scale is taken")
    parser.add_argument("--data", type=Path, required=True, help="folder with val/")
    parser.add_argument("--work", type=Path, required=True, help="the folder of the training run: its cache is used")
    parser.add_argument("--size", type=int, default=416, help="edge of the input, pixels")
    options = parser.parse_args()
    pictures = load_pictures(options.data, options.work / "cache", "val")
    detector = Detector().eval()
    detector.load_state_dict(torch.load(options.checkpoint, map_location="cpu", weights_only=True)["average"])
    own = false_boxes(found_by(detector, pictures, options.size), pictures)
    detect = yolox(options.beside)
    others = []
    for picture in pictures.levels[0]:
        boxes, scores = detect(np.asarray(picture))
        kept = suppress(boxes, scores, 0.5)
        others.append((boxes[kept], scores[kept]))
    public = false_boxes(others, pictures)
    counts = [int((public >= level).sum()) for level in LEVELS]
    at = np.array([own[min(count, len(own) - 1)] for count in counts])
    slope, intercept = np.polyfit(at, logit(np.array(LEVELS)), 1)
    for level, count, score in zip(LEVELS, counts, at, strict=True):
        line = 1 / (1 + np.exp(-(slope * score + intercept)))
        print(f"{level:.1f}: {count / len(pictures.names):.3f} false a picture; own logit {score:.2f}, by the line {line:.2f}")
    print(f"CALIBRATION = ({slope:.2f}, {intercept:.2f})")


if __name__ == "__main__":
    main()
