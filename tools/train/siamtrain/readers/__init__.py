# SPDX-License-Identifier: LGPL-2.1-or-later
"""Data sets in the layouts that they are published in, as tracks.

A reader is a function of a folder (or file) that yields Tracks.
"""
from . import boxes, coco, sequences, voc, windows, yolo
from ..tracks import Track

READERS = {
    'boxes': boxes.read,
    'coco': coco.read,
    'got10k': sequences.read_got10k,
    'lasot': sequences.read_lasot,
    'otb': sequences.read_otb,
    'vid': voc.read_vid,
    'voc': voc.read_stills,
    'windows': windows.read,
    'yolo': yolo.read,
}


def read(spec):
    """@spec: LAYOUT:PATH. Yields the tracks that have frames."""
    layout, colon, path = spec.partition(':')
    if not colon or layout not in READERS:
        raise ValueError(f'{spec}: expected LAYOUT:PATH, LAYOUT one of '
                         + ', '.join(READERS))
    for track in READERS[layout](path):
        if track.frames:
            yield track


def read_all(specs):
    """Tracks of several sets; equal names in two of them stay apart."""
    for spec in specs:
        for track in read(spec):
            yield Track(f'{spec}/{track.name}', track.frames)
