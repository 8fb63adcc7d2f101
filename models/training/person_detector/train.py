"""From data to ONNX: trains from random weights or goes on from a file of this recipe, resumes where it was stopped, exports the moving average of the weights."""

import argparse
import json
import math
import os
import time
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing as multiprocessing

from .augment import Instances, instances_of, make_view
from .average_precision import average_precision
from .export import export
from .loss import losses
from .network import Detector, anchor_points, boxes_from
from .pictures import corners, load_pictures
from .resume import start_from
from .teach import suppress, teach

SIZES = "192:0.25,256:0.35,320:0.4"
"""Edges of the views in pixels, and which part of the run each has. Small views first: most is learnt where a step is cheap."""
MOSAIC = 0.5
"""Share of views of four or nine pictures."""
MOSAIC_AT_LAST = 0.15
"""In the last tenth of the run, whose views look more like what a camera sends, but for small people, whom whole pictures rarely show."""
FIXED_PART = 0.06
"""Part of the run in which anchors are assigned by place and size alone."""
WATCHED = 100
"""Pictures of `val` on which a run is watched."""
SAVE_SECONDS = 120
START_VIEWS = 64
"""Views on which the normalisations of a network are set that goes on from a file."""
VIEWS_PER_STEP = 16
"""Few: a short run is short of steps rather than of views (README.md tells what was tried)."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m person_detector.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with train/ and val/, each images/ and labels.tsv")
    parser.add_argument("--work", type=Path, required=True, help="folder for the cache, checkpoints and the log; not in the repository")
    parser.add_argument("--out", type=Path, required=True, help="the ONNX file to write")
    parser.add_argument("--teacher", type=Path, action="append", default=[], help="a public YOLOX as ONNX whose boxes are soft labels; repeatable")
    parser.add_argument("--start-from", type=Path, help="an ONNX file that this recipe wrote, to go on from in place of random weights")
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--views", type=int, help="length of the run in training views (repeatable runs)")
    length.add_argument("--minutes", type=float, help="length of the run in minutes (a machine that is shared)")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu", help="cpu or cuda (default: cuda where there is one)")
    parser.add_argument("--bfloat16", action="store_true", help="convolve in 16 bits: faster on a GPU, and on processors with AVX-512 BF16")
    parser.add_argument("--processes", type=int, default=2, help="processes that train together; each has one thread on a CPU (default 2)")
    parser.add_argument("--views-per-step", type=int, default=VIEWS_PER_STEP, help=f"of all processes (default {VIEWS_PER_STEP})")
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate (default 0.002)")
    parser.add_argument("--sizes", type=phases, default=SIZES, help=f"edges of the views in pixels and their parts of the run (default {SIZES})")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--width", type=int, default=416, help="input of the exported model, pixels (default 416)")
    parser.add_argument("--height", type=int, default=416)
    return parser.parse_args()


def phases(text: str) -> list[tuple[int, float]]:
    """Edge and end of each phase, from "160:0.5,320:0.5"."""
    result, end = [], 0.0
    for part in text.split(","):
        size, _, share = part.partition(":")
        end += float(share)
        result.append((int(size), end))
    if abs(end - 1) > 1e-6 or any(size % 32 for size, _ in result):
        raise argparse.ArgumentTypeError("parts must add up to 1, edges be multiples of 32")
    return result


def phase(progress: float, sizes: list[tuple[int, float]]) -> tuple[int, float]:
    """Edge of the views, and the share of mosaics."""
    size = next((size for size, end in sizes if progress < end), sizes[-1][0])
    return size, MOSAIC if progress < 0.9 else MOSAIC_AT_LAST


def rate_at(progress: float, step: int, highest: float) -> float:
    """Warm-up over 60 steps, then a cosine down to a fiftieth (Loshchilov & Hutter 2017, arXiv:1608.03983)."""
    return highest * min(1, (step + 1) / 60) * (0.02 + 0.98 * (1 + math.cos(math.pi * min(progress, 1))) / 2)


def batch(rng, pictures, found: list[Instances], count: int, size: int, mosaic: float):
    views = [make_view(rng, pictures, found, size, mosaic) for _ in range(count)]
    most = max(1, max(len(shown.weights) for _, shown in views))
    pixels = np.stack([view.transpose(2, 0, 1) for view, _ in views])
    people, weights = np.zeros((count, most, 4), np.float32), np.zeros((count, most), np.float32)
    for i, (_, shown) in enumerate(views):
        people[i, : len(shown.weights)] = shown.boxes
        weights[i, : len(shown.weights)] = shown.weights
    return torch.from_numpy(pixels), torch.from_numpy(people), torch.from_numpy(weights)


def parameter_groups(model: Detector) -> list[dict]:
    """Weight decay for the weights of convolutions alone."""
    heavy = [p for p in model.parameters() if p.ndim > 1]
    light = [p for p in model.parameters() if p.ndim <= 1]
    return [{"params": heavy, "weight_decay": 0.03}, {"params": light, "weight_decay": 0.0}]


@torch.no_grad()
def watch(model: Detector, pictures, size: int, device: str) -> float:
    """AP50 on the first pictures of `val`, at a view's size."""
    model.eval()
    points, strides = (x.to(device) for x in anchor_points(size, size))
    truth, found = [], []
    # Shuffled by a fixed seed: the pictures are sorted by their sources.
    for i in np.random.default_rng(0).permutation(len(pictures.names))[:WATCHED]:
        picture = cv2.resize(np.asarray(pictures.levels[0][i]), (size, size), interpolation=cv2.INTER_AREA)
        logits, distances = model(torch.from_numpy(picture.transpose(2, 0, 1)[None]).to(device).float())
        scores = logits[0].sigmoid().cpu().numpy()
        boxes = boxes_from(distances, points, strides)[0].cpu().numpy() / size
        keep = scores > 0.02
        boxes, scores = boxes[keep], scores[keep]
        kept = suppress(boxes, scores, 0.5)
        found.append(np.concatenate((boxes[kept], scores[kept, None]), 1))
        truth.append(corners(pictures.boxes[i]))
    return average_precision(truth, found)


