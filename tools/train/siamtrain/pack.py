# SPDX-License-Identifier: LGPL-2.1-or-later
"""Crops around the objects of a data set, in one file that is quick to read.

NAME.blob holds JPEG files one after the other, NAME.npz where each begins
(off), the name of its track (tid) and the size of the box (wh). A crop is SIDE
pixels wide, the object in its centre at the scale of a template.
"""
import concurrent.futures
import os

import cv2
import numpy as np

from . import progress

SIDE = 431  # a search region and its largest shift, at the largest scale
EXEMPLAR = 127
QUALITY = 88
SMALLEST = 12  # pixels of a side
LARGEST = 0.45  # of the picture
LONGEST = 5  # times the other side


def scale_of(box):
    """Pixels of a template for one of the picture."""
    width, height = box[2:]
    context = (width + height) / 2
    return EXEMPLAR / np.sqrt((width + context) * (height + context))


def worth_it(box, picture):
    height, width = picture.shape[:2]
    return (min(box[2:]) >= SMALLEST
            and box[2] * box[3] <= LARGEST * width * height
            and max(box[2] / box[3], box[3] / box[2]) <= LONGEST)


def shrunk(picture, scale):
    """A warp to less than half the size would leave pixels out."""
    if scale >= 0.5:
        return picture, 1.
    factor = max(2 * scale, 0.25)
    return cv2.resize(picture, None, fx=factor, fy=factor,
                      interpolation=cv2.INTER_AREA), factor


def crop(picture, box):
    """The crop and the box's size in it."""
    scale = scale_of(box)
    small, factor = shrunk(picture, scale)
    centre = box[0] + box[2] / 2, box[1] + box[3] / 2
    # Centres of pixels count from 0, edges from half a pixel before.
    warp = np.array([[scale / factor, 0, 0], [0, scale / factor, 0]])
    for row, at in enumerate(centre):
        warp[row, 2] = (SIDE - 1) / 2 + scale * (0.5 / factor - at)
    cut = cv2.warpAffine(small, warp, (SIDE, SIDE),
                         borderMode=cv2.BORDER_CONSTANT,
                         borderValue=picture.mean((0, 1)))
    return cut, (box[2] * scale, box[3] * scale)


def encoded(job):
    name, frame = job
    picture = cv2.imread(frame.image)
    if picture is None or not worth_it(frame.box, picture):
        return None
    cut, size = crop(picture, frame.box)
    _, jpeg = cv2.imencode('.jpg', cut, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return name, jpeg.tobytes(), size


def jobs_of(tracks, most):
    """At most @most frames of a track, spread over it; 0 is all."""
    for track in tracks:
        step = -(-len(track.frames) // most) if most else 1
        for frame in track.frames[::step]:
            yield track.name, frame


def write(tracks, path, most=0, workers=2):
    """Packs @tracks into @path.blob and @path.npz; returns their number."""
    jobs = list(jobs_of(tracks, most))
    names, offsets, sizes = [], [0], []
    line = progress.Line('crops', len(jobs))
    with open(f'{path}.blob.part', 'wb') as file, \
            concurrent.futures.ThreadPoolExecutor(workers) as pool:
        for i, found in enumerate(pool.map(encoded, jobs), start=1):
            line.show(i)
            if found:
                file.write(found[1])
                names.append(found[0])
                offsets.append(offsets[-1] + len(found[1]))
                sizes.append(found[2])
    line.end()
    if not names:
        os.unlink(f'{path}.blob.part')
        raise ValueError(f'{path}: not one of {len(jobs)} boxes is usable')
    os.replace(f'{path}.blob.part', f'{path}.blob')
    np.savez(f'{path}.npz', tid=np.array(names), off=np.array(offsets),
             wh=np.array(sizes, np.float32))
    return len(names)


class Pack:
    """A pack to draw from; frames of one track lie together."""

    def __init__(self, path):
        index = np.load(f'{path}.npz')
        self.blob = np.memmap(f'{path}.blob', np.uint8, 'r')
        self.offsets, self.sizes = index['off'], index['wh']
        members = {}
        for i, name in enumerate(index['tid']):
            members.setdefault(str(name), []).append(i)
        self.tracks = list(members.values())

    def load(self, i):
        """Crop @i and the size of its box."""
        jpeg = self.blob[self.offsets[i]:self.offsets[i + 1]]
        return cv2.imdecode(jpeg, cv2.IMREAD_COLOR), self.sizes[i]
