# SPDX-License-Identifier: LGPL-2.1-or-later
"""Networks from the keys of a config.yaml, parameters named as published."""
from .mobilenetv2 import MobileNetV2
from .nanotrack import NanoTrack
from .resnet import DEPTH, ResNet
from .siamban import SiamBAN

VERSION_TENSORS = {'ban_head.corr_pw.CA_layer.fc1.weight': 1,
                   'ban_head.corr_pw_cls.CA_layer.fc1.weight': 2,
                   'ban_head.corr_dw_cls.conv_kernel.0.weight': 3}


def nanotrack_version(backbone, tensors):
    """Versions 1 and 2 have the same config: only tensors tell them apart."""
    if backbone == 'mobilenetv3_small_v3':
        return 3
    found = [v for name, v in VERSION_TENSORS.items() if name in tensors]
    return max(found, default=2)


def siamban(config, backbone):
    kwargs = config['BACKBONE']['KWARGS']
    used = kwargs['used_layers']
    out = config['ADJUST']['KWARGS']['out_channels']
    out = out if isinstance(out, list) else [out]
    multi = config['BAN']['TYPE'] == 'MultiBAN'
    if len(out) != len(used) or (not multi and len(used) > 1):
        raise ValueError('ADJUST.KWARGS.out_channels: expected one number for '
                         'each of BACKBONE.KWARGS.used_layers, a single one '
                         'with a DepthwiseBAN')
    body = (MobileNetV2(used, kwargs['width_mult'])
            if backbone == 'mobilenetv2' else ResNet(backbone, used))
    ban = config['BAN']['KWARGS']
    return SiamBAN(body, used, out, multi, ban['cls_out_channels'],
                   ban['weighted'], config['ADJUST']['TYPE'] == 'AdjustLayer')


def build(config, tensors=()):
    """@tensors: names of those that will be loaded, if any."""
    backbone = config['BACKBONE']['TYPE']
    if backbone in ('mobilenetv3_small', 'mobilenetv3_small_v3'):
        return NanoTrack(nanotrack_version(backbone, tensors))
    if backbone != 'mobilenetv2' and backbone not in DEPTH:
        raise ValueError(f'BACKBONE.TYPE: {backbone} is not known; known are '
                         f'{", ".join(DEPTH)}, mobilenetv2, mobilenetv3_small '
                         'and mobilenetv3_small_v3')
    return siamban(config, backbone)
