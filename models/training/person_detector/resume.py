"""Goes on from a detector that `export.py` or `quantise.py` wrote: its weights, with batch normalisation put back between the convolutions.

An exported file has no normalisation left: it is folded into the convolutions. Here each convolution takes its folded weights, and the
normalisation behind it the mean and deviation of what comes out on views of the data, as gain and offset: the network computes
what the file computes, and can be trained on.
"""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from .network import Detector


def dequantised(values: np.ndarray, scales: np.ndarray, zeros: np.ndarray) -> np.ndarray:
    """Whole numbers back as what they stand for; scales and zeros are one, or one for each output of a convolution."""
    shape = (-1, *(1,) * (values.ndim - 1)) if scales.ndim else ()
    return (values.astype(np.float32) - zeros.reshape(shape).astype(np.float32)) * scales.reshape(shape)


def convolution_of(node: str) -> str:
    """Name of the network's convolution that a file calls `node`: each part says again what is above it in the same list."""
    names: list[str] = []
    for part in node.split("/")[2:-1]:
        if names and part.startswith(f"{names[-1]}."):
            names.pop()
        names.append(part)
    return ".".join(names)


def convolutions(path: Path) -> dict[str, tuple[Tensor, Tensor]]:
    """Weights and biases of the file's convolutions by their names."""
    graph = onnx.load(str(path)).graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if not all(name in stored for name in node.input):
            continue
        if node.op_type == "Cast":
            stored[node.output[0]] = stored[node.input[0]]
        elif node.op_type == "DequantizeLinear":
            stored[node.output[0]] = dequantised(*(stored[name] for name in node.input))
    return {
        convolution_of(node.name): tuple(torch.tensor(stored[name].astype(np.float32)) for name in node.input[1:])
        for node in graph.node
        if node.op_type == "Conv"
    }


@torch.no_grad()
def start_from(detector: Detector, path: Path, pixels: Tensor) -> None:
    """Gives `detector` the weights of `path`; `pixels` (B x 3 x H x W) are views on which its normalisations are set."""
    stored = convolutions(path)
    names = {module: name for name, module in detector.named_modules()}
    # Trained weights with no normalisation are small or large at will, but the rate is made for weights as they are at first.
    sizes = {module: module.weight.square().mean().sqrt() for module in detector.modules() if isinstance(module, nn.Conv2d)}
    current: dict[str, Tensor] = {}
    tower: list[Tensor] = []

    def before_convolution(module: nn.Conv2d, _inputs) -> None:
        # The tower is in the file once for each level: tower, tower_1, tower_2.
        name = f"tower_{len(tower)}" if module is detector.tower and tower else names[module]
        found = stored.pop(name, None)
        if found is None or found[0].shape != module.weight.shape:
            shape = "is missing" if found is None else f"has the shape {tuple(found[0].shape)} and not {tuple(module.weight.shape)}"
            raise SystemExit(f"{path}: the convolution {name} {shape}: another network made it.")
        weight, bias = found
        if module.bias is not None:
            module.weight.copy_(weight)
            module.bias.copy_(bias)
            return
        gain = torch.ones(len(weight))
        if module is detector.tower:
            # One tower behind which each level has its own normalisation: its file has a copy a level, each by its own gain.
            tower.append(weight)
            first = tower[0].flatten(1)
            gain = (weight.flatten(1) * first).sum(1) / first.square().sum(1).clamp(min=1e-12)
            weight = tower[0]
        scale = sizes[module] / weight.square().mean().sqrt()
        module.weight.copy_(weight * scale)
        current.update(gain=gain / scale, bias=bias)

    def before_normalisation(module: nn.BatchNorm2d, inputs) -> None:
        variance, mean = torch.var_mean(inputs[0], (0, 2, 3), correction=0)
        module.running_mean.copy_(mean)
        module.running_var.copy_(variance)
        module.weight.copy_((variance + module.eps).sqrt() * current["gain"])
        module.bias.copy_(mean * current["gain"] + current["bias"])

    hooks = []
    for module in detector.modules():
        if isinstance(module, nn.Conv2d):
            hooks.append(module.register_forward_pre_hook(before_convolution))
        elif isinstance(module, nn.BatchNorm2d):
            hooks.append(module.register_forward_pre_hook(before_normalisation))
    was_training = detector.training
    detector.eval()(pixels)
    detector.train(was_training)
    for hook in hooks:
        hook.remove()
    if stored:
        raise SystemExit(f"{path}: {', '.join(stored)}: convolutions that the network does not have: another network made it.")
