# SPDX-License-Identifier: LGPL-2.1-or-later
"""PASCAL VOC's XML: stills, and ImageNet VID's frames."""
import pathlib
import xml.etree.ElementTree as ElementTree

from ..tracks import Frame, Track, usable

SUFFIXES = ('.JPEG', '.jpg', '.jpeg', '.JPG', '.png')


def objects(path):
    """(track id or None, box) of each object in an annotation file."""
    found = []
    for part in ElementTree.parse(path).getroot().iter('object'):
        corners = part.find('bndbox')
        if corners is None:
            continue
        x1, y1, x2, y2 = (float(corners.findtext(name, 'nan'))
                          for name in ('xmin', 'ymin', 'xmax', 'ymax'))
        box = (x1, y1, x2 - x1, y2 - y1)
        if usable(box):
            found.append((part.findtext('trackid'), box))
    return found


def picture_of(annotation, annotations, images):
    """At the same place in @images, or in @images itself."""
    place = annotation.relative_to(annotations).with_suffix('')
    for stem in images / place, images / place.name:
        for suffix in SUFFIXES:
            path = stem.with_name(stem.name + suffix)
            if path.exists():
                return path
    return None


def first_folder(root, *names):
    """@root itself where pictures and annotations lie together."""
    found = (root / name for name in names if (root / name).is_dir())
    return next(found, root)


def read_stills(root):
    """Annotations/*.xml and JPEGImages/, every object a track of one frame."""
    root = pathlib.Path(root)
    if not root.is_dir():
        raise ValueError(f'{root}: there is no such folder')
    annotations = first_folder(root, 'Annotations', 'annotations', 'annots')
    images = first_folder(root, 'JPEGImages', 'images')
    for path in sorted(annotations.rglob('*.xml')):
        picture = picture_of(path, annotations, images)
        if picture is None:
            continue
        name = path.relative_to(annotations).with_suffix('')
        for i, (_, box) in enumerate(objects(path)):
            yield Track(f'{name}-{i}', [Frame(str(picture), box)])


def read_vid(root):
    """Annotations/VID/*/SEQUENCE/000000.xml and Data/VID/..., by track id."""
    root = pathlib.Path(root)
    annotations, images = root / 'Annotations/VID', root / 'Data/VID'
    for folder in sorted({path.parent for path in annotations.rglob('*.xml')}):
        tracks = {}
        for path in sorted(folder.glob('*.xml')):
            picture = picture_of(path, annotations, images)
            if picture is None:
                continue
            for name, box in objects(path):
                name = f'{folder.name}-{name or 0}'
                tracks.setdefault(name, Track(name, [])).frames.append(
                    Frame(str(picture), box))
        yield from tracks.values()
