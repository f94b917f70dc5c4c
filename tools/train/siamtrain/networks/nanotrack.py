# SPDX-License-Identifier: LGPL-2.1-or-later
"""NanoTrack 1 to 3: pixelwise correlation and separable towers."""
import torch
from torch import nn
import torch.nn.functional as F

from .mobilenetv3 import MobileNetV3
from .parts import (conv_bn, depthwise_correlation, pixelwise_correlation,
                    start, start_output)

PIXELS = 64  # of the template's map, 8 x 8
CENTRE = slice(2, 6)


class Attention(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.fc1 = nn.Conv2d(channels, channels, 1)
        self.fc2 = nn.Conv2d(channels, channels, 1)

    def forward(self, x):
        s = x.mean((2, 3), keepdim=True)
        return x * torch.sigmoid(self.fc2(F.relu(self.fc1(s))))


def projection(channels):
    return nn.Sequential(*conv_bn(channels, channels, bias=True))


class Pixelwise(nn.Module):
    def __init__(self, version, channels):
        super().__init__()
        self.version = version
        self.CA_layer = Attention(PIXELS)
        if version > 1:
            self.conv_kernel = projection(channels)
            self.conv_search = projection(channels)
        if version > 2:
            self.conv = nn.Sequential(
                *conv_bn(PIXELS, PIXELS, 2, groups=PIXELS), nn.ReLU6(),
                *conv_bn(PIXELS, PIXELS, bias=True))

    def forward(self, z, x):
        if self.version > 1:
            z, x = self.conv_kernel(z), self.conv_search(x)
        maps = self.CA_layer(pixelwise_correlation(z, x))
        return self.conv(maps) if self.version > 2 else maps


class Depthwise(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv_kernel = projection(channels)
        self.conv_search = projection(channels)

    def forward(self, z, x):
        return depthwise_correlation(self.conv_kernel(z[:, :, CENTRE, CENTRE]),
                                     self.conv_search(x), padding=1)


def tower(width, kernels):
    parts, cin = [], PIXELS
    for kernel in kernels:
        parts += [nn.Conv2d(cin, cin, kernel, 1, kernel // 2, groups=cin,
                            bias=False),
                  *conv_bn(cin, width), nn.ReLU6()]
        cin = width
    return nn.Sequential(*parts)


def tower_v3(width, n):
    parts = []
    for _ in range(n):
        parts += [*conv_bn(width, width, 3, 1, 1, groups=width), nn.ReLU6(),
                  *conv_bn(width, width)]
    return nn.Sequential(*parts)


def output(width, channels):
    return nn.Sequential(nn.Conv2d(width, channels, 1))


class HeadV1(nn.Module):
    def __init__(self):
        super().__init__()
        self.corr_pw = Pixelwise(1, 48)
        self.cls_tower = tower(128, (5, 5, 3))
        self.bbox_tower = tower(96, (3, 3, 5, 5))
        self.cls_logits = output(128, 2)
        self.bbox_pred = output(96, 4)

    def forward(self, z, x):
        maps = self.corr_pw(z, x)
        return (self.cls_logits(self.cls_tower(maps)),
                self.bbox_pred(self.bbox_tower(maps)))


class HeadV2(nn.Module):
    def __init__(self):
        super().__init__()
        self.corr_pw_cls, self.corr_pw_reg = Pixelwise(2, 48), Pixelwise(2, 48)
        self.cls_pw_tower = tower(96, (3,) * 6)
        self.bbox_pw_tower = tower(96, (3,) * 6)
        self.cls_pred = output(96, 2)
        self.bbox_pred = output(96, 4)

    def forward(self, z, x):
        return (self.cls_pred(self.cls_pw_tower(self.corr_pw_cls(z, x))),
                self.bbox_pred(self.bbox_pw_tower(self.corr_pw_reg(z, x))))


class HeadV3(nn.Module):
    def __init__(self):
        super().__init__()
        for kind in 'cls', 'reg':
            setattr(self, f'corr_pw_{kind}', Pixelwise(3, 96))
            setattr(self, f'corr_dw_{kind}', Depthwise(96))
            setattr(self, f'down_{kind}', output(PIXELS + 96, 96))
        self.cls_tower, self.bbox_tower = tower_v3(96, 6), tower_v3(96, 6)
        self.cls_logits = output(96, 2)
        self.bbox_pred = output(96, 4)

    def joined(self, kind, z, x):
        both = (getattr(self, f'corr_pw_{kind}')(z, x),
                getattr(self, f'corr_dw_{kind}')(z, x))
        return getattr(self, f'down_{kind}')(torch.cat(both, 1))

    def forward(self, z, x):
        return (self.cls_logits(self.cls_tower(self.joined('cls', z, x))),
                self.bbox_pred(self.bbox_tower(self.joined('reg', z, x))))


class NanoTrack(nn.Module):
    def __init__(self, version):
        super().__init__()
        self.stride = 16
        self.backbone = MobileNetV3(version)
        self.ban_head = {1: HeadV1, 2: HeadV2, 3: HeadV3}[version]()
        start(self)
        scores = (self.ban_head.cls_pred if version == 2
                  else self.ban_head.cls_logits)
        start_output(scores[0], 0.)
        start_output(self.ban_head.bbox_pred[0], 3.4)

    def features(self, crop):
        return self.backbone(crop)

    def compare(self, z, x):
        """Features of template and search crop -> cls, loc."""
        cls, loc = self.ban_head(z[0], x[0])
        return cls, torch.exp(loc.float())
