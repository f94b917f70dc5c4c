# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes golden.h: where the reference tracker, in numpy, moves to.

    python3 make_golden.py > golden.h
"""
import numpy as np

STEPS = 4

# score_size, stride, cls_channels, window_influence, penalty_k, lr
SIAMBAN = 25, 8, 2, .4632532824922313, .08513642556896711, .44418184746462425
SIAMBAN_1 = 25, 8, 1, .334450048565355, .0012159181005195463, .46386814967815493
NANOTRACK = 16, 16, 2, .462, .148, .390
NANOTRACK_3 = 15, 16, 2, .455, .138, .348
NO_WINDOW = 25, 8, 2, 0, .1, .9

# Parameters, frame size, seed box, first of the step's seeds.
CASES = [
    (SIAMBAN, (640, 480), (300, 200, 60, 40), 1),
    (SIAMBAN, (640, 480), (1.5, 2.25, 10.5, 100), 11),
    (SIAMBAN_1, (1920, 1080), (1800, 1000, 119, 79), 21),
    (NANOTRACK, (320, 240), (316, 140, 112, 116), 31),
    (NANOTRACK_3, (320, 240), (-5, -8, 12, 13), 41),
    (NO_WINDOW, (100, 90), (0, 0, 100, 90), 51),
    (NO_WINDOW, (7, 300), (0, 100, 7, 20), 61),
]


def noise(seed, n):
    """0..65535; the same as noise() of tracker-test.c."""
    v = (np.arange(1, n + 1, dtype=np.uint64) * 2654435761 + seed * 40503)
    v &= 0xffffffff
    v ^= v >> 15
    v = v * 2246822519 & 0xffffffff
    v ^= v >> 13
    return (v & 0xffff).astype(np.float64)


def change(v):
    return np.maximum(v, 1 / v)


def sz(w, h):
    pad = (w + h) * .5
    return np.sqrt((w + pad) * (h + pad))


class Tracker:
    def __init__(self, params, frame, box):
        (self.size, self.stride, self.channels, self.influence, self.k,
         self.lr) = params
        self.frame = frame
        x, y, w, h = box
        self.pos = np.array([x + (w - 1) / 2, y + (h - 1) / 2])
        self.wh = np.array([w, h], float)
        self.window = np.outer(np.hanning(self.size),
                               np.hanning(self.size)).ravel()
        ori = -(self.size // 2) * self.stride
        x, y = np.meshgrid(
            [ori + self.stride * i for i in range(self.size)],
            [ori + self.stride * i for i in range(self.size)])
        self.points = np.stack([x.ravel(), y.ravel()]).astype(float)

    def side(self):
        context = .5 * np.sum(self.wh)
        return np.sqrt(np.prod(self.wh + context))

    def update(self, seed):
        n = self.size ** 2
        cls = (noise(seed, self.channels * n) * 12 / 65536 - 6).reshape(
            self.channels, n)
        loc = ((noise(seed + 1, 4 * n) * 100 + 4096) / 65536).reshape(4, n)
        scale = 127 / self.side()
        if self.channels == 2:
            e = np.exp(cls - cls.max(0))
            score = e[1] / e.sum(0)
        else:
            score = 1 / (1 + np.exp(-cls[0]))
        x1, y1 = self.points - loc[:2]
        x2, y2 = self.points + loc[2:]
        cx, cy, bw, bh = (x1 + x2) * .5, (y1 + y2) * .5, x2 - x1, y2 - y1
        s_c = change(sz(bw, bh) / sz(*(self.wh * scale)))
        r_c = change(self.wh[0] / self.wh[1] / (bw / bh))
        penalty = np.exp(-(r_c * s_c - 1) * self.k)
        pscore = (penalty * score * (1 - self.influence)
                  + self.window * self.influence)
        best = np.argmax(pscore)
        lr = penalty[best] * score[best] * self.lr
        self.pos = np.clip(self.pos + np.array([cx[best], cy[best]]) / scale,
                           0, self.frame)
        self.wh = (self.wh * (1 - lr)
                   + np.array([bw[best], bh[best]]) / scale * lr)
        self.wh = np.maximum(10, np.minimum(self.wh, self.frame))
        return [*(self.pos - self.wh / 2), *self.wh, score[best], score.max()]


def braces(values):
    return '{ ' + ', '.join(repr(float(v)) if isinstance(v, float) else str(v)
                            for v in values) + ' }'


def main():
    print('/* SPDX-License-Identifier: LGPL-2.1-or-later */')
    print('/* Written by make_golden.py. */')
    print('\n/* clang-format off */')
    print('\nstatic const Golden golden[] = {')
    for params, frame, box, seed in CASES:
        tracker = Tracker(params, frame, box)
        size, stride, channels, influence, k, lr = params
        print('  {', braces((127, 255, stride, size, channels, float(influence),
                             k, lr, .5)) + ',')
        print('   ', f'{frame[0]}, {frame[1]},', braces(map(float, box)) + ',',
              f'{seed}, {{')
        for step in range(STEPS):
            side = tracker.side()
            sides = [float(round(side)), float(round(side * (255 / 127))),
                     float(127 / side)]
            print('   ', '{', braces(sides) + ',')
            print('     ', braces(tracker.update(seed + 2 * step)), '},')
        print('  } },')
    print('};')


if __name__ == '__main__':
    main()
