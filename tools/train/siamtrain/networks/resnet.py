# SPDX-License-Identifier: LGPL-2.1-or-later
"""ResNet-18, 34 and 50 of stride 8: the last two stages dilate."""
from torch import nn
import torch.nn.functional as F

from .parts import conv_bn

DEPTH = {'resnet18': (2, 2, 2, 2), 'resnet34': (3, 4, 6, 3),
         'resnet50': (3, 4, 6, 3)}
DILATION = {3: 2, 4: 4}


class Block(nn.Module):
    """Two convolutions, or three where it narrows (ResNet-50)."""

    def __init__(self, cin, width, stride, dilation, last_dilation, narrows,
                 shortcut):
        super().__init__()
        padding = 0 if stride == 2 else dilation
        middle = dict(kernel=3, stride=stride, padding=padding,
                      dilation=dilation)
        out = width * 4 if narrows else width
        if narrows:
            rows = [(cin, width, {}), (width, width, middle), (width, out, {})]
        else:
            last = dict(kernel=3, padding=last_dilation,
                        dilation=last_dilation)
            rows = [(cin, width, middle), (width, out, last)]
        self.n = len(rows)
        for i, (a, b, more) in enumerate(rows, start=1):
            conv, bn = conv_bn(a, b, **more)
            setattr(self, f'conv{i}', conv)
            setattr(self, f'bn{i}', bn)
        if shortcut == 1:
            self.downsample = nn.Sequential(*conv_bn(cin, out, stride=stride))
        elif shortcut:
            self.downsample = nn.Sequential(*conv_bn(cin, out, **middle))

    def forward(self, x):
        y = x
        for i in range(1, self.n + 1):
            y = getattr(self, f'bn{i}')(getattr(self, f'conv{i}')(y))
            if i < self.n:
                y = F.relu(y)
        skip = self.downsample(x) if hasattr(self, 'downsample') else x
        return F.relu(y + skip)


class ResNet(nn.Module):
    """Returns the maps of @used_layers; stages behind the last are left out."""

    def __init__(self, name, used_layers):
        super().__init__()
        self.used = list(used_layers)
        self.conv1, self.bn1 = conv_bn(3, 64, 7, 2)
        self.channels = [64]
        narrows = name == 'resnet50'
        cin = 64
        for layer, depth in enumerate(DEPTH[name], start=1):
            out = (32 << layer) * (4 if narrows else 1)
            if layer < 3 or layer in self.used:
                setattr(self, f'layer{layer}',
                        self.stage(cin, layer, depth, narrows))
                cin = out
            self.channels.append(out)

    @staticmethod
    def stage(cin, layer, depth, narrows):
        width, dilation = 32 << layer, DILATION.get(layer, 1)
        blocks = []
        for i in range(depth):
            stride = 2 if layer == 2 and not i else 1
            first = dilation if i else max(dilation // 2, 1)
            shortcut = 0 if i or (layer == 1 and not narrows) else (
                1 if layer == 1 else 3)
            blocks.append(Block(cin, width, stride, first, dilation, narrows,
                                shortcut))
            cin = width * 4 if narrows else width
        return nn.Sequential(*blocks)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        maps = [x]
        x = F.max_pool2d(x, 3, 2, 1)
        for layer in range(1, 5):
            if hasattr(self, f'layer{layer}'):
                x = getattr(self, f'layer{layer}')(x)
            maps.append(x)
        return [maps[i] for i in self.used]
