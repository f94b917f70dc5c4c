# SPDX-License-Identifier: LGPL-2.1-or-later
"""The reference tracker over siamban_ref, checked against published boxes.

    track_ref.py [--shared DIR] [--frames N] [VERSION...]

Follows the bag of DIR/video/bag.avi with NanoTrack's published weights, and
prints how far the boxes are from DIR/oracle's. V1 and V2 have frames whose two
best points differ by less than single precision's rounding: which of the two
wins, and so the path from there on, changes with the order of summation (for V2
at frame 158 with one thread, never with two).
"""
import argparse
import pathlib

import cv2
import numpy as np
import torch

import siamban_ref as ref

NANOTRACK = {1: (.462, .148, .390, 16), 2: (.490, .150, .385, 16),
             3: (.455, .138, .348, 15)}


def crop(frame, cx, cy, n, size, mean):
    x0 = int(np.floor(cx - (n + 1) / 2 + .5))
    y0 = int(np.floor(cy - (n + 1) / 2 + .5))
    h, w = frame.shape[:2]
    out = np.empty((n, n, 3), np.uint8)
    out[:] = mean.astype(np.uint8)
    xs, ys = max(x0, 0), max(y0, 0)
    xe, ye = min(x0 + n, w), min(y0 + n, h)
    if xs < xe and ys < ye:
        out[ys - y0:ye - y0, xs - x0:xe - x0] = frame[ys:ye, xs:xe]
    return out if n == size else cv2.resize(out, (size, size))


def planes(pixels):
    return torch.from_numpy(
        pixels.transpose(2, 0, 1).astype(np.float32))[None]


def change(v):
    return np.maximum(v, 1 / v)


def padded_size(w, h):
    return np.sqrt((w + (w + h) / 2) * (h + (w + h) / 2))


class Tracker:
    """@net: function of z, x (1 x 3 x n x n) giving cls and loc."""

    def __init__(self, net, frame, box, window, penalty_k, lr, size, stride):
        x, y, w, h = box
        self.net, self.size, self.stride = net, size, stride
        self.influence, self.penalty_k, self.lr = window, penalty_k, lr
        self.cx, self.cy = x + (w - 1) / 2, y + (h - 1) / 2
        self.w, self.h = w, h
        self.mean = frame.mean((0, 1))
        side = round(padded_size(w, h))
        self.z = planes(crop(frame, self.cx, self.cy, side, 127, self.mean))
        self.window = np.outer(np.hanning(size), np.hanning(size))
        axis = ((np.arange(size) - size // 2) * stride).astype(np.float32)
        self.px, self.py = np.meshgrid(axis, axis)

    def update(self, frame):
        s = padded_size(self.w, self.h)
        scale = 127 / s
        x = planes(crop(frame, self.cx, self.cy, round(s * (255 / 127)), 255,
                        self.mean))
        cls, loc = self.net(self.z, x)
        score = torch.softmax(cls, 1)[0, 1].numpy()
        left, top, right, bottom = loc[0].numpy()
        x1, y1 = self.px - left, self.py - top
        x2, y2 = self.px + right, self.py + bottom
        bw, bh = x2 - x1, y2 - y1
        penalty = np.exp(-(
            change(padded_size(bw, bh)
                   / padded_size(self.w * scale, self.h * scale))
            * change((self.w / self.h) / (bw / bh)) - 1) * self.penalty_k)
        pscore = (penalty * score * (1 - self.influence)
                  + self.window * self.influence)
        best = np.unravel_index(np.argmax(pscore), pscore.shape)
        lr = penalty[best] * score[best] * self.lr
        fh, fw = frame.shape[:2]
        self.cx = np.clip(self.cx + (x1 + x2)[best] / 2 / scale, 0, fw)
        self.cy = np.clip(self.cy + (y1 + y2)[best] / 2 / scale, 0, fh)
        self.w = np.clip(self.w * (1 - lr) + bw[best] / scale * lr, 10, fw)
        self.h = np.clip(self.h * (1 - lr) + bh[best] / scale * lr, 10, fh)
        return (self.cx - self.w / 2, self.cy - self.h / 2, self.w, self.h,
                score[best])


def frames(shared, limit):
    video = cv2.VideoCapture(str(shared / 'video' / 'bag.avi'))
    i = 0
    while limit is None or i < limit:
        ok, frame = video.read()
        if not ok:
            return
        yield i, frame
        i += 1


def follow(shared, version, limit):
    oracle = np.loadtxt(shared / f'oracle/nanotrack_v{version}_bag.csv',
                        delimiter=',')
    w = ref.Weights(ref.load_state_dict(
        shared / f'models/nanotrack/nanotrackv{version}.pth'))
    window, penalty, lr, size = NANOTRACK[version]
    tracker, total = None, []
    for i, frame in frames(shared, limit):
        if tracker is None:
            tracker = Tracker(lambda z, x: ref.run(version, w, z, x), frame,
                              oracle[0, :4], window, penalty, lr, size, 16)
            continue
        difference = np.abs(np.array(tracker.update(frame)) - oracle[i])
        total.append(difference)
    total = np.array(total)
    apart = np.flatnonzero(total[:, :4].max(1) > .05)
    same = apart[0] if len(apart) else len(total)
    total = total[:same]
    print(f'nanotrack-v{version}: the same points for {same} frames after the '
          f'first; there, box: largest {total[:, :4].max():.2e}, mean '
          f'{total[:, :4].mean():.2e} px; score: largest '
          f'{total[:, 4].max():.2e}')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--shared', type=pathlib.Path, default=pathlib.Path(
        __file__).resolve().parents[2].parent / 'shared')
    parser.add_argument('--frames', type=int)
    parser.add_argument('versions', type=int, nargs='*', default=[1, 2, 3])
    args = parser.parse_args()
    torch.set_num_threads(2)
    for version in args.versions:
        follow(args.shared, version, args.frames)


if __name__ == '__main__':
    main()
