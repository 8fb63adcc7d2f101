"""Task-aligned assignment (Feng et al. 2021, arXiv:2108.07755) and the losses on it, for a whole batch at once."""

import torch
from torch import Tensor

from .network import boxes_from

CANDIDATES = 10
"""The most anchors that learn one person."""


def generalised_iou(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """IoU and generalised IoU (Rezatofighi et al. 2019, arXiv:1902.09630) of corners, broadcast."""
    size = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp(min=0)
    hull = torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])
    both = size.prod(-1)
    union = (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1) - both
    iou = both / union.clamp(min=1e-6)
    area = hull.prod(-1)
    return iou, iou - (area - union) / area.clamp(min=1e-6)


@torch.no_grad()
def assign(scores: Tensor, boxes: Tensor, people: Tensor, weights: Tensor, points: Tensor, strides: Tensor, fixed: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Which anchors learn whom.

    scores B x A (0..1), boxes B x A x 4, people B x M x 4 with weights B x M (0: padding, below 0: to be ignored).
    `fixed`: by place and size alone, for the first steps, when the network's own boxes say nothing.
    Returns the person per anchor (B x A), the score to learn (B x A; 0: background) and the anchors to leave out (B x A).
    """
    near = points - people[:, :, None, :2]
    far = people[:, :, None, 2:] - points
    inside = torch.cat((near, far), -1).amin(-1) > 0  # B x M x A
    ignored = (inside & (weights < 0)[..., None]).any(1)
    if fixed:
        middle = (people[..., :2] + people[..., 2:]) / 2
        distance = ((points - middle[:, :, None]) / strides).square().sum(-1)
        edge = (people[..., 2:] - people[..., :2]).clamp(min=1).prod(-1).sqrt()
        misfit = (edge[..., None] / (5 * strides[:, 0])).log2().abs()
        quality = torch.exp(-distance / 6 - misfit)
        overlap = torch.ones_like(quality)
    else:
        overlap, _ = generalised_iou(boxes[:, None], people[:, :, None])
        quality = scores[:, None].clamp(min=1e-4).sqrt() * overlap.clamp(min=1e-4).pow(4)
    quality = quality * (inside & (weights > 0)[..., None])
    best = quality.topk(CANDIDATES, -1)
    chosen = torch.zeros_like(quality).scatter_(-1, best.indices, best.values)
    if fixed:
        chosen = torch.where(chosen > 0.1 * chosen.amax(-1, keepdim=True), chosen, 0)
    value, person = chosen.max(1)
    peak = chosen.amax(-1)
    limit = weights.clamp(min=0) * (1 if fixed else (overlap * (chosen > 0)).amax(-1))
    target = value / peak.gather(1, person).clamp(min=1e-9) * limit.gather(1, person)
    return person, torch.where(value > 0, target, 0), ignored & (value <= 0)


def losses(logits: Tensor, distances: Tensor, people: Tensor, weights: Tensor, points: Tensor, strides: Tensor, fixed: bool) -> tuple[Tensor, Tensor]:
    """Score loss (binary cross-entropy with soft targets) and box loss (generalised IoU), means per person's weight."""
    boxes = boxes_from(distances, points, strides)
    scores = logits.sigmoid()
    person, target, ignored = assign(scores.detach(), boxes.detach(), people, weights, points, strides, fixed)
    total = target.sum().clamp(min=1)
    entropy = torch.nn.functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
    score_loss = entropy.masked_fill(ignored, 0).sum() / total
    learnt = target > 0
    if not learnt.any():
        return score_loss, distances.sum() * 0
    wanted = people.gather(1, person[..., None].expand(-1, -1, 4))[learnt]
    _, overlap = generalised_iou(boxes[learnt], wanted)
    return score_loss, ((1 - overlap) * target[learnt]).sum() / total
