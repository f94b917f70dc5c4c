# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the network should say at each point of its grid."""
import numpy as np

POSITIVE, NEGATIVE, IGNORED = 1, 0, -1


def grid(size, stride):
    """x and y of the points, in pixels about the crop's centre."""
    line = (np.arange(size) - size // 2) * float(stride)
    return np.meshgrid(line, line)


def some(chosen, n, rng):
    """At most @n of the points that are @chosen."""
    at = np.flatnonzero(chosen)
    return at if len(at) <= n else rng.choice(at, n, replace=False)


def label(box, negative, size, stride, settings, rng):
    """Points inside the ellipse of half the box's sides are positive, outside
    that of its whole sides negative; of both only some count, and of a
    @negative pair only those that would have been positive. @settings: TRAIN.
    Returns size x size labels, and 4 x size x size distances to the sides."""
    x, y = grid(size, stride)
    x1, y1, x2, y2 = box
    width, height = x2 - x1, y2 - y1
    away = (((x - (x1 + x2) / 2) / width) ** 2
            + ((y - (y1 + y2) / 2) / height) ** 2).ravel()
    inside = away < 1 / 16
    inside[away.argmin()] = True  # an object smaller than the grid's steps
    cls = np.full(size * size, IGNORED, np.int64)
    if negative:
        cls[some(inside, settings['NEG_NUM'], rng)] = NEGATIVE
    else:
        rest = settings['TOTAL_NUM'] - settings['POS_NUM']
        cls[some(away > 1 / 4, rest, rng)] = NEGATIVE
        cls[some(inside, settings['POS_NUM'], rng)] = POSITIVE
    sides = np.stack((x - x1, y - y1, x2 - x, y2 - y)).astype(np.float32)
    return cls.reshape(size, size), sides
