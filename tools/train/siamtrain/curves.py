# SPDX-License-Identifier: LGPL-2.1-or-later
"""The figures of a training as a picture: one panel a figure."""
import cv2
import numpy as np

WIDTH, HEIGHT, MARGIN = 480, 260, 60
COLUMNS = 2
INK, FAINT, LINE = (60, 60, 60), (225, 225, 225), (170, 90, 30)
NOT_DRAWN = {'step', 'epoch', 'pairs'}


def write(panel, text, x, y, size=0.45):
    cv2.putText(panel, text, (int(x), int(y)), cv2.FONT_HERSHEY_SIMPLEX, size,
                INK, 1, cv2.LINE_AA)


def spread(values):
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 1, high + 1)


def panel_of(name, x, y):
    """@x: epochs, @y: values."""
    panel = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    (left, right), (low, high) = spread(x), spread(y)
    inner = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN

    def place(a, b):
        return (MARGIN + (a - left) / (right - left) * inner[0],
                HEIGHT - MARGIN - (b - low) / (high - low) * inner[1])

    for value in np.linspace(low, high, 5):
        at = int(place(left, value)[1])
        cv2.line(panel, (MARGIN, at), (WIDTH - MARGIN, at), FAINT, 1)
        write(panel, f'{value:.3g}', 4, at + 4, 0.35)
    for value in np.linspace(left, right, 5):
        write(panel, f'{value:.3g}', place(value, low)[0] - 10,
              HEIGHT - MARGIN + 18, 0.35)
    points = np.array([place(a, b) for a, b in zip(x, y)], np.int32)
    cv2.polylines(panel, [points], False, LINE, 2, cv2.LINE_AA)
    write(panel, name, MARGIN, MARGIN - 16)
    write(panel, 'epochs', WIDTH - MARGIN - 46, HEIGHT - 8, 0.35)
    return panel


def series(figures):
    """name -> (epochs, values), in the order of appearance."""
    found = {}
    for line in figures:
        for name in line:
            if name not in NOT_DRAWN:
                x, y = found.setdefault(name, ([], []))
                x.append(line['epoch'])
                y.append(line[name])
    return found


def draw(figures, path):
    """Writes the PNG @path; nothing where there are no figures."""
    panels = [panel_of(name, *xy) for name, xy in series(figures).items()]
    if not panels:
        return
    blank = np.full_like(panels[0], 255)
    panels += [blank] * (-len(panels) % COLUMNS)
    rows = [np.hstack(panels[i:i + COLUMNS])
            for i in range(0, len(panels), COLUMNS)]
    cv2.imwrite(str(path), np.vstack(rows))
