# SPDX-License-Identifier: LGPL-2.1-or-later
"""A running mean of the weights, which is better than any of them."""
import torch


def copy_of(net):
    return {name: tensor.detach().clone()
            for name, tensor in net.state_dict().items()}


@torch.no_grad()
def update(mean, net, decay, step):
    """Remembers about 1 / (1 - @decay) steps, fewer in the beginning."""
    keep = min(decay, step / (step + 10))
    for name, tensor in net.state_dict().items():
        if tensor.is_floating_point():
            mean[name].mul_(keep).add_(tensor, alpha=1 - keep)
        else:
            mean[name].copy_(tensor)
