# SPDX-License-Identifier: LGPL-2.1-or-later
"""COCO's JSON: every annotated instance is a track of one frame."""
import json
import pathlib

from ..tracks import Frame, Track, usable


def annotation_files(path):
    if path.is_file():
        return [path]
    files = sorted(path.glob('annotations/instances_*.json'))
    if not files:
        raise ValueError(f'{path}: expected annotations/instances_*.json')
    return files


def image_folder(file, name):
    """Where the split's pictures are: beside the annotations' folder."""
    split = file.stem.removeprefix('instances_')
    root = file.parent.parent
    for folder in (root / split, root / 'images' / split, root / 'images',
                   root, file.parent):
        if (folder / name).exists():
            return folder
    return None


def read(path):
    """@path: a COCO folder, or one of its instances_*.json."""
    for file in annotation_files(pathlib.Path(path)):
        content = json.loads(file.read_text(encoding='utf-8'))
        images = {image['id']: image['file_name']
                  for image in content['images']}
        for entry in content['annotations']:
            name = images.get(entry['image_id'])
            folder = image_folder(file, name) if name else None
            if folder and not entry.get('iscrowd') and usable(entry['bbox']):
                yield Track(f'{file.stem}-{entry["id"]}',
                            [Frame(str(folder / name), tuple(entry['bbox']))])
