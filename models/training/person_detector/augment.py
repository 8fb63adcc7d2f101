"""One view of the data: pictures warped, mixed and degraded towards what a camera 3 to 8 m up delivers."""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from .pictures import SIZES, Pictures, corners
from .teach import intersection_over_union

FILL = 114
SMALLEST_HEIGHT = 8
"""Pixels of the view; people below it are neither learnt nor held against the network."""
LEAST_VISIBLE = 0.35
"""Part of a box that a crop must leave in view for it to be learnt."""
NINE = 0.4
"""Share of mosaics that are of nine pictures: the pictures show most people large, cameras in halls show them at 20 to 80 pixels."""
ASIDE = {2: 0.4, 3: 0.2}
"""How far the edges in a mosaic of so many columns and rows lie from an even division at most, in parts of a column."""


@dataclass(frozen=True)
class Instances:
    """What a picture shows. Weight 0..1: how sure it is that a person is there; below 0: not to be learnt either way."""

    boxes: np.ndarray
    """B x 4, corners."""
    weights: np.ndarray


def instances_of(labels: np.ndarray, taught: np.ndarray) -> Instances:
    """Labels and teachers' boxes in one list, corners as parts of the picture."""
    boxes = corners(labels)
    overlap = intersection_over_union(boxes, taught[:, :4])
    seen = np.where(overlap > 0.5, taught[None, :, 4], 0).max(1, initial=0)
    weights = 0.8 + 0.2 * seen
    own = overlap.max(0, initial=0) < 0.4
    extra = taught[own]
    # What only a teacher sees: learnt at half its score where the teacher is fairly sure, else left open.
    extra_weights = np.where(extra[:, 4] > 0.4, 0.5 * extra[:, 4], -1)
    return Instances(
        np.concatenate((boxes, extra[:, :4])).astype(np.float32),
        np.concatenate((weights, extra_weights)).astype(np.float32),
    )


def warp_matrix(rng: np.random.Generator, width: int, height: int, closeness: float) -> np.ndarray:
    """From a picture of 1 x 1 to a window of width x height pixels: size, aspect, place, mirror, tilt of a high camera.

    The pictures were stretched to squares, mostly from wider ones: people in them are too narrow, so most views widen.
    """
    scale = closeness * np.exp(rng.uniform(np.log(0.65), np.log(1.8)))
    aspect = np.exp(rng.uniform(np.log(0.8), np.log(1.9)))
    scale_x, scale_y = scale * np.sqrt(aspect), scale / np.sqrt(aspect)
    matrix = np.diag([scale_x, scale_y, 1.0])
    if rng.random() < 0.3:
        # The plane tilted away at its upper or lower edge, as a camera sees the floor that looks down more steeply.
        tilt = rng.uniform(-0.25, 0.25)
        lean = rng.uniform(-0.08, 0.08)
        matrix = matrix @ np.array([[1 + tilt / 2, lean, -tilt / 4 - lean / 2], [0, 1, 0], [0, tilt, 1 - tilt / 2]])
    if rng.random() < 0.5:
        matrix = matrix @ np.array([[-1, 0, 1], [0, 1, 0], [0, 0, 1]], float)
    free_x, free_y = 1 - scale_x, 1 - scale_y
    place = np.array([[1, 0, free_x * rng.random()], [0, 1, free_y * rng.random()], [0, 0, 1]])
    return np.diag([width, height, 1.0]) @ place @ matrix


