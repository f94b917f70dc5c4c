# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes golden.h: what OpenCV makes of crops, and videoconvert of colours.

    python3 make_golden.py > golden.h

Needs python3-opencv and gst-launch-1.0 (gstreamer1.0-plugins-base and -bad).
"""
import hashlib
import os
import subprocess
import tempfile

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

COLORIMETRIES = [('bt601', .299, .114, 0), ('bt709', .2126, .0722, 0),
                 ('1:4:0:0', .299, .114, 1), ('1:3:0:0', .2126, .0722, 1)]
COLOURS = [(16, 128, 128), (235, 128, 128), (0, 0, 0), (255, 255, 255),
           (81, 90, 240), (145, 54, 34), (41, 240, 110), (126, 100, 160),
           (17, 129, 127), (200, 16, 240)]


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


def videoconvert(colour, colorimetry):
    """Y, U, V to B, G, R in a flat frame of 16 x 16."""
    flat = b''.join(bytes([v]) * n for v, n in zip(colour, (256, 64, 64)))
    with tempfile.TemporaryDirectory() as d:
        source, sink = os.path.join(d, 'yuv'), os.path.join(d, 'bgr')
        with open(source, 'wb') as f:
            f.write(flat)
        subprocess.run(
            ['gst-launch-1.0', '-q', 'filesrc', f'location={source}', '!',
             'rawvideoparse', 'format=i420', 'width=16', 'height=16',
             f'colorimetry={colorimetry}', '!', 'videoconvert', '!',
             'video/x-raw,format=BGR', '!', 'filesink', f'location={sink}'],
            check=True)
        with open(sink, 'rb') as f:
            return tuple(f.read()[:3])


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
    print('\nstatic const GoldenColour golden_colours[] = {')
    for name, kr, kb, full in COLORIMETRIES:
        for colour in COLOURS:
            bgr = videoconvert(colour, name)
            print(f'  {{ {kr}, {kb}, {full},',
                  f'{{ {colour[0]}, {colour[1]}, {colour[2]} }},',
                  f'{{ {bgr[0]}, {bgr[1]}, {bgr[2]} }} }},')
    print('};')


if __name__ == '__main__':
    main()
