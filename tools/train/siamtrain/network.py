# SPDX-License-Identifier: LGPL-2.1-or-later
"""A network by its config and its weights."""
import torch

from . import checkpoint, networks


def load_network(config, path):
    """Built from @config, with the weights of @path or random ones."""
    tensors = checkpoint.read(path) if path else {}
    net = networks.build(config, tensors)
    if path:
        checkpoint.load_into(net, tensors, path)
    return net.to(memory_format=torch.channels_last)


def score_size(net, config):
    """Points a side of the grid that the network makes of a search crop."""
    sides = config['TRACK']['EXEMPLAR_SIZE'], config['TRACK']['INSTANCE_SIZE']
    net.eval()
    with torch.no_grad():
        z, x = (net.features(torch.zeros(1, 3, side, side)) for side in sides)
        return net.compare(z, x)[0].shape[-1]
