# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes random checkpoints whose activations keep a sensible spread.

    make_checkpoint.py NAME OUT [--form zip|legacy|safetensors]

The config goes to OUT.yaml. Plain random weights overflow or vanish over 50
layers, so that neither accuracy nor speed measured on them means anything.
"""
import argparse
import json
import pathlib
import struct

import torch

import hashed
import siamban_ref as ref

NETS = {
    'resnet50': ref.siamban_cfg('resnet50', (2, 3, 4)),
    'resnet50-average': ref.siamban_cfg('resnet50', (2, 3, 4), weighted=False),
    'resnet50-sigmoid': ref.siamban_cfg('resnet50', (2, 3, 4), cls_channels=1),
    'resnet50-2,3': ref.siamban_cfg('resnet50', (2, 3), 128),
    'resnet50-4': ref.siamban_cfg('resnet50', (4,), 128, multi=False,
                                  adjust_type='AdjustLayer'),
    'resnet34': ref.siamban_cfg('resnet34', (2, 3, 4)),
    'resnet18': ref.siamban_cfg('resnet18', (3,), multi=False),
    'mobilenetv2-3,5,7': ref.siamban_cfg('mobilenetv2', (3, 5, 7)),
    'mobilenetv2-3,5': ref.siamban_cfg('mobilenetv2', (3, 5), 64),
    'mobilenetv2-4,6,7': ref.siamban_cfg('mobilenetv2', (4, 6, 7), 96,
                                         width_mult=1.4),
    'mobilenetv2-7': ref.siamban_cfg('mobilenetv2', (7,), 64, multi=False),
    'mobilenetv2-average': ref.siamban_cfg(
        'mobilenetv2', (3, 5), 48, weighted=False, cls_channels=1,
        width_mult=.5),
    'nanotrack-v1': 1,
    'nanotrack-v2': 2,
    'nanotrack-v3': 3,
}


def with_counters(tensors):
    """As published, with an int64 counter beside every BatchNorm."""
    out = {}
    for name, tensor in tensors.items():
        out[name] = tensor
        if name.endswith('.running_var'):
            out[name[:-11] + 'num_batches_tracked'] = torch.tensor(1000)
    return out


def make(cfg):
    """A state_dict for the network of @cfg."""
    weights = hashed.HashedWeights()
    ref.run(cfg, weights, hashed.crop(127, 0), hashed.crop(255, 9))
    return with_counters(weights.tensors)


def save_safetensors(path, state_dict):
    names = {torch.float32: 'F32', torch.float16: 'F16', torch.int64: 'I64'}
    header, blobs, at = {}, [], 0
    for name, tensor in state_dict.items():
        blob = tensor.contiguous().numpy().tobytes()
        header[name] = {'dtype': names[tensor.dtype],
                        'shape': list(tensor.shape),
                        'data_offsets': [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text)
        for blob in blobs:
            file.write(blob)


def save_zip(path, state_dict):
    torch.save(state_dict, path)


def save_legacy(path, state_dict):
    state_dict = {'module.' + k: v for k, v in state_dict.items()}
    first = next(iter(state_dict.values()))
    torch.save({'epoch': 20, 'state_dict': state_dict,
                'optimizer': {'state': {0: {'momentum_buffer': first}},
                              'param_groups': [{'lr': .005, 'params': [0]}]}},
               path, _use_new_zipfile_serialization=False)


FORMS = {'zip': save_zip, 'legacy': save_legacy,
         'safetensors': save_safetensors}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('name', choices=NETS)
    parser.add_argument('out', type=pathlib.Path)
    parser.add_argument('--form', choices=FORMS, default='zip')
    args = parser.parse_args()
    FORMS[args.form](args.out, make(NETS[args.name]))
    args.out.with_name(args.out.name + '.yaml').write_text(
        ref.config_yaml(NETS[args.name]))


if __name__ == '__main__':
    main()
