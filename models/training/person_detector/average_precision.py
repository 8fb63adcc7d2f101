"""AP50 while training, to watch a run; the figures that are reported come from `npm run -s eval -- detector`."""

import numpy as np

from .teach import intersection_over_union


def average_precision(truth: list[np.ndarray], found: list[np.ndarray]) -> float:
    """Per picture: truth B x 4 and found D x 5 (corners, score). Overlap 0.5, 101 recalls."""
    scores, hits = [], []
    for boxes, rows in zip(truth, found, strict=True):
        taken = np.zeros(len(boxes), bool)
        rows = rows[np.argsort(-rows[:, 4], kind="stable")]
        overlaps = intersection_over_union(rows[:, :4], boxes)
        for row, overlap in zip(rows, overlaps, strict=True):
            free = np.where(taken, 0, overlap)
            best = int(free.argmax()) if len(free) else -1
            hit = best >= 0 and free[best] >= 0.5
            if hit:
                taken[best] = True
            scores.append(row[4])
            hits.append(hit)
    people = sum(map(len, truth))
    if not scores or not people:
        return 0.0
    hits = np.cumsum(np.array(hits)[np.argsort(-np.array(scores), kind="stable")])
    precision = np.maximum.accumulate((hits / np.arange(1, len(hits) + 1))[::-1])[::-1]
    at = np.searchsorted(hits / people, np.linspace(0, 1, 101))
    return float(np.where(at < len(hits), precision[np.minimum(at, len(hits) - 1)], 0).mean())
