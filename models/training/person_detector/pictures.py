"""Pictures with boxes, decoded once into memory-mapped bytes, so that training computes and does not decode."""

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

SIZES = (384, 192)
"""Edge of the cached pictures, pixels; the smaller one for views that shrink a picture by much."""


@dataclass(frozen=True)
class Pictures:
    names: list[str]
    levels: tuple[np.ndarray, ...]
    """Per size of SIZES: N x size x size x 3, BGR."""
    boxes: list[np.ndarray]
    """Per picture: B x 4, centre x, centre y, width, height as parts of the picture (0..1)."""


def corners(boxes: np.ndarray) -> np.ndarray:
    """Corners (B x 4: left, top, right, bottom) of boxes by their centre, width and height (B x 4)."""
    centre, half = boxes[:, :2], boxes[:, 2:] / 2
    return np.concatenate((centre - half, centre + half), 1)


def read_labels(path: Path) -> tuple[list[str], list[np.ndarray]]:
    names, boxes = [], []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        name, _, text = line.partition("\t")
        try:
            rows = [[float(value) for value in box.split(",")] for box in text.split(";") if box]
            found = np.array(rows, np.float32).reshape(-1, 4)
        except ValueError as problem:
            raise SystemExit(f"{path}, line {number}: the boxes are no 'cx,cy,w,h' separated by ';' ({problem}).") from problem
        names.append(name)
        boxes.append(found)
    return names, boxes


def load_pictures(folder: Path, cache: Path, split: str) -> Pictures:
    """Reads `folder`/`split`; decodes into `cache` where that has not been done."""
    names, boxes = read_labels(folder / split / "labels.tsv")
    cache.mkdir(parents=True, exist_ok=True)
    index = cache / f"{split}.json"
    paths = [cache / f"{split}-{size}.npy" for size in SIZES]
    if not index.exists() or json.loads(index.read_text()) != names:
        arrays = [
            np.lib.format.open_memmap(path, "w+", np.uint8, (len(names), size, size, 3))
            for path, size in zip(paths, SIZES, strict=True)
        ]
        for i, name in enumerate(names):
            picture = cv2.imread(str(folder / split / "images" / name), cv2.IMREAD_COLOR)
            if picture is None:
                raise SystemExit(f"{folder / split / 'images' / name} is no picture.")
            for array, size in zip(arrays, SIZES, strict=True):
                array[i] = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
        for array in arrays:
            array.flush()
        index.write_text(json.dumps(names))
    return Pictures(names, tuple(np.load(path, mmap_mode="r") for path in paths), boxes)
