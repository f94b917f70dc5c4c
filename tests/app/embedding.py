#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Builds and runs the programs of docs/embedding.md, with the commands that it gives, against what
`meson install` installs; speaks TAP. The Rust one needs its crates, so it is run only where
SIAMBAN_TEST_RUST is set."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT, BUILD = (Path(arg).resolve() for arg in sys.argv[1:])
PAGE = (ROOT / "docs/embedding.md").read_text()
FENCE = re.compile(r"^```\w+\n(?:/\*|#|//) (\S+)(?: \*/)?\n(.*?)^```", re.M | re.S)
COMMANDS = re.compile(r"((?:^    .*\n)+)\n```", re.M)


class Skip(Exception):
    pass


def run(command, folder):
    done = subprocess.run(command, shell=True, cwd=folder, text=True, timeout=300,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == 0, f"{command}\nexit code {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def section(title):
    (text,) = re.findall(rf"^##+ {title}\n(.*?)(?=^##|\Z)", PAGE, re.M | re.S)
    return text


def run_section(title, folder):
    text = section(title)
    for name, code in FENCE.findall(text):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(code)
    lines = COMMANDS.search(text).group(1).replace("\\\n", " ").strip().splitlines()
    return [run(line.strip(), folder) for line in lines][-1]


def check_boxes(lines, count, first):
    """@first: the field of a line that its box begins with."""
    assert len(lines) == count, (len(lines), lines[:3])
    boxes = [line.split()[first:first + 4] for line in lines]
    assert [float(value) for value in boxes[0]] == [375, 422, 55, 153], boxes[0]
    x, y, w, h = map(float, boxes[-1])
    assert 40 < x + w / 2 < 110 and 260 < y + h / 2 < 340, boxes[-1]  # where the walker goes


def frames(folder):
    lines = run_section("C with appsink", folder).splitlines()
    check_boxes(lines, 100, 2)
    times = [int(line.split()[0]) for line in lines]
    assert times == sorted(set(times))


def raw(folder):
    lines = run_section("C with the library alone", folder).splitlines()
    assert lines[0] == "added 1", lines[0]
    check_boxes([line for line in lines if " tracked " in line or " uncertain " in line], 100, 3)


def need_python(*names):
    for name in names:
        code = f"import gi; gi.require_version('{name}', '1.0'); from gi.repository import {name}"
        done = subprocess.run(["python3", "-c", code], stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise Skip(f"Python has no {name}")


def boxes(folder):
    need_python("Gst")
    lines = run_section("Python", folder).splitlines()
    assert [line for line in lines if line.startswith("event")] == ["event added 1 1.0"], lines
    check_boxes([line for line in lines if line.startswith("frame")], 100, 4)


def objects(folder):
    if not (BUILD / "gst/introspection/GstSiamban-1.0.typelib").exists():
        raise Skip("built without introspection")
    need_python("Gst", "GstSiamban")
    lines = run_section("As objects", folder).splitlines()
    check_boxes(lines, 100, 2)
    assert all(line.split()[:2] == ["1", "object"] for line in lines), lines
    assert all(0 < float(line.split()[6]) <= 1 for line in lines), lines


def fields(folder):
    """Every field of the namespace says what the structure says."""
    if not (BUILD / "gst/introspection/GstSiamban-1.0.typelib").exists():
        raise Skip("built without introspection")
    need_python("Gst", "GstSiamban")
    count = int(run(f"python3 {ROOT}/tests/app/embedding-fields.py walker.mp4", folder))
    assert count == 200, count


def rust(folder):
    if not os.environ.get("SIAMBAN_TEST_RUST"):
        raise Skip("SIAMBAN_TEST_RUST is not set")
    if not shutil.which("cargo"):
        raise Skip("there is no cargo")
    lines = run_section("Rust", folder).splitlines()
    assert any(line.startswith("siambantrack, event=(string)added") for line in lines), lines[:3]
    check_boxes([line for line in lines if not line.startswith("siambantrack")], 100, 2)


TESTS = {"C with appsink": frames, "C with the library alone": raw, "Python": boxes,
         "Python: objects": objects, "Python: every field": fields, "Rust": rust}


def install(prefix):
    """As a package would, and makes pkg-config and others look there."""
    run(f"meson install -C '{BUILD}' --no-rebuild --quiet --destdir '{prefix}'", prefix)
    (found,) = prefix.rglob("siamban.pc")
    inside = re.search(r"^prefix=(.*)", found.read_text(), re.M).group(1)
    found.write_text(found.read_text().replace(f"prefix={inside}", f"prefix={prefix}{inside}"))
    library = found.parent.parent
    for name, folder in (("PKG_CONFIG_PATH", library / "pkgconfig"), ("LD_LIBRARY_PATH", library),
                         ("GST_PLUGIN_PATH", library / "gstreamer-1.0"),
                         ("GI_TYPELIB_PATH", library / "girepository-1.0")):
        os.environ[name] = str(folder)
    os.environ["GST_REGISTRY"] = str(prefix / "registry.bin")
    os.environ["SIAMBAN_DATA_DIR"] = str(ROOT / "data")


def find_python(folder):
    """The python3 of the page is one that has PyGObject, if there is one."""
    for path in (sys.executable, "/usr/bin/python3"):
        if not subprocess.run([path, "-c", "import gi"], stderr=subprocess.DEVNULL).returncode:
            (folder / "bin").mkdir()
            (folder / "bin/python3").symlink_to(path)
            os.environ["PATH"] = f"{folder}/bin:{os.environ['PATH']}"
            return


def main():
    assert len(FENCE.findall(PAGE)) == len(re.findall(r"^```\w+$", PAGE, re.M)) == 6
    print(f"1..{len(TESTS)}")
    failed = 0
    with tempfile.TemporaryDirectory() as prefix:
        install(Path(prefix))
        find_python(Path(prefix))
        for number, (name, test) in enumerate(TESTS.items(), 1):
            result, note = "ok", ""
            folder = Path(tempfile.mkdtemp(dir=prefix))
            (folder / "walker.mp4").symlink_to(ROOT / "data/demo/walker.mp4")
            try:
                test(folder)
            except Skip as reason:
                note = f" # SKIP {reason}"
            except (AssertionError, ValueError, subprocess.TimeoutExpired) as error:
                result, failed = "not ok", failed + 1
                print(f"# {error}".replace("\n", "\n# "))
            print(f"{result} {number} {name}{note}", flush=True)
    return failed > 0


sys.exit(main())
