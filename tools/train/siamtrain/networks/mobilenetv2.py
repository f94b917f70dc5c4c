# SPDX-License-Identifier: LGPL-2.1-or-later
"""MobileNetV2 of stride 8: from layer4 on it dilates."""
from torch import nn

from .parts import conv_bn

# expansion, channels, blocks, stride, dilation
ROWS = ((1, 16, 1, 1, 1), (6, 24, 2, 2, 1), (6, 32, 3, 2, 1), (6, 64, 4, 1, 2),
        (6, 96, 3, 1, 2), (6, 160, 3, 1, 4), (6, 320, 1, 1, 4))


class Block(nn.Module):
    def __init__(self, cin, expansion, out, stride, dilation):
        super().__init__()
        hidden = cin * expansion
        padding = dilation if stride == 1 else 0
        self.conv = nn.Sequential(
            *conv_bn(cin, hidden), nn.ReLU6(),
            *conv_bn(hidden, hidden, 3, stride, padding, dilation, hidden),
            nn.ReLU6(), *conv_bn(hidden, out))
        self.residual = stride == 1 and cin == out

    def forward(self, x):
        return x + self.conv(x) if self.residual else self.conv(x)


def row_of_blocks(cin, layer, out):
    expansion, _, n, stride, dilation = ROWS[layer - 1]
    before = ROWS[layer - 2][4] if layer > 1 else 1
    first = dilation if dilation == before else max(dilation // 2, 1)
    return nn.Sequential(*(
        Block(out if i else cin, expansion, out, 1 if i else stride,
              dilation if i else first) for i in range(n)))


class MobileNetV2(nn.Module):
    """Returns the maps of @used_layers; layers behind the last are left out."""

    def __init__(self, used_layers, width_mult):
        super().__init__()
        self.used = list(used_layers)
        stem = int(32 * width_mult)
        self.layer0 = nn.Sequential(*conv_bn(3, stem, 3, 2), nn.ReLU6())
        self.channels = [stem]
        for layer in range(1, max(self.used) + 1):
            out = int(ROWS[layer - 1][1] * width_mult)
            setattr(self, f'layer{layer}',
                    row_of_blocks(self.channels[-1], layer, out))
            self.channels.append(out)

    def forward(self, x):
        maps = []
        for layer in range(len(self.channels)):
            x = getattr(self, f'layer{layer}')(x)
            maps.append(x)
        return [maps[i] for i in self.used]
