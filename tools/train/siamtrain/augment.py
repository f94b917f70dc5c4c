# SPDX-License-Identifier: LGPL-2.1-or-later
"""Template and search crops as a tracker will meet them.

Everything random comes from the generator given, so the same generator makes
the same crop. The settings are DATASET.TEMPLATE and DATASET.SEARCH.
"""
import cv2
import numpy as np

BLUR_SIZES = (3, 5, 7)
COLOR_SPREAD = 12.  # of 255


def geometry(settings, rng):
    """A turn and stretch (2 x 2), and a shift in pixels."""
    stretch = 1 + rng.uniform(-1, 1, 2) * settings['SCALE']
    angle = np.deg2rad(rng.normal() * settings['ROTATE'])
    shift = rng.uniform(-1, 1, 2) * settings['SHIFT']
    turn = np.array([[np.cos(angle), -np.sin(angle)],
                     [np.sin(angle), np.cos(angle)]])
    return turn * stretch, shift


def corners_of(size, turn, shift):
    """The upright box about what an ellipse of @size turns into."""
    half = np.hypot(turn[:, 0] * size[0] / 2, turn[:, 1] * size[1] / 2)
    return np.concatenate((shift - half, shift + half))


def cut(picture, size, side, settings, rng):
    """@picture: a pack's crop with a box of @size in its centre. Returns side x
    side pixels and the box: x1, y1, x2, y2 about their centre."""
    turn, shift = geometry(settings, rng)
    middle = (np.array(picture.shape[1::-1]) - 1) / 2
    offset = (side - 1) / 2 + shift - turn @ middle
    pixels = cv2.warpAffine(picture, np.c_[turn, offset], (side, side),
                            flags=cv2.INTER_LINEAR,
                            borderMode=cv2.BORDER_CONSTANT,
                            borderValue=picture[::16, ::16].mean((0, 1)))
    return pixels, corners_of(size, turn, shift)


def blurred(pixels, rng):
    """As by motion along one side, or out of focus."""
    n = int(rng.choice(BLUR_SIZES))
    kind = rng.integers(3)
    return cv2.blur(pixels, ((n, 1), (1, n), (n, n))[kind])


def coloured(pixels, rng):
    """Other contrast and light, a little apart a channel."""
    gain = np.exp(rng.normal() * 0.15)
    lift = rng.normal() * COLOR_SPREAD + rng.normal(size=3) * COLOR_SPREAD / 3
    changed = pixels.astype(np.float32) * gain + lift.astype(np.float32)
    return np.clip(changed, 0, 255).astype(np.uint8)


def grey(pixels):
    one = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    return cv2.cvtColor(one, cv2.COLOR_GRAY2BGR)


def flipped(pixels, box):
    return pixels[:, ::-1], np.array([-box[2], box[1], -box[0], box[3]])


def crop(picture, size, side, settings, rng):
    """cut(), and then what happens to pixels."""
    pixels, box = cut(picture, size, side, settings, rng)
    if rng.random() < settings['COLOR']:
        pixels = coloured(pixels, rng)
    if rng.random() < settings['BLUR']:
        pixels = blurred(pixels, rng)
    if rng.random() < settings['FLIP']:
        pixels, box = flipped(pixels, box)
    return pixels, box
