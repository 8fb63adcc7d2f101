/** A box with the frame that it lies in. */
export interface FrameBox {
  readonly frame: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function intersectionOverUnion(a: FrameBox, b: FrameBox): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / (a.width * a.height + b.width * b.height - width * height);
}

/** Average precision at an intersection over union of 0.5, precision interpolated at 101 recalls as COCO does it. */
export function averagePrecision50(
  truth: readonly FrameBox[],
  found: readonly (FrameBox & { readonly score: number })[],
): number {
  const open = new Map<number, Set<FrameBox>>();
  for (const box of truth) {
    const boxes = open.get(box.frame) ?? new Set();
    boxes.add(box);
    open.set(box.frame, boxes);
  }
  const curve: { recall: number; precision: number }[] = [];
  let hits = 0;
  [...found]
    .sort((a, b) => b.score - a.score)
    .forEach((box, index) => {
      let best: FrameBox | null = null;
      let bestOverlap = 0.5;
      for (const candidate of open.get(box.frame) ?? []) {
        const overlap = intersectionOverUnion(box, candidate);
        if (overlap >= bestOverlap) {
          best = candidate;
          bestOverlap = overlap;
        }
      }
      if (best) {
        open.get(box.frame)?.delete(best);
        hits += 1;
      }
      curve.push({ recall: hits / truth.length, precision: hits / (index + 1) });
    });
  // The precision at a recall is the best at that recall or any higher one: walk the curve from its end.
  let sum = 0;
  let best = 0;
  let step = 100;
  for (const { recall, precision } of curve.reverse()) {
    for (; step >= 0 && step / 100 > recall; step -= 1) sum += best;
    best = Math.max(best, precision);
  }
  return (sum + best * (step + 1)) / 101;
}
