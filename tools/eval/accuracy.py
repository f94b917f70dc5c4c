#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes the tables and pictures of docs/accuracy.md.

    accuracy.py FOLDER --models DIR --work DIR [--sequences FILE.ini] [--write]

Runs siamban-eval over the sequences in FOLDER, with the built-in model and those
of NanoTrack in DIR (nanotrackv1.pth, configv1.yaml ...) in both modes, and
OpenCV's CSRT, KCF and MIL beside them on the first frames of each sequence, for
they are slow. What is in the work folder already is not run again, so an
interrupted run goes on, and --write alone makes the text anew. Without --write
the tables go to stdout. siamban-eval is taken from PATH.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "accuracy.md"
MODELS = {"built-in": None, "NanoTrack V1": 1, "NanoTrack V2": 2,
          "NanoTrack V3": 3}
MODES = "reference", "robust"
OPENCV = "CSRT", "KCF", "MIL"
TITLES = ["", "AUC (95 %)", "precision", "held", "absent told",
          "good called lost", "found within 30", "long-term F", "ms of CPU"]
STEPS = {"with fusion=0: the filter only tells states": ["fusion=0"],
         "with lost-threshold=0: never lost": ["lost-threshold=0"]}


class Work:
    def __init__(self, args):
        self.args = args
        self.folder = args.work
        self.data = [args.folder]
        if args.sequences:
            self.data += ["--sequences", args.sequences]
        self.short = ["--starts", "1", "--frames", str(args.opencv_frames)]

    def json(self, name):
        return self.folder / (re.sub(r"\W+", "-", name) + ".json")

    def results(self, name):
        return self.json(name).with_suffix("")

    def evaluate(self, name, *options):
        """Figures of what siamban-eval runs with some options."""
        path = self.json(name)
        if not path.exists():
            print(name, file=sys.stderr)
            subprocess.run(["siamban-eval", *self.data, *options, "--name",
                            name, "--json", path],
                           check=True, stdout=subprocess.DEVNULL)
        return json.loads(path.read_text())

    def model(self, model):
        version = MODELS[model]
        if version is None:
            return []
        return ["--model", self.args.models / f"nanotrackv{version}.pth",
                "--config", self.args.models / f"configv{version}.yaml"]

    def ours(self, model, mode, *options):
        settings = [word for option in options for word in ("--set", option)]
        return self.evaluate(", ".join([model, mode, *options]),
                             *self.model(model), "--mode", mode, *settings)

    def ours_short(self, model, mode):
        name = f"{model}, {mode}, short"
        return self.evaluate(name, *self.model(model), "--mode", mode,
                             *self.short, "--results", self.results(name))

    def opencv(self, tracker):
        name = f"OpenCV {tracker}"
        if not self.json(name).exists():
            subprocess.run(
                [sys.executable, ROOT / "tools/eval/opencv.py", tracker,
                 self.results("NanoTrack V3, robust, short"),
                 self.results(name)], check=True)
        return self.evaluate(name, *self.short, "--recorded",
                             self.results(name))

    def redetect(self, model, mode):
        return self.evaluate(f"{model}, {mode}, redetection", "--redetect",
                             *self.model(model), "--mode", mode)

    def compare(self, before, after):
        done = subprocess.run(
            ["siamban-eval", "--compare", self.json(before), self.json(after)],
            check=True, capture_output=True, text=True)
        won, lost = re.search(r"(\d+) won, (\d+) lost", done.stdout).groups()
        row = re.search(r"^auc +\S+ +(\S+) +(\S+) to (\S+)$", done.stdout, re.M)
        return [*row.groups(), won, lost]

    def plot(self, picture, names):
        subprocess.run(["siamban-eval", "--compare", "--plot",
                        ROOT / "docs" / picture, *map(self.json, names)],
                       check=True, stdout=subprocess.DEVNULL)


def show(value, digits=3):
    return "" if value is None else f"{value:.{digits}f}"


def percent(value):
    return "" if value is None else f"{100 * value:.1f} %"


def table(titles, rows):
    yield "| " + " | ".join(titles) + " |"
    yield "|" + "---|" * len(titles)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


