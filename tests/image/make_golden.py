# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes golden.h: what OpenCV makes of crops.

    python3 make_golden.py > golden.h

Needs python3-opencv.
"""
import hashlib

import cv2
import numpy as np

# Frame width and height, centre, side of the crop, side of the result.
CROPS = [
    (640, 480, 320, 240, 255, 255),
    (640, 480, 320, 240, 254, 255),
    (640, 480, 320.5, 239.5, 127, 127),
    (640, 480, 300.25, 200.75, 60, 127),
    (640, 480, 300.25, 200.75, 91, 255),
    (640, 480, 311, 222.4999, 399, 255),
    (640, 480, 311, 222.5, 510, 255),
    (640, 480, 300, 240, 511, 255),
    (640, 480, 300, 240, 765, 255),
    (640, 480, 10, 470.5, 200, 255),
    (640, 480, -20.5, 500, 300, 255),
    (640, 480, 639, 0, 2000, 255),
    (640, 480, 5000, 240, 300, 127),
    (640, 480, -0.5, -0.5, 1, 127),
    (640, 480, 3, 3, 2, 127),
    (640, 480, 77.7, 88.8, 3, 255),
    (1, 1, 0, 0, 20, 127),
    (1, 7, 0, 3, 9, 255),
    (8192, 2, 8000, 1, 1021, 255),
    (333, 77, 111.1, 33.3, 287, 300),
    (333, 77, 111.1, 33.3, 1500, 129),
]
SMALL = (40, 30, 4.5, 27, 21, 8)


def image(w, h):
    """The same pixels as golden_frame() of crop-test.c."""
    y, x, c = np.ogrid[:h, :w, :3]
    return ((x * 31 + y * 17 + c * 73 + (x * y >> 3)) ^ (x >> 2)).astype(
        np.uint8)


def crop(w, h, cx, cy, n, size):
    frame = image(w, h)
    x0 = int(np.floor(cx - (n + 1) / 2 + .5))
    y0 = int(np.floor(cy - (n + 1) / 2 + .5))
    out = np.empty((n, n, 3), np.uint8)
    out[:] = frame.mean((0, 1)).astype(np.uint8)
    xs, ys, xe, ye = max(x0, 0), max(y0, 0), min(x0 + n, w), min(y0 + n, h)
    if xs < xe and ys < ye:
        out[ys - y0:ye - y0, xs - x0:xe - x0] = frame[ys:ye, xs:xe]
    return out if n == size else cv2.resize(out, (size, size))


def rows(values, each=12):
    for i in range(0, len(values), each):
        print('  ' + ', '.join(str(v) for v in values[i:i + each]) + ',')


def main():
    print('/* SPDX-License-Identifier: LGPL-2.1-or-later */')
    print(f'/* Written by make_golden.py with OpenCV {cv2.__version__}. */')
    print('\n/* clang-format off */')
    print('\nstatic const GoldenCrop golden_crops[] = {')
    for case in CROPS:
        digest = hashlib.sha256(crop(*case).tobytes()).hexdigest()
        print('  {', ', '.join(str(v) for v in case) + f',\n    "{digest}"', '},')
    print('};')
    print('\nstatic const GoldenCrop golden_small = {',
          ', '.join(str(v) for v in SMALL) + ', NULL };')
    print('static const guint8 golden_small_pixels[] = {')
    rows(crop(*SMALL).ravel())
    print('};')


if __name__ == '__main__':
    main()
