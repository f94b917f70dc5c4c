# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of pipelines/deploy share."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT, BUILD = (Path(arg).resolve() for arg in sys.argv[1:])
DEPLOY = ROOT / "pipelines/deploy"
CLIP = ROOT / "data/demo/walker.mp4"
PATIENCE = 60

os.environ["PATH"] = ":".join([*map(str, (BUILD / "tools").iterdir()), os.environ["PATH"]])


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


def need(*names):
    for name in names:
        if not shutil.which(name):
            skip(f"there is no {name}")


def find_python(*modules):
    """A Python that has these: this one, or the system's."""
    for path in (sys.executable, "/usr/bin/python3"):
        if os.path.exists(path) and not subprocess.run(
                [path, "-c", f"import {', '.join(modules)}"], stderr=subprocess.DEVNULL).returncode:
            return path
    return skip(f"there is no Python with {', '.join(modules)}")


def become(*modules):
    """Goes on as a Python that has these."""
    path = find_python(*modules)
    if path != sys.executable:
        os.execv(path, [path, *sys.argv])


def wait(condition, what, patience=PATIENCE):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"waited in vain for {what}")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as made:
        return made.getsockname()[1]


def serve(log, *options):
    """siamban-serve, and its port."""
    process = subprocess.Popen(["siamban-serve", *map(str, options), "--listen", "127.0.0.1:0"], stderr=open(log, "w"))
    found = wait(lambda: re.search(r"open http://127\.0\.0\.1:(\d+)/", Path(log).read_text()) or process.poll(),
                 "siamban-serve")
    assert process.poll() is None, Path(log).read_text()
    return process, int(found.group(1))


def stop(*processes):
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(PATIENCE)
