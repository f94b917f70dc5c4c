# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pictures without boxes: a random window of each is an object.

It teaches to find again what looks the same, and nothing about outlines.
"""
import pathlib
import zlib

import cv2
import numpy as np

from ..tracks import Frame, Track
from .sequences import PICTURES

FLAT = 18  # deviation of pixels below which a window shows next to nothing


def window(picture, rng):
    height, width = picture.shape[:2]
    size = min(height, width) * np.exp(rng.uniform(np.log(.12), np.log(.45)))
    ratio = np.exp(rng.uniform(-0.7, 0.7))
    w, h = min(size * ratio ** .5, width * .8), min(size / ratio ** .5,
                                                    height * .8)
    return rng.uniform(0, width - w), rng.uniform(0, height - h), w, h


def read(root):
    """@root: a folder of pictures, of any depth."""
    for path in sorted(pathlib.Path(root).rglob('*')):
        if path.suffix.lower() not in PICTURES:
            continue
        picture = cv2.imread(str(path))
        if picture is None:
            continue
        rng = np.random.default_rng(zlib.crc32(path.name.encode()))
        x, y, w, h = box = window(picture, rng)
        part = picture[int(y):int(y + h), int(x):int(x + w)]
        if part.size and part.std() >= FLAT:
            yield Track(str(path.relative_to(root)),
                        [Frame(str(path), box)])
