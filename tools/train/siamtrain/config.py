# SPDX-License-Identifier: LGPL-2.1-or-later
"""config.yaml: the keys that the C reader knows, and those of the training.

The C reader passes over TRAIN and DATASET, so one file serves both. What a file
leaves out is as published for SiamBAN.
"""
import copy

import yaml

DEFAULTS = {
    'META_ARC': '',
    'BACKBONE': {
        'TYPE': 'resnet50',
        'KWARGS': {'used_layers': [2, 3, 4], 'width_mult': 1.0},
        'TRAIN_LAYERS': ['layer2', 'layer3', 'layer4'],
        'TRAIN_EPOCH': 10,
        'LAYERS_LR': 0.1,
    },
    'ADJUST': {'TYPE': 'AdjustAllLayer',
               'KWARGS': {'out_channels': [256, 256, 256]}},
    'BAN': {'TYPE': 'MultiBAN',
            'KWARGS': {'cls_out_channels': 2, 'weighted': True}},
    'TRACK': {'EXEMPLAR_SIZE': 127, 'INSTANCE_SIZE': 255,
              'CONTEXT_AMOUNT': 0.5},
    'TRAIN': {
        'EPOCH': 20,
        'BATCH_SIZE': 28,
        'CLS_WEIGHT': 1.0,
        'LOC_WEIGHT': 1.0,
        'POS_NUM': 16,
        'NEG_NUM': 16,
        'TOTAL_NUM': 64,
        'OPTIMIZER': 'sgd',
        'MOMENTUM': 0.9,
        'WEIGHT_DECAY': 0.0001,
        'GRAD_CLIP': 10.0,
        'EMA': 0.0,
        'FREEZE_NORM': False,
        'LR': {'TYPE': 'log',
               'KWARGS': {'start_lr': 0.005, 'end_lr': 0.00005}},
        'LR_WARMUP': {'WARMUP': True, 'EPOCH': 5,
                      'KWARGS': {'start_lr': 0.001, 'end_lr': 0.005}},
        'DISTIL': {'FEATURES': 1.0, 'SCORES': 1.0, 'BOXES': 0.5,
                   'LABELS': 0.3},
    },
    'DATASET': {
        'VIDEOS_PER_EPOCH': 600000,
        'FRAME_RANGE': 100,
        'NEG': 0.2,
        'GRAY': 0.0,
        'FLIP': 0.0,
        'TEMPLATE': {'SHIFT': 4, 'SCALE': 0.05, 'BLUR': 0.0, 'FLIP': 0.0,
                     'COLOR': 1.0, 'ROTATE': 0.0},
        'SEARCH': {'SHIFT': 64, 'SCALE': 0.18, 'BLUR': 0.2, 'FLIP': 0.0,
                   'COLOR': 1.0, 'ROTATE': 0.0},
    },
}


def merge(base, other, path=''):
    """@other over @base; a section stays one, a value stays one."""
    merged = copy.deepcopy(base)
    for key, value in other.items():
        known = merged.get(key)
        if key in merged and isinstance(known, dict) != isinstance(value, dict):
            kind = 'a section' if isinstance(known, dict) else 'a value'
            raise ValueError(f'{path}{key}: expected {kind}')
        merged[key] = (merge(known, value, f'{path}{key}.')
                       if isinstance(known, dict) else value)
    return merged


def load(path):
    """The file @path over the defaults; ValueError says what is wrong."""
    try:
        with open(path, encoding='utf-8') as file:
            content = yaml.safe_load(file) or {}
    except yaml.YAMLError as error:
        raise ValueError(f'{path}: {error}') from error
    if not isinstance(content, dict):
        raise ValueError(f'{path}: expected sections')
    try:
        return merge(DEFAULTS, content)
    except ValueError as error:
        raise ValueError(f'{path}: {error}') from error
