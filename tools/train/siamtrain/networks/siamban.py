# SPDX-License-Identifier: LGPL-2.1-or-later
"""SiamBAN: a neck and a head of depthwise correlations over any backbone."""
import torch
from torch import nn

from .parts import conv_bn, depthwise_correlation, start, start_output

# Narrower maps than this are the template's: only their centre is kept.
CROP_BELOW = 16
CENTRE = 7


class Neck(nn.Module):
    def __init__(self, cin, out):
        super().__init__()
        self.downsample = nn.Sequential(*conv_bn(cin, out))

    def forward(self, x):
        x = self.downsample(x)
        if x.shape[3] >= CROP_BELOW:
            return x
        at = (x.shape[3] - CENTRE) // 2
        return x[:, :, at:at + CENTRE, at:at + CENTRE]


class Necks(nn.Module):
    """One a level, named from 2 on; a single one has no number."""

    def __init__(self, channels, out):
        super().__init__()
        self.names = ([f'downsample{i + 2}' for i in range(len(out))]
                      if len(out) > 1 else ['downsample'])
        for name, a, b in zip(self.names, channels, out):
            setattr(self, name, Neck(a, b))

    def forward(self, maps):
        return [getattr(self, name)(x) for name, x in zip(self.names, maps)]


class SingleNeck(Neck):
    """ADJUST.TYPE AdjustLayer: the same, one name shorter."""

    def forward(self, maps):
        return [super().forward(maps[0])]


class Branch(nn.Module):
    def __init__(self, cin, hidden, out):
        super().__init__()
        for side in 'conv_kernel', 'conv_search':
            setattr(self, side,
                    nn.Sequential(*conv_bn(cin, hidden, 3), nn.ReLU()))
        self.head = nn.Sequential(*conv_bn(hidden, hidden), nn.ReLU(),
                                  nn.Conv2d(hidden, out, 1))

    def forward(self, z, x):
        return self.head(depthwise_correlation(self.conv_kernel(z),
                                               self.conv_search(x)))


class Box(nn.Module):
    def __init__(self, cin, hidden, cls_channels):
        super().__init__()
        self.cls = Branch(cin, hidden, cls_channels)
        self.loc = Branch(cin, hidden, 4)

    def forward(self, z, x):
        return self.cls(z, x), self.loc(z, x)


class Boxes(nn.Module):
    """MultiBAN: a box a level, levels weighted or averaged."""

    def __init__(self, channels, cls_channels, weighted):
        super().__init__()
        n = len(channels)
        self.n, self.weighted = n, weighted
        for i, c in enumerate(channels):
            setattr(self, f'box{i + 2}', Box(c, c, cls_channels))
        if weighted:
            self.cls_weight = nn.Parameter(torch.ones(n))
            self.loc_weight = nn.Parameter(torch.ones(n))
        self.loc_scale = nn.Parameter(torch.ones(n))

    def weights(self, name, like):
        if not self.weighted:
            return like.new_full((self.n,), 1 / self.n)
        return torch.softmax(getattr(self, name), 0)

    def forward(self, z, x):
        cls, loc = zip(*(getattr(self, f'box{i + 2}')(z[i], x[i])
                         for i in range(self.n)))
        loc = [torch.exp(part.float() * self.loc_scale[i])
               for i, part in enumerate(loc)]
        a = self.weights('cls_weight', cls[0])
        b = self.weights('loc_weight', loc[0])
        return (sum(part * a[i] for i, part in enumerate(cls)),
                sum(part * b[i] for i, part in enumerate(loc)))


class SingleBox(Box):
    """DepthwiseBAN: one level, distances as they come."""

    def forward(self, z, x):
        return super().forward(z[0], x[0])


class SiamBAN(nn.Module):
    def __init__(self, backbone, used_layers, out, multi, cls_channels,
                 weighted, single_neck):
        super().__init__()
        channels = [backbone.channels[i] for i in used_layers]
        self.stride = 8
        self.backbone = backbone
        self.neck = (SingleNeck(channels[0], out[0]) if single_neck
                     else Necks(channels, out))
        self.head = (Boxes(out, cls_channels, weighted) if multi
                     else SingleBox(out[0], out[0], cls_channels))
        start(self)
        for branch in self.modules():
            if isinstance(branch, Box):
                start_output(branch.cls.head[3], 0.)
                start_output(branch.loc.head[3], 3.4 if multi else 30.)

    def features(self, crop):
        return self.backbone(crop)

    def compare(self, z, x):
        """Features of template and search crop -> cls, loc."""
        return self.head(self.neck(z), self.neck(x))
