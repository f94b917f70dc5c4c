# SPDX-License-Identifier: LGPL-2.1-or-later
"""Boxes by siamban-track, to learn from videos that nobody has labelled.

An object is followed forwards, then from where that ends backwards. Only frames
in which the two agree are kept: a tracker that has slipped rarely slips back.
"""
import csv
import dataclasses
import json
import pathlib
import subprocess
import tempfile

import cv2
import numpy as np

from .readers.sequences import pictures

PATTERN = '%06d.jpg'
CORNERS = 12  # that a window needs to be worth following


@dataclasses.dataclass
class Settings:
    program: str = 'siamban-track'
    model: str = None
    config: str = None
    length: int = 60  # frames of a segment
    objects: int = 2  # a segment
    agree: float = 0.6  # overlap of the two boxes
    score: float = 0.6
    seed: int = 0


def write_frames(video, folder, stride=1):
    """The frames of @video as numbered pictures in @folder; their number."""
    folder.mkdir(parents=True, exist_ok=True)
    reader, n, read = cv2.VideoCapture(str(video)), 0, 0
    while True:
        more, picture = reader.read()
        if not more:
            return n
        if read % stride == 0:
            cv2.imwrite(str(folder / (PATTERN % n)), picture)
            n += 1
        read += 1


def propose(picture, n, rng):
    """Up to @n windows, not over each other, with enough to hold on to."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    corners = cv2.goodFeaturesToTrack(grey, 400, 0.02, 4)
    corners = np.empty((0, 2)) if corners is None else corners[:, 0]
    height, width = grey.shape
    found = []
    for _ in range(20 * n):
        size = min(width, height) * np.exp(rng.uniform(np.log(.1),
                                                       np.log(.4)))
        ratio = np.exp(rng.uniform(-0.6, 0.6))
        w, h = size * ratio ** .5, size / ratio ** .5
        box = (rng.uniform(0, max(width - w, 1)),
               rng.uniform(0, max(height - h, 1)), w, h)
        inside = ((corners >= box[:2]) &
                  (corners < np.add(box[:2], box[2:]))).all(1)
        if inside.sum() >= CORNERS and all(
                overlap(box, other) == 0 for other in found):
            found.append(box)
        if len(found) == n:
            break
    return found


def overlap(a, b):
    sides = [max(0., min(a[i] + a[i + 2], b[i] + b[i + 2]) - max(a[i], b[i]))
             for i in (0, 1)]
    shared = sides[0] * sides[1]
    return shared / (a[2] * a[3] + b[2] * b[3] - shared)


def track(images, box, settings):
    """(box, score) of each of @images, from @box in the first."""
    with tempfile.TemporaryDirectory() as folder:
        for i, image in enumerate(images):
            (pathlib.Path(folder) / (PATTERN % i)).symlink_to(image.resolve())
        command = [settings.program, f'{folder}/{PATTERN}', '--fps', '25',
                   '--start-index', '0', '--json', '-',
                   '--box', ','.join(f'{v:.3f}' for v in box)]
        for option in 'model', 'config':
            if getattr(settings, option):
                command += [f'--{option}', getattr(settings, option)]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f'{settings.program}: {done.stderr.strip()}')
    targets = (json.loads(line)['targets']
               for line in done.stdout.splitlines())
    return [(tuple(t[0][k] for k in 'xywh'), t[0]['score']) if t else None
            for t in targets]


def agreed(forward, backward, settings):
    """Indices of frames in which both found the same."""
    return [i for i, (a, b) in enumerate(zip(forward, backward[::-1]))
            if a and b and min(a[1], b[1]) >= settings.score
            and overlap(a[0], b[0]) >= settings.agree]


def follow_segment(images, boxes, settings):
    """For each of @boxes: the (image, box) of frames to be trusted."""
    for box in boxes:
        forward = track(images, box, settings)
        if len(forward) < len(images) or not forward[-1]:
            continue
        backward = track(images[::-1], forward[-1][0], settings)
        kept = agreed(forward, backward, settings)
        # Where it does not come back to the start, all of it is in doubt.
        if len(backward) == len(images) and kept and kept[0] == 0:
            yield [(images[i], forward[i][0]) for i in kept]


def label(videos, folder, settings, boxes=None, stride=1):
    """Writes pictures and boxes.csv into @folder; returns tracks and boxes.
    @boxes: objects in the first frame of each video; else some are proposed in
    every segment."""
    folder, rng = pathlib.Path(folder), np.random.default_rng(settings.seed)
    rows, tracks = [], 0
    for v, video in enumerate(videos):
        home = folder / f'{v:03}-{pathlib.Path(video).stem}'
        write_frames(video, home, stride)
        images = pictures(home)
        length = len(images) if boxes else settings.length
        for at in range(0, len(images) - 1, max(length, 1)):
            part = images[at:at + length]
            seeds = boxes or propose(cv2.imread(str(part[0])),
                                     settings.objects, rng)
            for kept in follow_segment(part, seeds, settings):
                rows += [(f'{home.name}-{tracks}', image.relative_to(folder),
                          *(round(value, 2) for value in box))
                         for image, box in kept]
                tracks += 1
    with open(folder / 'boxes.csv', 'w', newline='', encoding='utf-8') as file:
        writer = csv.writer(file)
        writer.writerow(('track', 'image', 'x', 'y', 'w', 'h'))
        writer.writerows(rows)
    return tracks, len(rows)
