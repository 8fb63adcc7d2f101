"""Goes on from a detector that `export.py` wrote: its weights, with batch normalisation put back between the convolutions.

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


def convolutions(path: Path) -> dict[str, tuple[Tensor, Tensor]]:
    """Weights and biases of the file's convolutions by the names of the weights, in the order in which they are computed."""
    graph = onnx.load(str(path)).graph
    stored = {tensor.name: numpy_helper.to_array(tensor).astype(np.float32) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Cast" and node.input[0] in stored:
            stored[node.output[0]] = stored[node.input[0]]
    return {
        node.input[1]: (torch.tensor(stored[node.input[1]]), torch.tensor(stored[node.input[2]]))
        for node in graph.node
        if node.op_type == "Conv"
    }


@torch.no_grad()
def start_from(detector: Detector, path: Path, pixels: Tensor) -> None:
    """Gives `detector` the weights of `path`; `pixels` (B x 3 x H x W) are views on which its normalisations are set."""
    stored = convolutions(path)
    names = {module: f"detector.{name}.weight" for name, module in detector.named_modules()}
    # Those with no normalisation behind them have kept their names; the others come in order.
    plain = {module: stored.pop(names[module], None) for module in (*detector.score, *detector.sides)}
    rest = list(stored.values())
    # Trained weights with no normalisation are small or large at will, but the rate is made for weights as they are at first.
    sizes = {module: module.weight.square().mean().sqrt() for module in detector.modules() if isinstance(module, nn.Conv2d)}
    current: dict[str, Tensor] = {}
    tower: list[Tensor] = []

    def before_convolution(module: nn.Conv2d, _inputs) -> None:
        found = plain[module] if module in plain else rest.pop(0) if rest else None
        if found is None or found[0].shape != module.weight.shape:
            shape = None if found is None else tuple(found[0].shape)
            raise SystemExit(f"{path}: {names[module]} has the shape {shape}, the network's {tuple(module.weight.shape)}: another network made it.")
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
    if rest:
        raise SystemExit(f"{path}: {len(rest)} convolutions more than the network has: another network made it.")
