# SPDX-License-Identifier: LGPL-2.1-or-later
"""One's own pictures, their boxes in a CSV or JSON file.

CSV has a line `image,x,y,w,h` or `track,image,x,y,w,h` of column names first;
JSON is a list of objects with those members. Paths are relative to the file.
Lines of the same track are frames of one object in order of time; without a
track every line is an object of its own.
"""
import csv
import json
import pathlib

from ..tracks import Frame, Track, usable


def rows_of(path):
    if path.suffix == '.json':
        return json.loads(path.read_text(encoding='utf-8'))
    with open(path, newline='', encoding='utf-8') as file:
        return list(csv.DictReader(file))


def box_of(row, where):
    try:
        return tuple(float(row[key]) for key in 'xywh')
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f'{where}: expected numbers x, y, w, h') from error


def read(path):
    """@path: a .csv or .json file, or a folder with boxes.csv or boxes.json."""
    path = pathlib.Path(path)
    if path.is_dir():
        path = path / ('boxes.csv' if (path / 'boxes.csv').exists()
                       else 'boxes.json')
    tracks = {}
    for i, row in enumerate(rows_of(path)):
        where = f'{path}: entry {i + 1}'
        if not row.get('image'):
            raise ValueError(f'{where}: expected an image')
        box = box_of(row, where)
        name = row.get('track') or f'{path.stem}-{i}'
        if usable(box):
            tracks.setdefault(name, Track(name, [])).frames.append(
                Frame(str(path.parent / row['image']), box))
    return iter(tracks.values())