def warp_boxes(boxes: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    corners = boxes[:, [0, 1, 2, 1, 0, 3, 2, 3]].reshape(-1, 4, 2)
    moved = np.concatenate((corners, np.ones_like(corners[..., :1])), -1) @ matrix.T
    moved = moved[..., :2] / moved[..., 2:]
    # Between the hull and the inscribed box: a person does not fill the corners.
    x, y = np.sort(moved[..., 0], 1), np.sort(moved[..., 1], 1)
    return np.stack((x[:, :2].mean(1), y[:, :2].mean(1), x[:, 2:].mean(1), y[:, 2:].mean(1)), 1)


def place(rng, pictures: Pictures, found: list[Instances], window: np.ndarray, closeness: float) -> Instances:
    """Warps one random picture into the window (changed in place); boxes in pixels of the window."""
    height, width = window.shape[:2]
    index = int(rng.integers(len(pictures.names)))
    matrix = warp_matrix(rng, width, height, closeness)
    zoom = np.sqrt(abs(np.linalg.det(matrix[:2, :2])))
    level = 0 if zoom > SIZES[1] else 1
    size = SIZES[level]
    cv2.warpPerspective(
        np.asarray(pictures.levels[level][index]),
        matrix @ np.diag([1 / size, 1 / size, 1.0]),
        (width, height),
        dst=window,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(FILL, FILL, FILL),
    )
    boxes = warp_boxes(found[index].boxes, matrix)
    weights = found[index].weights.copy()
    area = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    boxes = np.stack((*(boxes[:, i].clip(0, width if i % 2 == 0 else height) for i in range(4)),), 1)
    sides = boxes[:, 2:] - boxes[:, :2]
    visible = sides.prod(1) / np.maximum(area, 1e-6)
    weights[(visible < LEAST_VISIBLE) | (sides[:, 1] < SMALLEST_HEIGHT) | (sides[:, 0] < 3)] = -1
    inside = (sides > 1).all(1)
    return Instances(boxes[inside], weights[inside])


def degrade(rng: np.random.Generator, view: np.ndarray) -> np.ndarray:
    """Light, colour and what a cheap camera adds."""
    if rng.random() < 0.5:
        hsv = cv2.cvtColor(view, cv2.COLOR_BGR2HSV)
        hue = ((np.arange(256) + rng.uniform(-9, 9)) % 180).astype(np.uint8)
        saturation = (np.arange(256) * rng.uniform(0.5, 1.5)).clip(0, 255).astype(np.uint8)
        same = np.arange(256, dtype=np.uint8)
        view = cv2.cvtColor(cv2.LUT(hsv, np.stack((hue, saturation, same), -1)[None]), cv2.COLOR_HSV2BGR)
    if rng.random() < 0.15:
        view = cv2.cvtColor(cv2.cvtColor(view, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    if rng.random() < 0.7:
        dark = rng.random() < 0.2
        gamma = rng.uniform(1.3, 2.4) if dark else np.exp(rng.uniform(-0.35, 0.35))
        gain = rng.uniform(0.35, 0.8) if dark else rng.uniform(0.75, 1.25)
        curve = gain * (np.arange(256) / 255.0) ** gamma * 255 + rng.uniform(-15, 15)
        view = cv2.LUT(view, curve.clip(0, 255).astype(np.uint8))
    if rng.random() < 0.1:
        view = cv2.GaussianBlur(view, (0, 0), rng.uniform(0.4, 1.4))
    if rng.random() < 0.1:
        height, width = view.shape[:2]
        coarse = rng.uniform(0.4, 0.8)
        small = cv2.resize(view, (int(width * coarse), int(height * coarse)), interpolation=cv2.INTER_AREA)
        view = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.15:
        noise = np.empty(view.shape, np.int16)
        cv2.setRNGSeed(int(rng.integers(2**31)))
        cv2.randn(noise, 0, rng.uniform(2, 14))
        view = cv2.add(view, noise, dtype=cv2.CV_8U)
    if rng.random() < 0.12:
        quality = int(rng.integers(20, 75))
        view = cv2.imdecode(cv2.imencode(".jpg", view, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
    return view


def edges(rng: np.random.Generator, size: int, parts: int) -> list[int]:
    """Where a mosaic's columns or rows begin and end."""
    inner = [(i + rng.uniform(-ASIDE[parts], ASIDE[parts])) * size / parts for i in range(1, parts)]
    return [0, *(int(x) for x in inner), size]


def make_view(rng: np.random.Generator, pictures: Pictures, found: list[Instances], size: int, mosaic: float) -> tuple[np.ndarray, Instances]:
    """A training view of size x size pixels: with the probability `mosaic` of four or nine pictures, else of one."""
    view = np.empty((size, size, 3), np.uint8)
    if rng.random() < mosaic:
        across = 3 if rng.random() < NINE else 2
        columns, rows = edges(rng, size, across), edges(rng, size, across)
        parts = []
        for top, bottom in pairwise(rows):
            for left, right in pairwise(columns):
                window = np.empty((bottom - top, right - left, 3), np.uint8)
                part = place(rng, pictures, found, window, 1.3)
                view[top:bottom, left:right] = window
                parts.append(Instances(part.boxes + np.array([left, top, left, top]), part.weights))
        shown = Instances(np.concatenate([p.boxes for p in parts]), np.concatenate([p.weights for p in parts]))
    else:
        shown = place(rng, pictures, found, view, 1.0)
    return degrade(rng, view), shown