def main_row(name, figures):
    mean = figures["mean"]
    auc = mean["auc"]
    return [name, f"{auc['mean']:.3f} ({auc['low']:.3f} to {auc['high']:.3f})",
            show(mean["precision"]["mean"]), percent(mean["held"]["mean"]),
            percent(mean["absent_told"]["mean"]),
            percent(mean["good_lost"]["mean"]),
            percent(mean["found_again"]["mean"]),
            show(figures["curves"]["f"]), show(mean["cpu_ms"]["mean"], 2)]


def main_table(work):
    rows = []
    for model in MODELS:
        for mode in MODES:
            rows.append(main_row(f"{model}, {mode}", work.ours(model, mode)))
    return table(TITLES, rows)


def peer_table(work):
    rows = [main_row(f"{model}, {mode}", work.ours_short(model, mode))
            for model in MODELS for mode in MODES]
    rows += [main_row(f"OpenCV {tracker}", work.opencv(tracker))
             for tracker in OPENCV]
    return table(TITLES, rows)


def change_table(work):
    rows = []
    for model in MODELS:
        before, after = (f"{model}, {mode}" for mode in MODES)
        change, low, high, won, lost = work.compare(before, after)
        rows.append([model, change, f"{low} to {high}", won, lost])
    return table(["robust against reference", "AUC", "95 %", "runs won",
                  "runs lost"], rows)


def step_table(work):
    rows = []
    for title, options in STEPS.items():
        figures = work.ours("NanoTrack V3", "robust", *options)
        name = ", ".join(["NanoTrack V3", "robust", *options])
        change = work.compare("NanoTrack V3, reference", name)
        mean = figures["mean"]
        rows.append([title, change[0], *change[3:],
                     percent(mean["absent_told"]["mean"]),
                     percent(mean["found_again"]["mean"])])
    return table(["NanoTrack V3", "AUC against reference", "won", "lost",
                  "absent frames told", "found within 30 frames"], rows)


def redetection_table(work):
    rows = []
    for model in MODELS:
        figures = work.redetect(model, "robust")
        rows.append([model, percent(figures["touched_within_40"]),
                     percent(figures["touched"]),
                     show(figures["mean_frames"], 1),
                     percent(figures["found_within_40"])])
    return table(["robust", "touched within 40 frames", "ever",
                  "mean frames until then", "overlap above 0.5 within 40"],
                 rows)


def sequence_table(work):
    """AUC of each sequence in both modes, for one model."""
    both = [work.ours("NanoTrack V3", mode)["sequences"] for mode in MODES]
    rows = []
    for old, new in zip(*both):
        a, b = old["mean"]["auc"], new["mean"]["auc"]
        rows.append([old["name"], show(a), show(b), f"{b - a:+.3f}"])
    return table(["NanoTrack V3", "reference", "robust", "change"], rows)


def write(parts):
    """Puts each text between the lines that say where it goes."""
    text = DOCUMENT.read_text()
    for name, lines in parts.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
        if begin not in text or end not in text:
            sys.exit(f"{DOCUMENT}: expected a line {begin}")
        before, rest = text.split(begin, 1)
        text = before + begin + "\n".join(lines) + end + rest.split(end, 1)[1]
    DOCUMENT.write_text(text)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", metavar="FOLDER", type=pathlib.Path)
    parser.add_argument("--models", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--sequences", type=pathlib.Path)
    parser.add_argument("--opencv-frames", type=int, default=100)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    work = Work(args)
    parts = {"modes": list(main_table(work)),
             "trackers": list(peer_table(work)),
             "changes": list(change_table(work)),
             "steps": list(step_table(work)),
             "redetection": list(redetection_table(work)),
             "sequences": list(sequence_table(work))}
    if not args.write:
        print("\n".join(line for lines in parts.values() for line in lines))
        return
    work.plot("accuracy-modes.png", [f"{model}, {mode}" for model in
                                     ("built-in", "NanoTrack V3")
                                     for mode in MODES])
    work.plot("accuracy-trackers.png",
              ["built-in, robust, short", "NanoTrack V3, robust, short",
               *(f"OpenCV {tracker}" for tracker in OPENCV)])
    write(parts)


if __name__ == "__main__":
    main()
