"""Public detectors as teachers: their boxes on the same pictures, computed once.

A person that the labels missed must not be learnt as background, and a label that no teacher sees is the weaker evidence.
"""

from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from .pictures import Pictures, corners

LOWEST = 0.1
"""Boxes below this score are not kept."""


def session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def yolox(path: Path):
    """YOLOX (Ge et al. 2021): rows of (cx, cy) in cells, log (w, h), objectness, classes; person is class 0."""
    model = session(path)
    size = model.get_inputs()[0].shape[2]
    cells, strides = [], []
    for stride in (8, 16, 32):
        y, x = np.mgrid[0 : size // stride, 0 : size // stride]
        cells.append(np.stack((x, y), -1).reshape(-1, 2))
        strides.append(np.full((cells[-1].shape[0], 1), stride))
    grid, stride = np.concatenate(cells), np.concatenate(strides)

    def detect(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        pixels = cv2.resize(picture, (size, size), interpolation=cv2.INTER_LINEAR)
        (rows,) = model.run(None, {model.get_inputs()[0].name: pixels.transpose(2, 0, 1)[None].astype(np.float32)})
        scores = rows[0, :, 4] * rows[0, :, 5]
        keep = scores >= LOWEST
        centre = (rows[0, keep, :2] + grid[keep]) * stride[keep]
        sides = np.exp(rows[0, keep, 2:4]) * stride[keep]
        return corners(np.concatenate((centre, sides), 1)) / size, scores[keep]

    return detect


def suppress(boxes: np.ndarray, scores: np.ndarray, overlap: float) -> np.ndarray:
    """Greedy non-maximum suppression: indices of the boxes (corners) that stay, best first."""
    order = np.argsort(-scores, kind="stable")
    kept: list[int] = []
    while order.size:
        best, order = order[0], order[1:]
        kept.append(int(best))
        order = order[intersection_over_union(boxes[best : best + 1], boxes[order])[0] <= overlap]
    return np.array(kept, int)


def intersection_over_union(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    size = np.clip(np.minimum(a[:, None, 2:], b[None, :, 2:]) - np.maximum(a[:, None, :2], b[None, :, :2]), 0, None)
    both = size.prod(-1)
    area = lambda boxes: (boxes[:, 2:] - boxes[:, :2]).prod(-1)  # noqa: E731
    return both / np.maximum(area(a)[:, None] + area(b)[None] - both, 1e-9)


def teach(pictures: Pictures, teachers: list[Path], cache: Path) -> list[np.ndarray]:
    """Per picture: B x 5, corners as parts of the picture and score."""
    if not teachers:
        return [np.zeros((0, 5), np.float32) for _ in pictures.names]
    path = cache / ("taught-" + "-".join(teacher.stem for teacher in teachers) + ".npz")
    if not path.exists():
        detectors = [yolox(teacher) for teacher in teachers]
        taught = []
        for picture in pictures.levels[0]:
            found = [detect(picture) for detect in detectors]
            boxes = np.concatenate([boxes for boxes, _ in found])
            scores = np.concatenate([scores for _, scores in found])
            kept = suppress(boxes, scores, 0.5)
            taught.append(np.concatenate((boxes[kept], scores[kept, None]), 1).astype(np.float32))
        np.savez(path, rows=np.concatenate(taught), counts=[len(rows) for rows in taught])
    with np.load(path) as stored:
        return np.split(stored["rows"], np.cumsum(stored["counts"])[:-1])
