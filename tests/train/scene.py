# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sequences of a textured square that moves over a background of blobs."""
import csv

import cv2
import numpy as np

WIDTH, HEIGHT, SIDE = 320, 240, 48


def texture(height, width, rng, grain):
    """Coloured blobs of about @grain pixels."""
    small = rng.integers(0, 256, (height // grain + 2, width // grain + 2, 3),
                         np.uint8)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def square():
    """The same in every scene: a chessboard with a frame."""
    cells = np.indices((4, 4)).sum(0) % 2
    board = np.where(cells[..., None], (40, 220, 250), (120, 30, 20))
    board = cv2.resize(board.astype(np.uint8), (SIDE, SIDE),
                       interpolation=cv2.INTER_NEAREST)
    return cv2.rectangle(board, (0, 0), (SIDE - 1, SIDE - 1), (255, 255, 255),
                         3)


def path(n, rng):
    """Corners of the square, a smooth way inside the picture."""
    at = rng.uniform((20, 20), (WIDTH - SIDE - 20, HEIGHT - SIDE - 20))
    speed = rng.uniform(-4, 4, 2)
    corners = []
    for _ in range(n):
        corners.append(at.round().astype(int))
        speed = np.clip(speed + rng.normal(size=2), -5, 5)
        at = at + speed
        limit = np.array((WIDTH - SIDE, HEIGHT - SIDE)) - 1
        speed = np.where((at < 0) | (at > limit), -speed, speed)
        at = np.clip(at, 0, limit)
    return corners


def frames(n, seed):
    """@n pictures and boxes (x, y, w, h)."""
    rng = np.random.default_rng(seed)
    background, board = texture(HEIGHT, WIDTH, rng, 12), square()
    for x, y in path(n, rng):
        picture = background.copy()
        picture[y:y + SIDE, x:x + SIDE] = board
        yield picture, (int(x), int(y), SIDE, SIDE)


def write_sequence(folder, n, seed):
    """0000.png... in @folder; returns the boxes."""
    folder.mkdir(parents=True, exist_ok=True)
    boxes = []
    for i, (picture, box) in enumerate(frames(n, seed)):
        cv2.imwrite(str(folder / f'{i:04}.png'), picture)
        boxes.append(box)
    return boxes


def write_set(folder, sequences, n):
    """Sequences and their boxes.csv."""
    with open(folder / 'boxes.csv', 'w', newline='', encoding='utf-8') as file:
        writer = csv.writer(file)
        writer.writerow(('track', 'image', 'x', 'y', 'w', 'h'))
        for s in range(sequences):
            boxes = write_sequence(folder / f's{s}', n, s)
            writer.writerows((f's{s}', f's{s}/{i:04}.png', *box)
                             for i, box in enumerate(boxes))
