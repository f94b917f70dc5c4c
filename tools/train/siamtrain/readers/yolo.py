# SPDX-License-Identifier: LGPL-2.1-or-later
"""YOLO's text files: images/ and labels/, `class x y w h` a line.

x, y are the centre; all are shares of the picture's sides, or pixels where one
is larger than any share can be.
"""
import pathlib

import cv2

from ..tracks import Frame, Track, usable
from .sequences import PICTURES, read_numbers

LARGEST_SHARE = 1.5  # some reach over the edge


def boxes_of(rows, picture):
    height, width = picture.shape[:2]
    for row in rows:
        if len(row) < 5:
            continue
        x, y, w, h = row[1:5]
        if max(row[1:5]) <= LARGEST_SHARE:
            x, y, w, h = x * width, y * height, w * width, h * height
        yield (x - w / 2, y - h / 2, w, h)


def read(root):
    """@root: holds images/ and labels/, with folders of the same names."""
    root = pathlib.Path(root)
    images, labels = root / 'images', root / 'labels'
    for path in sorted(images.rglob('*')):
        text = (labels / path.relative_to(images)).with_suffix('.txt')
        if path.suffix.lower() not in PICTURES or not text.exists():
            continue
        picture = cv2.imread(str(path))
        if picture is None:
            continue
        for i, box in enumerate(boxes_of(read_numbers(text), picture)):
            if usable(box):
                yield Track(f'{path.relative_to(images)}-{i}',
                            [Frame(str(path), box)])
