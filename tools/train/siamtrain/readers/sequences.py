# SPDX-License-Identifier: LGPL-2.1-or-later
"""Folders of sequences: GOT-10k, LaSOT and OTB."""
import pathlib
import re

from ..tracks import track

PICTURES = {'.jpg', '.jpeg', '.png', '.bmp'}


def read_numbers(path):
    """Rows of numbers with commas, tabs or blanks between; NaN for others."""
    rows = []
    for line in pathlib.Path(path).read_text(encoding='utf-8').splitlines():
        parts = [part for part in re.split(r'[,\s]+', line) if part]
        if parts:
            rows.append([number(part) for part in parts])
    return rows


def number(text):
    try:
        return float(text)
    except ValueError:
        return float('nan')


def pictures(folder):
    return sorted(path for path in folder.iterdir()
                  if path.suffix.lower() in PICTURES)


def folders_with(root, truth):
    """Those below @root that have a file @truth, in order."""
    found = sorted(path.parent for path in pathlib.Path(root).rglob(truth))
    if not found:
        raise ValueError(f'{root}: no folder in it has a {truth}')
    return found


def flags(path):
    """A number a frame, from a column or a row; none if there is no file."""
    if not path.exists():
        return []
    return [value for row in read_numbers(path) for value in row]


def read_got10k(root):
    """SEQUENCE/groundtruth.txt, absence.label, cover.label, 00000001.jpg..."""
    for folder in folders_with(root, 'groundtruth.txt'):
        absent = flags(folder / 'absence.label')
        cover = flags(folder / 'cover.label')
        skip = {i for i, value in enumerate(absent) if value}
        skip |= {i for i, value in enumerate(cover) if not value}
        yield track(folder.name, pictures(folder),
                    read_numbers(folder / 'groundtruth.txt'), skip)


def read_lasot(root):
    """SEQUENCE/groundtruth.txt, full_occlusion.txt, out_of_view.txt, img/"""
    for folder in folders_with(root, 'groundtruth.txt'):
        if not (folder / 'img').is_dir():
            continue
        hidden = flags(folder / 'full_occlusion.txt')
        outside = flags(folder / 'out_of_view.txt')
        skip = {i for i, value in enumerate(hidden) if value}
        skip |= {i for i, value in enumerate(outside) if value}
        yield track(folder.name, pictures(folder / 'img'),
                    from_one(read_numbers(folder / 'groundtruth.txt')), skip)


def read_otb(root):
    """SEQUENCE/groundtruth_rect.txt, img/"""
    for folder in folders_with(root, 'groundtruth_rect.txt'):
        yield track(folder.name, pictures(folder / 'img'),
                    from_one(read_numbers(folder / 'groundtruth_rect.txt')))


def from_one(rows):
    """Boxes whose corner counts from 1, from 0."""
    return [[row[0] - 1, row[1] - 1, *row[2:]] if len(row) == 4 else row
            for row in rows]
