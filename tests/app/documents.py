#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs what README, docs and the folder pipelines offer, and speaks TAP.

Every command of a ```sh block is run in a folder of its own, with cameras,
windows and addresses replaced by what a machine without them has."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT, BUILD = (Path(arg).resolve() for arg in sys.argv[1:])
README = (ROOT / "README.md").read_text()
DOCUMENTS = {path.name: path.read_text() for path in
             [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]}
URL = "rtsp://127.0.0.1:8554/live"
CAMERA = (
    "videotestsrc is-live=true pattern=ball num-buffers={} ! "
    "video/x-raw,width=320,height=240,framerate=15/1 ! "
    "x264enc tune=zerolatency key-int-max=15 ! rtph264pay name=pay0 pt=96"
)


class Skip(Exception):
    pass


def run(command, cwd, **more):
    shell = isinstance(command, str)
    done = subprocess.run(
        command, shell=shell, cwd=cwd, timeout=120, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)
    assert done.returncode == 0, f"exit code {done.returncode}\n{done.stdout}"
    return done.stdout


def need(*names):
    for name in names:
        if not shutil.which(name):
            raise Skip(f"there is no {name}")


def need_elements(text):
    names = set(re.findall(r"(?:!|gst-launch-1.0(?: -\w)?) *(\w+)(?= |$)", text))
    # Ours are there; --exists would want their version to be GStreamer's.
    for name in sorted(names - {"siambantrack", "siambancrop"}):
        if subprocess.run(["gst-inspect-1.0", "--exists", name]).returncode:
            raise Skip(f"GStreamer has no {name}")


class Camera:
    """An RTSP camera that ends after some pictures."""

    def __init__(self, pictures):
        need("rtsp-serve")
        need_elements("! x264enc ! rtph264pay ! rtspsrc")
        self.server = subprocess.Popen(
            ["rtsp-serve", "--port", "0", CAMERA.format(pictures)],
            stdout=subprocess.PIPE, text=True)
        self.url = self.server.stdout.readline().strip()

    def __enter__(self):
        return self.url

    def __exit__(self, *_):
        self.server.terminate()
        self.server.wait()


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as made:
        made.bind(("127.0.0.1", 0))
        return str(made.getsockname()[1])


def commands():
    for name, text in DOCUMENTS.items():
        for block in re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S):
            for line in block.replace("\\\n", " ").strip().splitlines():
                yield name, re.sub(r" +", " ", line)


def command_test(command):
    def test(folder):
        need_elements(command)
        line = command
        if "v4l2://" in line and not os.path.exists("/dev/video0"):
            raise Skip("there is no camera")
        line = line.replace("v4l2src device=/dev/video0", "videotestsrc num-buffers=20")
        line = line.replace("autovideosink", "fakesink")
        if "img/" in line:
            os.mkdir(folder / "img")
            run("gst-launch-1.0 videotestsrc num-buffers=8 ! jpegenc ! "
                "multifilesink location=img/%04d.jpg", folder)
        if URL not in line:
            run(line, folder)
            return
        with Camera(40) as url:
            run(line.replace(URL, url), folder)
    return test


def count_frames(path, folder):
    return len(run(["siamban-track", path, "--box", "9,9,40,40", "--json", "-"], folder).splitlines())


def file_to_file(folder):
    need_elements("! x264enc ! mp4mux ! avdec_h264")
    run([ROOT / "pipelines/file-to-file.sh"], folder)
    assert count_frames("tracked.mp4", folder) == 100


def camera_to_window(folder):
    env = dict(os.environ, SOURCE="videotestsrc num-buffers=20", SINK="fakesink")
    run([ROOT / "pipelines/camera-to-window.sh"], folder, env=env)


def rtsp_to_rtsp(folder):
    port = free_port(socket.SOCK_STREAM)
    env = dict(os.environ)
    view = (f"gst-launch-1.0 rtspsrc location=rtsp://127.0.0.1:{port}/tracked latency=0 ! "
            "rtph264depay ! avdec_h264 ! fakesink num-buffers=10")
    need_elements(view)
    with Camera(100000) as url, open(folder / "log", "w") as log:
        script = subprocess.Popen(
            [ROOT / "pipelines/rtsp-to-rtsp.sh", url, "100,80,40,40", port],
            cwd=folder, env=env, stdout=log, stderr=log, start_new_session=True)
        try:
            for _ in range(30):
                time.sleep(1)
                assert script.poll() is None, (folder / "log").read_text()
                if "PLAYING" in (folder / "log").read_text():
                    break
            run(view, folder)
        finally:
            os.killpg(script.pid, 15)
            script.wait()


def rtsp_port_taken(folder):
    need("rtsp-serve")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            ["rtsp-serve", "--port", "0", "--rtp-port", port, "udpsrc name=rtp ! rtph264pay name=pay0"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 1 and port in done.stderr, done.stderr


def rtsp_camera_absent(folder):
    need("rtsp-serve")
    url = f"rtsp://127.0.0.1:{free_port(socket.SOCK_STREAM)}/live"
    with open(folder / "log", "w") as log:
        script = subprocess.Popen(
            [ROOT / "pipelines/rtsp-to-rtsp.sh", url, "100,80,40,40", free_port(socket.SOCK_STREAM)],
            cwd=folder, stdout=log, stderr=log, start_new_session=True)
        try:
            for _ in range(60):
                time.sleep(0.5)
                if (folder / "log").read_text().count("trying again") >= 2:
                    break
            assert script.poll() is None, (folder / "log").read_text()
            assert (folder / "log").read_text().count("trying again") >= 2
        finally:
            os.killpg(script.pid, 15)
            script.wait()


def scripts_help(folder):
    for script in sorted((ROOT / "pipelines").glob("*.sh")):
        if os.access(script, os.X_OK):
            assert run([script, "-h"], folder).startswith("usage: ")


def properties(folder):
    text = run(["gst-inspect-1.0", "siambantrack"], folder).split("Element Properties:")[1]
    found = set(re.findall(r"^  ([a-z-]+) *: ", text.split("Element Actions:")[0], re.M))
    tables = DOCUMENTS["element.md"].split("## Ways")[0] + DOCUMENTS["overlay.md"]
    listed = set(re.findall(r"^\| `([a-z-]+)` \| \w+[ ,]", tables, re.M))
    assert listed == found - {"name", "parent", "qos"}, f"{listed} {found}"


def example_in_c(name, function):
    def test(folder):
        need("cc", "pkg-config")
        (block,) = re.findall(r"^```c\n(.*?)^```", DOCUMENTS[name], re.M | re.S)
        os.symlink(ROOT / "gst", folder / "siamban")
        (folder / "example.c").write_text(block + f"void *use = (void *){function};\n")
        run(f"cc -Wall -Wextra -Werror -fsyntax-only -I{ROOT}/include -I. example.c "
            "$(pkg-config --cflags gstreamer-1.0)", folder)
    return test


def example_in_header(folder):
    need("cc", "pkg-config")
    text = (ROOT / "include/siamban/siamban.h").read_text()
    (block,) = re.findall(r"^ \* \|\[\n(.*?)^ \* \]\|", text, re.M | re.S)
    (folder / "example.c").write_text(
        "#include <siamban/siamban.h>\nextern gboolean next_frame (SiambanFrame *, guint64 *);\n"
        + re.sub(r"^ \* ?", "", block, flags=re.M) + "void *use = (void *)follow;\n")
    run(f"cc -Wall -Wextra -Werror -fsyntax-only -I{ROOT}/include example.c "
        "$(pkg-config --cflags glib-2.0)", folder)


def example_in_python(folder):
    python = next((path for path in (sys.executable, "/usr/bin/python3") if not subprocess.run(
        [path, "-c", "import gi; gi.require_version('Gst', '1.0')"],
        stderr=subprocess.DEVNULL).returncode), None)
    if not python:
        raise Skip("there is no Python that knows GStreamer")
    need_elements("! videotestsrc ! fakesink")
    (block,) = re.findall(r"^```python\n(.*?)^```", DOCUMENTS["metadata.md"], re.M | re.S)
    (folder / "example.py").write_text(block)
    lines = re.findall(r"^1 tracked [\d.]+$", run([python, "example.py"], folder), re.M)
    assert len(lines) == 5, lines


TESTS = {
    **{f"{name} {i}: {command[:60]}": command_test(command)
       for i, (name, command) in enumerate(commands())},
    "README: properties": properties,
    "README: example in C": example_in_c("README.md", "follow"),
    "metadata.md: example in C": example_in_c("metadata.md", "print_tracks"),
    "metadata.md: example in Python": example_in_python,
    "siamban.h: example in C": example_in_header,
    "pipelines/file-to-file.sh": file_to_file,
    "pipelines/camera-to-window.sh": camera_to_window,
    "pipelines/rtsp-to-rtsp.sh": rtsp_to_rtsp,
    "pipelines/rtsp-to-rtsp.sh: no camera": rtsp_camera_absent,
    "rtsp-serve: a port in use": rtsp_port_taken,
    "pipelines: -h": scripts_help,
}


def main():
    os.environ["BUILD"] = str(BUILD)
    tools = [*(BUILD / "tools").iterdir(), BUILD / "pipelines"]
    os.environ["PATH"] = ":".join(map(str, tools)) + ":" + os.environ["PATH"]
    print(f"1..{len(TESTS)}")
    for number, (name, test) in enumerate(TESTS.items(), 1):
        result, note = "ok", ""
        with tempfile.TemporaryDirectory() as folder:
            os.symlink(ROOT / "data", folder + "/data")
            try:
                test(Path(folder))
            except Skip as reason:
                note = f" # SKIP {reason}"
            except (AssertionError, subprocess.TimeoutExpired) as error:
                result = "not ok"
                print("".join(f"# {line}\n" for line in str(error).splitlines()), end="")
        print(f"{result} {number} {name.replace('#', '')}{note}", flush=True)


main()
