#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Follows with one of OpenCV's trackers what siamban-eval has followed.

    opencv.py TRACKER FROM TO [--jobs N]

TRACKER is CSRT, KCF or MIL, with its default parameters. FROM is a folder that
siamban-eval --results has written: each run there says which pictures it is
over, and its first box what to follow. TO gets the same runs by TRACKER, for
siamban-eval --recorded. Frames for which the tracker says that it found nothing
are called lost, with a confidence of 0, and keep the last box; all others have
a confidence of 1, since these trackers tell none. Needs Debian's python3-opencv.
"""
import argparse
import csv
import multiprocessing
import pathlib
import time

import cv2

TRACKERS = {"CSRT": cv2.TrackerCSRT_create, "KCF": cv2.TrackerKCF_create,
            "MIL": cv2.TrackerMIL_create}


def first_box(row):
    left, top, width, height = (float(row[key]) for key in "xywh")
    return (round(left), round(top), max(round(width), 1), max(round(height), 1))


def follow(name, rows):
    """Each row with the tracker's box, state and time in place of ours."""
    cv2.setNumThreads(1)
    tracker, box = TRACKERS[name](), first_box(rows[0])
    for i, row in enumerate(rows):
        picture = cv2.imread(row["picture"])
        before = time.thread_time()
        if i == 0:
            tracker.init(picture, box)
            found = True
        else:
            found, new = tracker.update(picture)
            box = new if found else box
        spent = time.thread_time() - before
        yield dict(row, **dict(zip("xywh", box)), score=int(found),
                   confidence=int(found), cpu_ms=f"{1000 * spent:.4f}",
                   status="tracked" if found else "lost", overlap="")


def convert(task):
    name, source, target = task
    with open(source, newline="") as file:
        rows = list(csv.DictReader(file))
    with open(target, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(follow(name, rows))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("tracker", choices=TRACKERS)
    parser.add_argument("source", metavar="FROM", type=pathlib.Path)
    parser.add_argument("target", metavar="TO", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=multiprocessing.cpu_count())
    args = parser.parse_args()
    target = args.target / "runs"
    target.mkdir(parents=True, exist_ok=True)
    runs = sorted((args.source / "runs").glob("*.csv"))
    with multiprocessing.Pool(args.jobs) as pool:
        for _ in pool.imap_unordered(
                convert, [(args.tracker, run, target / run.name) for run in runs]):
            pass


if __name__ == "__main__":
    main()
