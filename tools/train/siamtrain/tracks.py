# SPDX-License-Identifier: LGPL-2.1-or-later
"""What every reader of a data set gives: tracks of boxed pictures."""
import dataclasses
import math


@dataclasses.dataclass
class Frame:
    image: str  # path of the picture
    box: tuple  # x, y, width, height in pixels, top-left corner from 0


@dataclasses.dataclass
class Track:
    """One object: frames in order of time; a still is a track of one."""
    name: str
    frames: list


def usable(box):
    """Whether @box is one, and not of next to no pixels."""
    return (len(box) == 4 and all(map(math.isfinite, box))
            and box[2] >= 2 and box[3] >= 2)


def track(name, images, boxes, skip=()):
    """@skip: indices of frames that do not show the object."""
    skip = set(skip)
    frames = [Frame(str(image), tuple(box))
              for i, (image, box) in enumerate(zip(images, boxes))
              if i not in skip and usable(box)]
    return Track(name, frames)
