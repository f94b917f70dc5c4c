# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is trained when, and how fast. Times are epochs, with fractions."""
import math

import torch


def decayed(kind, first, last, done):
    """@done: 0 to 1."""
    if kind == 'cos':
        return last + (first - last) * (1 + math.cos(math.pi * done)) / 2
    if kind == 'log':
        return first * (last / first) ** done
    raise ValueError(f'TRAIN.LR.TYPE: expected log or cos, got {kind}')


def rate(train, epoch):
    """The learning rate: up in a line at first, then down."""
    warmup, main = train['LR_WARMUP'], train['LR']
    warm = warmup['EPOCH'] if warmup['WARMUP'] else 0
    if epoch < warm:
        steps = warmup['KWARGS']
        return (steps['start_lr']
                + (steps['end_lr'] - steps['start_lr']) * epoch / warm)
    done = (epoch - warm) / max(train['EPOCH'] - warm, 1e-9)
    return decayed(main['TYPE'], main['KWARGS']['start_lr'],
                   main['KWARGS']['end_lr'], min(done, 1))


def thawed_parts(net, backbone):
    """The modules of the backbone that may learn. @backbone: BACKBONE."""
    names = dict(net.backbone.named_modules())
    parts = []
    for name in backbone['TRAIN_LAYERS']:
        if name != 'all' and name not in names:
            raise ValueError(f'BACKBONE.TRAIN_LAYERS: {name}: the backbone '
                             'has no such part')
        parts.append(net.backbone if name == 'all' else names[name])
    return parts


def freeze_norms(net):
    """BatchNorm's statistics stay, its scales and offsets learn on."""
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eval()


def set_mode(net, config, epoch):
    """Training mode; what is frozen keeps its BatchNorm's statistics too."""
    backbone = config['BACKBONE']
    net.train()
    net.backbone.eval()
    for parameter in net.backbone.parameters():
        parameter.requires_grad_(False)
    if epoch >= backbone['TRAIN_EPOCH']:
        for part in thawed_parts(net, backbone):
            part.train()
            for parameter in part.parameters():
                parameter.requires_grad_(True)
    if config['TRAIN']['FREEZE_NORM']:
        freeze_norms(net)


def groups(net, backbone):
    """Parameters and how their rate relates to the others'."""
    own, ids = [], set()
    for part in thawed_parts(net, backbone):
        for parameter in part.parameters():
            if id(parameter) not in ids:
                ids.add(id(parameter))
                own.append(parameter)
    backbone_ids = {id(p) for p in net.backbone.parameters()}
    rest = [p for p in net.parameters() if id(p) not in backbone_ids]
    return [{'params': rest, 'factor': 1.},
            {'params': own, 'factor': backbone['LAYERS_LR']}]
