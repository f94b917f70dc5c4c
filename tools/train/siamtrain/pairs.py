# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pairs of a template and a search crop, drawn from packs.

Pair number i of a seed is always the same one, so a training that goes on where
it was stopped sees what it would have seen.
"""
import collections
import concurrent.futures

import numpy as np
import torch

from . import augment, labels

Batch = collections.namedtuple('Batch', 'z x cls loc negative')


class Pairs:
    def __init__(self, packs, config, size, stride, seed):
        """@packs: of (Pack, weight). @size, @stride: of the network's grid."""
        self.packs = [pack for pack, _ in packs]
        weights = np.array([weight for _, weight in packs], float)
        self.weights = weights / weights.sum()
        self.settings, self.train = config['DATASET'], config['TRAIN']
        self.sides = (config['TRACK']['EXEMPLAR_SIZE'],
                      config['TRACK']['INSTANCE_SIZE'])
        self.size, self.stride, self.seed = size, stride, seed

    def pick_track(self, rng):
        pack = self.packs[rng.choice(len(self.packs), p=self.weights)]
        return pack, pack.tracks[rng.integers(len(pack.tracks))]

    def pick(self, rng):
        """(pack, index) of the template's and of the search crop's picture."""
        pack, track = self.pick_track(rng)
        at = rng.integers(len(track))
        if rng.random() < self.settings['NEG']:
            other, others = self.pick_track(rng)
            return ((pack, track[at]),
                    (other, others[rng.integers(len(others))]), True)
        reach = self.settings['FRAME_RANGE']
        near = track[max(at - reach, 0):at + reach + 1]
        return ((pack, track[at]), (pack, near[rng.integers(len(near))]),
                False)

    def sample(self, number):
        rng = np.random.default_rng((self.seed, number))
        first, second, negative = self.pick(rng)
        z, _ = augment.crop(*first[0].load(first[1]), self.sides[0],
                            self.settings['TEMPLATE'], rng)
        x, box = augment.crop(*second[0].load(second[1]), self.sides[1],
                              self.settings['SEARCH'], rng)
        if rng.random() < self.settings['GRAY']:
            z, x = augment.grey(z), augment.grey(x)
        if rng.random() < self.settings['FLIP']:
            z, (x, box) = z[:, ::-1], augment.flipped(x, box)
        cls, loc = labels.label(box, negative, self.size, self.stride,
                                self.train, rng)
        return z, x, cls, loc, negative

    def batch(self, number, n):
        """Batch @number of @n pairs; pictures are bytes, channels last."""
        parts = zip(*(self.sample(number * n + i) for i in range(n)))
        return Batch(*(torch.from_numpy(np.stack(part)) for part in parts))

    def batches(self, numbers, n, workers):
        """The batches of @numbers in order, made ahead by @workers threads."""
        if not workers:
            for number in numbers:
                yield self.batch(number, n)
            return
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            ahead = collections.deque()
            for number in numbers:
                ahead.append(pool.submit(self.batch, number, n))
                if len(ahead) > 2 * workers:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()


def planes(pixels, device):
    """Bytes n x h x w x 3 as floats n x 3 x h x w, channels last in memory."""
    return pixels.to(device, non_blocking=True).permute(0, 3, 1, 2).float()