def average_gradients(model: Detector, processes: int) -> None:
    if processes == 1:
        return
    gradients = [p.grad for p in model.parameters()]
    flat = torch.cat([g.reshape(-1) for g in gradients])
    dist.all_reduce(flat)
    flat /= processes
    for gradient, part in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
        gradient.copy_(part.view_as(gradient))


def work(rank: int, options: argparse.Namespace) -> None:
    torch.set_num_threads(1 if options.device == "cpu" else 4)
    cv2.setNumThreads(1)
    lead = rank == 0
    if options.processes > 1:
        store = f"file://{options.work.resolve()}/meeting-{os.getppid()}"
        dist.init_process_group("gloo", init_method=store, rank=rank, world_size=options.processes, timeout=timedelta(hours=2))
    cache = options.work / "cache"
    pictures = load_pictures(options.data, cache, "train")
    watched = load_pictures(options.data, cache, "val")
    found = [instances_of(*pair) for pair in zip(pictures.boxes, teach(pictures, options.teacher, cache), strict=True)]

    torch.manual_seed(options.seed)
    model = Detector()
    if options.start_from:
        pixels, _, _ = batch(np.random.default_rng(options.seed), pictures, found, START_VIEWS, options.sizes[0][0], MOSAIC)
        start_from(model, options.start_from, pixels.float())
    model.to(options.device)
    average = Detector().to(options.device)
    average.load_state_dict(model.state_dict())
    # A CPU convolves pictures whose channels lie together about a seventh faster.
    model.to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(parameter_groups(model), lr=options.rate, betas=(0.9, 0.98))
    done = {"step": 0, "views": 0, "seconds": 0.0}
    checkpoint = options.work / "checkpoint.pt"
    if checkpoint.exists():
        stored = torch.load(checkpoint, map_location=options.device, weights_only=True)
        model.load_state_dict(stored["model"])
        average.load_state_dict(stored["average"])
        optimiser.load_state_dict(stored["optimiser"])
        done = stored["done"]
    # A stream of its own for each process and each time it is resumed.
    rng = np.random.default_rng((options.seed, rank, done["step"]))
    log = (options.work / "log.jsonl").open("a") if lead else None

    def say(**figures) -> None:
        if log:
            log.write(json.dumps({"at": time.strftime("%H:%M:%S"), **done, **figures}) + "\n")
            log.flush()
            print(json.dumps(figures), flush=True)

    def save() -> None:
        if lead:
            everything = {"model": model.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict(), "done": done}
            torch.save(everything, checkpoint.with_suffix(".part"))
            checkpoint.with_suffix(".part").rename(checkpoint)

    began = time.monotonic() - done["seconds"]
    saved = time.monotonic()
    count = max(1, options.views_per_step // options.processes)
    size_before, sums, summed, grids = 0, np.zeros(2), 0, {}
    model.train()
    while True:
        done["seconds"] = time.monotonic() - began
        progress = torch.tensor(done["views"] / options.views if options.views else done["seconds"] / 60 / options.minutes)
        if options.processes > 1:
            # All processes follow the first one's clock.
            dist.broadcast(progress, 0)
        if (progress := progress.item()) >= 1:
            break
        size, mosaic = phase(progress, options.sizes)
        if size != size_before:
            if size_before and lead:
                say(ap50=watch(average, watched, size_before, options.device), size=size_before)
            grids = dict(zip(("points", "strides"), (x.to(options.device) for x in anchor_points(size, size)), strict=True))
            size_before = size
        pixels, people, weights = (x.to(options.device) for x in batch(rng, pictures, found, count, size, mosaic))
        with torch.autocast(options.device, torch.bfloat16, enabled=options.bfloat16):
            features = model.features(pixels.float().contiguous(memory_format=torch.channels_last))
        fixed = progress < FIXED_PART and options.start_from is None
        logits, distances = model.predict([level.float() for level in features])
        score_loss, box_loss = losses(logits, distances, people, weights, **grids, fixed=fixed)
        optimiser.zero_grad(set_to_none=False)
        (score_loss + 2 * box_loss).backward()
        average_gradients(model, options.processes)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 10)
        for group in optimiser.param_groups:
            group["lr"] = rate_at(progress, done["step"], options.rate)
        optimiser.step()
        decay = min(0.999, (1 + done["step"]) / (10 + done["step"]))
        with torch.no_grad():
            for mean, value in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
                if mean.is_floating_point():
                    mean.lerp_(value, 1 - decay)
        done["step"] += 1
        done["views"] += count * options.processes
        sums += (score_loss.item(), box_loss.item())
        summed += 1
        if done["step"] % 20 == 0:
            say(score_loss=round(sums[0] / summed, 4), box_loss=round(sums[1] / summed, 4), size=size, progress=round(progress, 4))
            sums[:], summed = 0, 0
        if time.monotonic() - saved > SAVE_SECONDS:
            save()
            saved = time.monotonic()
    save()
    if lead:
        say(ap50=watch(average, watched, size_before or options.sizes[-1][0], options.device), size=size_before)
        export(average.cpu(), options.out, options.width, options.height)
        say(exported=str(options.out))
    if options.processes > 1:
        dist.barrier()
        dist.destroy_process_group()


def main() -> None:
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    for name in ("train", "val"):
        if not (options.data / name / "labels.tsv").exists():
            raise SystemExit(f"{options.data / name / 'labels.tsv'} is missing: --data takes a folder with train/ and val/.")
    if options.start_from and not options.start_from.exists():
        raise SystemExit(f"{options.start_from} is missing: --start-from takes an ONNX file that this recipe wrote.")
    # Once, before the processes share them.
    cache = options.work / "cache"
    teach(load_pictures(options.data, cache, "train"), options.teacher, cache)
    load_pictures(options.data, cache, "val")
    for meeting in options.work.glob("meeting-*"):
        meeting.unlink()
    if options.processes == 1:
        work(0, options)
    else:
        multiprocessing.spawn(work, (options,), options.processes)


if __name__ == "__main__":
    main()
