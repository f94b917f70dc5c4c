# SPDX-License-Identifier: LGPL-2.1-or-later
"""What several networks are put together from."""
from torch import nn
import torch.nn.functional as F


def conv_bn(cin, cout, kernel=1, stride=1, padding=0, dilation=1, groups=1,
            bias=False):
    """A convolution and its BatchNorm, to be unpacked into a Sequential."""
    return [nn.Conv2d(cin, cout, kernel, stride, padding, dilation, groups,
                      bias),
            nn.BatchNorm2d(cout)]


def depthwise_correlation(z, x, padding=0):
    """Every template (n, c, h, w) over its own search map (n, c, H, W)."""
    n, c = x.shape[:2]
    maps = F.conv2d(x.reshape(1, n * c, *x.shape[2:]),
                    z.reshape(n * c, 1, *z.shape[2:]), padding=padding,
                    groups=n * c)
    return maps.reshape(n, c, *maps.shape[2:])


def pixelwise_correlation(z, x):
    """Each pixel of the template is a 1x1 filter: (n, h * w, H, W)."""
    n, c, height, width = x.shape
    maps = z.reshape(n, c, -1).transpose(1, 2) @ x.reshape(n, c, -1)
    return maps.reshape(n, -1, height, width)


def start(module):
    """Random weights, their spread kept from layer to layer."""
    for part in module.modules():
        if isinstance(part, nn.Conv2d):
            mode = 'fan_out' if part.groups == 1 else 'fan_in'
            nn.init.kaiming_normal_(part.weight, mode=mode,
                                    nonlinearity='relu')
            if part.bias is not None:
                nn.init.zeros_(part.bias)


def start_output(conv, bias):
    """A last layer that begins with @bias everywhere."""
    nn.init.normal_(conv.weight, std=0.01)
    nn.init.constant_(conv.bias, bias)
