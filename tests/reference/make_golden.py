# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the golden files that golden-test.c compares with.

    make_golden.py [--shared DIR] [NAME...]

Each holds a config, a table that makes the weights (hashed.py), and samples of
what PyTorch gives for the crops of hashed.py in double precision. Those of
NanoTrack's published weights hold samples only.
"""
import argparse
import json
import pathlib

import numpy as np
import torch

import hashed
import siamban_ref as ref

HERE = pathlib.Path(__file__).resolve().parent
SAMPLES = 150

NETS = {
    'resnet50': ref.siamban_cfg('resnet50', (2, 3, 4)),
    'resnet18': ref.siamban_cfg('resnet18', (4,), 64, multi=False),
    'mobilenetv2': ref.siamban_cfg('mobilenetv2', (3, 5, 7), 64),
    'mobilenetv2-average': ref.siamban_cfg(
        'mobilenetv2', (3, 5), 32, weighted=False, cls_channels=1,
        width_mult=.5),
    'nanotrack-v1': 1,
    'nanotrack-v2': 2,
    'nanotrack-v3': 3,
}


def samples(tensor, name):
    """Pairs of an index and the value there."""
    flat = tensor.flatten().numpy()
    picks = hashed.mix(np.arange(SAMPLES, dtype=np.uint64)
                       + np.uint64(hashed.fnv1a(name)))
    picks = sorted({int(p) for p in picks % np.uint64(len(flat))})
    return [[i, float(f'{flat[i]:.9g}')] for i in picks]


def write(name, parts):
    """JSON with a line for each member of an object or list in it."""
    lines = []
    for key, value in parts.items():
        if isinstance(value, dict):
            inner = ',\n'.join(f'    {json.dumps(k)}: {json.dumps(v)}'
                               for k, v in value.items())
            lines.append(f'  {json.dumps(key)}: {{\n{inner}\n  }}')
        else:
            lines.append(f'  {json.dumps(key)}: {json.dumps(value)}')
    (HERE / 'golden' / f'{name}.json').write_text(
        '{\n' + ',\n'.join(lines) + '\n}\n')


def golden(name, cfg, weights):
    cls, loc = ref.run(cfg, weights, hashed.crop(127, 0), hashed.crop(255, 9))
    print(f'{name}: cls {tuple(cls.shape[1:])} spread {cls.std():.3g}, loc '
          f'{loc.min():.3g} to {loc.max():.3g}', flush=True)
    return {'cls': samples(cls, 'cls'), 'loc': samples(loc, 'loc')}


def make_hashed(name, cfg):
    weights = hashed.HashedWeights()
    parts = golden(name, cfg, weights)
    table = {k: [list(shape), offset, float(f'{scale:.9g}')]
             for k, (shape, offset, scale) in weights.table.items()}
    write(name, {'config': ref.config_yaml(cfg), 'tensors': table, **parts})


def make_published(name, cfg, path):
    weights = ref.Weights(ref.load_state_dict(path), torch.float64)
    write(name, golden(name, cfg, weights))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--shared', type=pathlib.Path,
                        default=HERE.parents[2] / 'shared')
    parser.add_argument('names', nargs='*')
    args = parser.parse_args()
    (HERE / 'golden').mkdir(exist_ok=True)
    for name, cfg in NETS.items():
        if not args.names or name in args.names:
            make_hashed(name, cfg)
    for v in 1, 2, 3:
        name = f'nanotrack-v{v}-published'
        path = args.shared / f'models/nanotrack/nanotrackv{v}.pth'
        if (not args.names or name in args.names) and path.exists():
            make_published(name, v, path)


if __name__ == '__main__':
    main()
