#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An archive, worked through with interruptions: everything is done once, nothing by halves."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from support import CLIP, DEPLOY, wait

BATCH = DEPLOY / "batch.sh"
BOXES = "375,422,55,153 458,335,70,150"
os.environ["SIAMBAN_BATCH_OPTIONS"] = "--mode reference --threads 1"


def run(*arguments, **more):
    return subprocess.run([BATCH, *map(str, arguments)], stderr=subprocess.PIPE, text=True, timeout=120,
                          env={**os.environ, **more})


def finished(folder):
    return sorted(path.name for path in folder.glob("*.jsonl"))


def check_whole(folder):
    for path in folder.glob("*.jsonl"):
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        assert len(lines) == 100 and all(len(line["targets"]) == 2 for line in lines), path


def check_numbers(folder, list_):
    out = folder / "numbers"
    assert run(list_, out, 2).returncode == 0
    assert finished(out) == ["2-b.mp4.jsonl"]
    assert run(list_, out, SLURM_ARRAY_TASK_ID="3").returncode == 0
    assert run(list_, out, JOB_COMPLETION_INDEX="0").returncode == 0
    assert finished(out) == ["1-a.mp4.jsonl", "2-b.mp4.jsonl", "3-c.mp4.jsonl"]
    check_whole(out)
    before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    assert run(list_, out).returncode == 0
    assert {path: path.stat().st_mtime_ns for path in out.iterdir()} == before


def check_interrupted(folder, list_):
    out = folder / "interrupted"
    first = subprocess.Popen([BATCH, list_, out], start_new_session=True)
    wait(lambda: finished(out), "the first file")
    wait(lambda: list(out.glob("2-*.part")) or first.poll() is not None, "the second file")
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    done = finished(out)
    times = {name: (out / name).stat().st_mtime_ns for name in done}
    assert "3-c.mp4.jsonl" not in done, "it was too fast to be interrupted"
    check_whole(out)
    assert run(list_, out).returncode == 0
    assert finished(out) == ["1-a.mp4.jsonl", "2-b.mp4.jsonl", "3-c.mp4.jsonl"]
    assert all((out / name).stat().st_mtime_ns == when for name, when in times.items())
    assert len(list(out.iterdir())) == 3, list(out.iterdir())
    check_whole(out)


def check_damaged(folder, list_):
    out = folder / "damaged"
    (folder / "b.mp4").unlink()
    (folder / "b.mp4").write_bytes(CLIP.read_bytes()[:3000])
    out.mkdir()
    (out / "1-a.mp4.jsonl").touch()  # finished before
    done = run(list_, out)
    assert done.returncode == 1 and "2: " in done.stderr, done
    assert finished(out) == ["1-a.mp4.jsonl", "3-c.mp4.jsonl"]
    assert (out / "2-b.mp4.jsonl.failed").read_text()
    (folder / "b.mp4").write_bytes(CLIP.read_bytes())
    assert run(list_, out).returncode == 0
    assert len(list(out.iterdir())) == 3
    (out / "1-a.mp4.jsonl").unlink()
    check_whole(out)


def check_mistakes(folder, list_):
    (folder / "bad").write_text("a.mp4\n")
    for arguments, word in (((folder / "none", folder), "none"), ((list_, folder, 9), "line 9"),
                            ((list_, folder, "x"), "x: expected"), ((folder / "bad", folder, 1), "line 1: expected")):
        done = run(*arguments)
        assert done.returncode == 2 and word in done.stderr, done


def check_parallel(folder, list_):
    """As pipelines/deploy/README.md has it."""
    if not shutil.which("parallel"):
        print("there is no GNU parallel")
        return
    out = folder / "parallel"
    subprocess.run(f"seq $(wc -l < {list_}) | parallel -j 2 {BATCH} {list_} {out} {{}}", shell=True, check=True,
                   stderr=subprocess.DEVNULL)
    assert len(finished(out)) == 3
    check_whole(out)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for letter in "abc":
            (folder / f"{letter}.mp4").symlink_to(CLIP)
        list_ = folder / "list.txt"
        list_.write_text("".join(f"{letter}.mp4 {BOXES}\n" for letter in "abc"))
        for check in (check_numbers, check_interrupted, check_parallel, check_damaged, check_mistakes):
            start = time.monotonic()
            check(folder, list_)
            print(f"{check.__name__}: {time.monotonic() - start:.1f} s", flush=True)


sys.exit(main())
