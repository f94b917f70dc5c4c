#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes sequences like those of a thermal camera, to try a training on.

    thermal.py FOLDER [TRAIN [HELD_OUT]]

Warm figures of next to no texture walk over a noisy ground, several alike in
every picture; one of them is the object. FOLDER/train and FOLDER/held-out get
TRAIN (24) and HELD_OUT (8) sequences in OTB's layout.
"""
import pathlib
import sys

import cv2
import numpy as np

WIDTH, HEIGHT, FRAMES, FIGURES = 320, 240, 60, 5


class Figure:
    """A walker: place of the feet, speed, height, warmth."""

    def __init__(self, rng):
        self.at = rng.uniform((40, 90), (WIDTH - 40, HEIGHT - 20))
        self.speed = rng.uniform(-2.2, 2.2, 2) * (1, 0.4)
        self.height = rng.uniform(30, 56)
        self.girth = rng.uniform(0.3, 0.5)
        self.warmth = rng.uniform(25, 60)
        self.phase = rng.uniform(0, 6)

    def walk(self, rng):
        self.phase += 0.45
        self.speed += rng.normal(size=2) * (0.25, 0.1)
        self.speed = np.clip(self.speed, (-3, -1), (3, 1))
        self.at = self.at + self.speed
        self.speed = np.where((self.at < (30, 80)) & (self.speed < 0),
                              -self.speed, self.speed)
        self.speed = np.where(
            (self.at > (WIDTH - 30, HEIGHT - 10)) & (self.speed > 0),
            -self.speed, self.speed)

    def box(self):
        """x, y, w, h, the corner from 0."""
        width = self.height * self.girth
        return (self.at[0] - width / 2, self.at[1] - self.height, width,
                self.height)

    def draw(self, heat):
        x, y, w, h = self.box()
        swing = np.sin(self.phase) * w * 0.3
        middle, hips = x + w / 2, y + h * 0.6

        def limb(a, b, thickness):
            cv2.line(heat, tuple(map(round, a)), tuple(map(round, b)),
                     self.warmth, max(round(thickness), 1), cv2.LINE_AA)

        cv2.ellipse(heat, (round(middle), round(y + h * 0.4)),
                    (round(w * 0.36), round(h * 0.25)), 0, 0, 360,
                    self.warmth, -1, cv2.LINE_AA)
        cv2.circle(heat, (round(middle), round(y + h * 0.09)),
                   round(h * 0.09), self.warmth * 1.2, -1, cv2.LINE_AA)
        limb((middle, hips), (middle - swing, y + h), w * 0.25)
        limb((middle, hips), (middle + swing, y + h), w * 0.25)


def ground(rng):
    small = rng.normal(90, 14, (12, 16)).astype(np.float32)
    return cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)


def picture(land, figures, rng):
    heat = np.zeros((HEIGHT, WIDTH), np.float32)
    for figure in sorted(figures, key=lambda figure: figure.at[1]):
        figure.draw(heat)
    heat = cv2.GaussianBlur(heat, (0, 0), 1.2)
    noisy = land + heat + rng.normal(0, 9, land.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def write(folder, seed):
    rng = np.random.default_rng(seed)
    land, figures = ground(rng), [Figure(rng) for _ in range(FIGURES)]
    (folder / 'img').mkdir(parents=True, exist_ok=True)
    rows = []
    for i in range(1, FRAMES + 1):
        cv2.imwrite(str(folder / f'img/{i:04}.jpg'),
                    picture(land, figures, rng))
        x, y, w, h = figures[0].box()
        rows.append(f'{x + 1:.1f},{y + 1:.1f},{w:.1f},{h:.1f}\n')
        for figure in figures:
            figure.walk(rng)
    (folder / 'groundtruth_rect.txt').write_text(''.join(rows))


def main():
    folder = pathlib.Path(sys.argv[1])
    numbers = [int(arg) for arg in sys.argv[2:]] + [24, 8][len(sys.argv) - 2:]
    for part, n, first in zip(('train', 'held-out'), numbers, (0, 1000)):
        for i in range(n):
            write(folder / part / f'walk{first + i:04}', first + i)


main()
