# SPDX-License-Identifier: LGPL-2.1-or-later
"""Weights and crops that a few lines of C can make again, to the last bit.

Element i of a tensor is offset + scale * u (name, i), u uniform in [-1, 1);
offset and scale are chosen a tensor so that activations keep a sensible spread.
"""
import numpy as np
import torch

import siamban_ref as ref

MASK = np.uint64(0xffffffff)


def fnv1a(name):
    h = 0x811c9dc5
    for byte in name.encode():
        h = (h ^ byte) * 0x01000193 & 0xffffffff
    return h


def mix(h):
    h = h ^ h >> np.uint64(16)
    h = h * np.uint64(0x7feb352d) & MASK
    h = h ^ h >> np.uint64(15)
    h = h * np.uint64(0x846ca68b) & MASK
    return h ^ h >> np.uint64(16)


def uniform(name, n):
    i = np.arange(n, dtype=np.uint64)
    h = mix(np.uint64(fnv1a(name)) + i * np.uint64(0x9e3779b9) & MASK)
    return (h >> np.uint64(8)).astype(np.float64) / (1 << 23) - 1


def crop(size, phase):
    """Two triangle waves and noise a channel, bytes in planes B, G, R."""
    c, y, x = np.meshgrid(*map(np.arange, (3, size, size)), indexing='ij')

    def triangle(v):
        return np.abs(v % 256 - 128)

    noise = mix((((c * size + y) * size + x) * 3 + phase).astype(np.uint64))
    v = (triangle(7 * x + 3 * y + 40 * c + phase)
         + triangle(5 * y - 2 * x + 90 * c + 256 * 64)
         + (noise & np.uint64(31)).astype(np.int64)) * 255 // 287
    return torch.from_numpy(v.astype(np.float64))[None]


OFFSET_SCALE = {'mean': (0, .17), 'var': (1, .5), 'gamma': (1, .5),
                'beta': (0, .17), 'bias': (0, .3), 'scale': (1, .3),
                'level': (0, 1), 'conv': (0, 1)}
# exp (loc) is a distance in pixels: around 20 of them.
LOC_BIAS = (3, .3)


class HashedWeights(ref.Weights):
    """Makes what a network asks for; @table holds (shape, offset, scale)."""

    def __init__(self, dtype=torch.float64):
        super().__init__({}, dtype)
        self.table = {}

    def get(self, name, shape, kind='raw'):
        if name not in self.tensors:
            offset, scale = OFFSET_SCALE[kind]
            if kind == 'bias' and shape == (4,):
                offset, scale = LOC_BIAS
            self.put(name, shape, offset, scale)
        return super().get(name, shape)

    def put(self, name, shape, offset, scale):
        offset, scale = float(np.float32(offset)), float(np.float32(scale))
        self.table[name] = (tuple(shape), offset, scale)
        values = offset + scale * uniform(name, int(np.prod(shape)))
        self.tensors[name] = torch.from_numpy(
            values.astype(np.float32)).reshape(shape)

    def fit(self, names, run, target):
        made = any(name in self.tensors for name in names)
        y = run()
        if made:
            return y
        # A global mean has one value a channel; the template's may be alike.
        factor = target / max(float(y.std()), 1e-6)
        for name in names:
            shape, offset, scale = self.table[name]
            self.put(name, shape, offset * factor, scale * factor)
        return run()
