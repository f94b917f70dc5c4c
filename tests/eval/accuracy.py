#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What tools/eval/accuracy.py makes of figures that are known, in a work folder
where nothing is left to be run."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SCRIPT, EVAL = (pathlib.Path(arg) for arg in sys.argv[1:])
MODELS = "built-in", "NanoTrack V1", "NanoTrack V2", "NanoTrack V3"
FIGURES = ("auc", "precision", "held", "absent_told", "good_lost", "found_again",
           "cpu_ms")


def figures(auc, held):
    values = dict.fromkeys(FIGURES, 0.25) | {"auc": auc, "held": held}
    mean = {key: {"mean": value, "low": value - 0.1, "high": value + 0.1}
            for key, value in values.items()}
    mean["found_again"] = {"mean": None, "low": None, "high": None}
    run = values | {"start": 0, "frames": 9}
    return {"name": "x", "mean": mean, "curves": {"f": 0.625},
            "sequences": [{"name": "bag", "mean": values, "runs": [run]}]}


def redetection():
    return {"touched": 1, "touched_within_40": 0.5, "found_within_40": 0.125,
            "mean_frames": 12.25}


def fill(folder):
    def put(name, content):
        path = folder / (re.sub(r"\W+", "-", name) + ".json")
        path.write_text(json.dumps(content))

    for model in MODELS:
        for end in "", ", short":
            put(f"{model}, reference{end}", figures(0.5, 0))
            put(f"{model}, robust{end}", figures(0.75, 1))
        put(f"{model}, robust, redetection", redetection())
    for option in "fusion=0", "lost-threshold=0":
        put(f"NanoTrack V3, robust, {option}", figures(0.625, 0))
    for tracker in "CSRT", "KCF", "MIL":
        put(f"OpenCV {tracker}", figures(0.375, 0))


def main():
    with tempfile.TemporaryDirectory() as folder:
        fill(pathlib.Path(folder))
        path = f"{EVAL.parent}:{os.environ['PATH']}"
        text = subprocess.run(
            [sys.executable, SCRIPT, folder, "--models", folder, "--work", folder],
            check=True, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"PATH": path}).stdout
    for line in (
            "| NanoTrack V3, robust | 0.750 (0.650 to 0.850) | 0.250 | 100.0 % | "
            "25.0 % | 25.0 % |  | 0.625 | 0.25 |",
            "| OpenCV KCF | 0.375 (0.275 to 0.475) | 0.250 | 0.0 % | 25.0 % | "
            "25.0 % |  | 0.625 | 0.25 |",
            "| built-in | +0.2500 | +nan to +nan | 1 | 0 |",
            "| bag | 0.500 | 0.750 | +0.250 |",
            "| NanoTrack V1 | 50.0 % | 100.0 % | 12.2 | 12.5 % |"):
        assert line in text.splitlines(), f"no line {line} in\n{text}"


if __name__ == "__main__":
    main()
