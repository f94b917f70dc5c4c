# SPDX-License-Identifier: LGPL-2.1-or-later
"""The MobileNetV3-small of NanoTrack, cut early, of stride 16."""
from torch import nn

from .parts import conv_bn

# kernel, hidden, channels, hidden of squeeze-and-excitation, act, stride
ROWS = ((3, 16, 16, 8, nn.ReLU, 2), (3, 72, 24, 0, nn.ReLU, 2),
        (3, 88, 24, 0, nn.ReLU, 1), (5, 96, 40, 24, nn.Hardswish, 2),
        (5, 240, 40, 64, nn.Hardswish, 1), (5, 240, 40, 64, nn.Hardswish, 1),
        (5, 120, 48, 32, nn.Hardswish, 1), (5, 144, 48, 40, nn.Hardswish, 1),
        (5, 288, 96, 72, nn.Hardswish, 1))


class SqueezeExcite(nn.Module):
    def __init__(self, channels, hidden):
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(channels, hidden), nn.ReLU(),
                                nn.Linear(hidden, channels), nn.Hardsigmoid())

    def forward(self, x):
        return x * self.fc(x.mean((2, 3)))[:, :, None, None]


class Block(nn.Module):
    """The names of the published weights count every module of the sequence."""

    def __init__(self, cin, row):
        super().__init__()
        kernel, hidden, out, squeeze, act, stride = row
        depthwise = conv_bn(hidden, hidden, kernel, stride, kernel // 2,
                            groups=hidden)
        scale = SqueezeExcite(hidden, squeeze) if squeeze else nn.Identity()
        if hidden == cin:
            parts = [*depthwise, act(), scale]
        else:
            parts = [*conv_bn(cin, hidden), act(), *depthwise, scale, act()]
        self.conv = nn.Sequential(*parts, *conv_bn(hidden, out))
        self.residual = stride == 1 and cin == out

    def forward(self, x):
        return x + self.conv(x) if self.residual else self.conv(x)


class MobileNetV3(nn.Module):
    def __init__(self, version):
        super().__init__()
        rows = ROWS if version == 3 else ROWS[:-1]
        parts = [nn.Sequential(*conv_bn(3, 16, 3, 2, 1), nn.Hardswish())]
        cin = 16
        for row in rows:
            parts.append(Block(cin, row))
            cin = row[2]
        self.features = nn.Sequential(*parts)

    def forward(self, x):
        return [self.features(x)]
