"""The network: a small dense backbone, a path aggregation neck and an anchor-free head for one class.

Plain 3x3 and 1x1 convolutions with ReLU: a CPU runs them close to its peak, in training and in inference, and eight-bit
quantisation loses little. Strides 8, 16 and 32 (Liu et al. 2018, arXiv:1803.01534, for the neck; Tian et al. 2019,
arXiv:1904.01355, for distances to four sides).
"""

import math

import torch
from torch import Tensor, nn

STRIDES = (8, 16, 32)


def conv(inputs: int, outputs: int, size: int = 3, stride: int = 1, active: bool = True) -> nn.Sequential:
    layers: list[nn.Module] = [
        nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False),
        nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.03),
    ]
    if active:
        layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers)


class Residual(nn.Module):
    """Half the channels, 3x3, back to all of them, added to what came in."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.narrow = conv(channels, channels // 2, 1)
        self.wide = conv(channels // 2, channels, 3, active=False)
        self.active = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.active(x + self.wide(self.narrow(x)))


class Pool(nn.Module):
    """Maxima over 5, 9 and 13 cells beside the picture itself: people as high as the frame need to be seen whole."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.narrow = conv(channels, channels // 2, 1)
        self.maximum = nn.MaxPool2d(5, 1, 2)
        self.mix = conv(2 * channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        first = self.narrow(x)
        second = self.maximum(first)
        third = self.maximum(second)
        return self.mix(torch.cat((first, second, third, self.maximum(third)), 1))


class Detector(nn.Module):
    """`forward` takes pixels 0..255 (B x 3 x H x W, BGR) and gives scores (B x A, logits) and distances (B x A x 4, in strides)."""

    def __init__(self, widths: tuple[int, ...] = (16, 24, 48, 112, 224), blocks: tuple[int, ...] = (2, 3, 2), neck: int = 48) -> None:
        super().__init__()
        first, second, *stages = widths
        self.stem = nn.Sequential(conv(3, first, 3, 2), conv(first, second, 3, 2))
        self.stages = nn.ModuleList()
        before = second
        for index, (width, count) in enumerate(zip(stages, blocks, strict=True)):
            stage: list[nn.Module] = [conv(before, width, 3, 2), *(Residual(width) for _ in range(count))]
            if index == len(stages) - 1:
                stage.append(Pool(width))
            self.stages.append(nn.Sequential(*stage))
            before = width
        self.lateral = nn.ModuleList(conv(width, neck, 1) for width in stages)
        self.up = nn.ModuleList(conv(neck, neck, 3) for _ in stages[1:])
        self.down = nn.ModuleList(conv(neck, neck, 3, 2) for _ in stages[1:])
        self.merge = nn.ModuleList(conv(neck, neck, 3) for _ in stages[1:])
        # One tower for all levels, statistics of its own for each: levels differ in how much they see, not in what they look for.
        self.tower = nn.Conv2d(neck, 2 * neck, 3, 1, 1, bias=False)
        self.tower_norm = nn.ModuleList(nn.BatchNorm2d(2 * neck, eps=1e-3, momentum=0.03) for _ in STRIDES)
        self.score = nn.ModuleList(nn.Conv2d(neck, 1, 1) for _ in STRIDES)
        self.sides = nn.ModuleList(nn.Conv2d(neck, 4, 1) for _ in STRIDES)
        self.neck = neck
        self.initialise()

    def initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        for module in self.modules():
            if isinstance(module, Residual):
                nn.init.zeros_(module.wide[1].weight)
        for score, sides in zip(self.score, self.sides, strict=True):
            nn.init.normal_(score.weight, std=0.01)
            nn.init.constant_(score.bias, -math.log((1 - 0.01) / 0.01))
            nn.init.normal_(sides.weight, std=0.01)
            nn.init.constant_(sides.bias, math.log(2.0))

    def features(self, pixels: Tensor) -> list[Tensor]:
        """Per stride B x 2 neck x H x W: the first half for scores, the second for distances."""
        x = self.stem((pixels - 114.0) * (1 / 58.0))
        levels = []
        for stage, lateral in zip(self.stages, self.lateral, strict=True):
            x = stage(x)
            levels.append(lateral(x))
        for i in range(len(levels) - 1, 0, -1):
            larger = nn.functional.interpolate(levels[i], scale_factor=2.0, mode="nearest")
            levels[i - 1] = self.up[i - 1](levels[i - 1] + larger)
        for i in range(1, len(levels)):
            levels[i] = self.merge[i - 1](levels[i] + self.down[i - 1](levels[i - 1]))
        return [torch.relu(norm(self.tower(level))) for level, norm in zip(levels, self.tower_norm, strict=True)]

    def predict(self, features: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Scores and distances; in 32 bits always: the third digit of a distance's logarithm is part of a pixel."""
        scores, distances = [], []
        for level, score, sides in zip(features, self.score, self.sides, strict=True):
            scores.append(score(level[:, : self.neck]).flatten(1))
            distances.append(sides(level[:, self.neck :]).clamp(-6, 5).exp().flatten(2))
        return torch.cat(scores, 1), torch.cat(distances, 2).transpose(1, 2)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        return self.predict(self.features(pixels))


def anchor_points(width: int, height: int) -> tuple[Tensor, Tensor]:
    """Middles of all cells (A x 2, pixels) and their strides (A x 1), in the order of the network's outputs."""
    points, strides = [], []
    for stride in STRIDES:
        y, x = torch.meshgrid(torch.arange(height // stride), torch.arange(width // stride), indexing="ij")
        points.append((torch.stack((x, y), -1).reshape(-1, 2) + 0.5) * stride)
        strides.append(torch.full((points[-1].shape[0], 1), float(stride)))
    return torch.cat(points), torch.cat(strides)


def boxes_from(distances: Tensor, points: Tensor, strides: Tensor) -> Tensor:
    """Corners (… x A x 4, pixels) from distances to left, top, right, bottom in strides."""
    near, far = (distances * strides).split(2, -1)
    return torch.cat((points - near, points + far), -1)


CALIBRATION = (1.46, 0.85)
"""Slope and intercept on the logits of scores, which are the overlap to be expected times the certainty, and small. The
tracker's levels are made for YOLOX's: on `val`, as many boxes a picture are false at each confidence from 0.2 to 0.7 as
YOLOX-Nano's. It changes no order. To be fitted anew for every run: line through (logit of own score, logit of YOLOX-Nano's)
at which both have the same false boxes a picture."""


class Exported(nn.Module):
    """What the ONNX file holds: corners in pixels of the input and confidences 0..1."""

    def __init__(self, detector: Detector, width: int, height: int) -> None:
        super().__init__()
        self.detector = detector
        points, strides = anchor_points(width, height)
        self.register_buffer("points", points)
        self.register_buffer("strides", strides)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        scores, distances = self.detector(pixels)
        return boxes_from(distances, self.points, self.strides), (CALIBRATION[0] * scores + CALIBRATION[1]).sigmoid().unsqueeze(-1)
