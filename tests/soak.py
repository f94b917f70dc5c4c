#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs what has to run for months for some minutes, as hard as it can, and
judges what it holds at the end: memory, threads, descriptors.

  element  tests/gst/soak.c: a looped film and a camera in one process
  serve    siamban-serve on that camera, seeded and watched over HTTP
  relay    the RTSP server of pipelines/rtsp-to-rtsp.sh, with viewers

The camera is killed now and then. What is not built is left out, and said."""

import argparse
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLIP = ROOT / "data/demo/walker.mp4"
CAMERA = ("videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=10/1 ! "
          "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! "
          "rtph264pay name=pay0 pt=96 config-interval=-1")

# A process's memory may grow by so many MB, for what is allocated late and for
# the holes of malloc, and by so many more an hour.
SLACK_MB = 6
MB_AN_HOUR = 12
# Threads and descriptors: the least of the second half over that of the first.
SLACK_COUNT = 1
WARM_UP = 1 / 4  # of the time, a minute at most
CAMERA_UP, CAMERA_DOWN = 25, 3  # seconds
SOON = 20


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def read_status(pid):
    """Megabytes, threads, descriptors; None if the process has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        descriptors = len(os.listdir(f"/proc/{pid}/fd"))
        megabytes = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024
        return megabytes, int(re.search(r"Threads:\s+(\d+)", status)[1]), descriptors
    except (OSError, TypeError):
        return None


def slope(points):
    """Of the line through (x, y) points that is nearest to them."""
    n = len(points)
    mean_x = sum(x for x, _ in points) / n
    mean_y = sum(y for _, y in points) / n
    square = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / square if square else 0


class Watched:
    """What one process held from second to second."""

    def __init__(self, name, pid):
        self.name, self.pid = name, pid
        self.samples = []

    def look(self, now):
        status = read_status(self.pid)
        if status:
            self.samples.append((now, *status))
        return status is not None

    def judge(self, seconds):
        """Prints the figures. Returns what is wrong with them."""
        warm = [s for s in self.samples if s[0] >= min(WARM_UP * seconds, 60)]
        if len(warm) < 4:
            return [f"{self.name}: ended early"]
        hours = (warm[-1][0] - warm[0][0]) / 3600
        growth = slope([s[:2] for s in warm]) * 3600
        middle = len(warm) // 2
        least = [[min(s[i] for s in half) for half in (warm[:middle], warm[middle:])]
                 for i in (2, 3)]
        print(f"{self.name:8} {warm[0][1]:8.1f} {warm[-1][1]:8.1f} {max(s[1] for s in warm):8.1f}"
              f" {growth:+9.1f} {growth * hours:+8.1f}"
              + "".join(f" {warm[0][i]:7} {warm[-1][i]:5} {a:5}/{b}"
                        for i, (a, b) in zip((2, 3), least)))
        faults = []
        if growth * hours > SLACK_MB + MB_AN_HOUR * hours:
            faults.append(f"{self.name}: memory grows by {growth:.0f} MB an hour")
        for what, (before, after) in zip(("threads", "descriptors"), least):
            if after > before + SLACK_COUNT:
                faults.append(f"{self.name}: {after} {what} instead of {before}")
        return faults


def print_heading():
    print(f"{'':8} {'MB':>8} {'at end':>8} {'most':>8} {'MB/hour':>9} {'grown':>8}"
          f" {'threads':>7} {'end':>5} {'least of halves':>5} {'files':>7} {'end':>5} {'least':>5}")


class Programs:
    """Those that run, with what they say in files of a folder."""

    def __init__(self, build, folder):
        self.folder = Path(folder)
        self.running = []
        self.environment = dict(
            os.environ, BUILD=str(build), GST_PLUGIN_PATH=str(build / "gst"),
            SIAMBAN_DATA_DIR=str(ROOT / "data"), GST_REGISTRY=f"{folder}/registry.bin",
            # What is free goes back to the system, so that memory is what is held.
            MALLOC_ARENA_MAX="1", MALLOC_MMAP_THRESHOLD_="65536", MALLOC_TRIM_THRESHOLD_="65536",
            PATH=f"{build}/pipelines:{build}/tools/track:{os.environ['PATH']}")

    def start(self, name, *command):
        with open(self.folder / f"{name}.log", "a") as log:
            process = subprocess.Popen([str(word) for word in command], stdout=log, stderr=log,
                                       env=self.environment, start_new_session=True)
        self.running.append(process)
        return process

    def read(self, name):
        log = self.folder / f"{name}.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def find(self, name, pattern):
        """What the program says about it, when it does."""
        end = time.monotonic() + SOON
        while time.monotonic() < end:
            found = re.search(pattern, self.read(name))
            if found:
                return found[1]
            time.sleep(0.1)
        raise SystemExit(f"soak: {name} does not say {pattern}:\n{self.read(name)}")

    def end(self, process, how=signal.SIGTERM):
        """With all that it started."""
        if process.poll() is None:
            os.killpg(process.pid, how)
        code = process.wait(60)
        self.running.remove(process)
        return code

    def end_all(self):
        for process in reversed(self.running[:]):
            self.end(process, signal.SIGKILL)


class Repeated(threading.Thread):
    """Does something again and again until it is told to stop."""

    def __init__(self, act):
        super().__init__(daemon=True)
        self.act, self.over, self.count, self.failures = act, threading.Event(), 0, 0
        self.start()

    def run(self):
        while not self.over.is_set():
            try:
                self.act(self)
                self.count += 1
            except (OSError, http.client.HTTPException):
                self.failures += 1
                self.over.wait(0.5)

    def stop(self):
        self.over.set()
        self.join(60)


def camera_life(programs, build, port):
    """One life of the camera, and the time without it."""
    def act(repeated):
        process = programs.start("camera", build / "pipelines/rtsp-serve", "--port", port, CAMERA)
        repeated.over.wait(CAMERA_UP)
        programs.end(process, signal.SIGKILL)
        repeated.over.wait(CAMERA_DOWN)
    return act


def ask(port, method, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SOON)
    headers = {"Content-Type": "application/json"} if body else {}
    connection.request(method, path, body and json.dumps(body), headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, text


def look_in(port, path, size=20000):
    """As one who goes away in the middle."""
    with socket.create_connection(("127.0.0.1", port), timeout=SOON) as viewer:
        viewer.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        while size > 0 and (data := viewer.recv(4096)):
            size -= len(data)


def visit(port):
    """What pages and programs ask of siamban-serve."""
    def act(repeated):
        status, text = ask(port, "POST", "/targets", {"norm": [0.3, 0.3, 0.2, 0.2]})
        if status == 201:
            number = json.loads(text)["id"]
            repeated.over.wait(0.5)
            ask(port, "DELETE", f"/targets/{number}")
        for path in ("/targets", "/stats", "/metrics", "/healthz", "/snapshot.jpg", "/nothing"):
            ask(port, "GET", path)
        look_in(port, "/events", 2000)
        look_in(port, "/video.mjpg")
        repeated.over.wait(0.3)
    return act


def view(programs, url):
    def act(repeated):
        process = programs.start("viewer", "gst-launch-1.0", "-q", "rtspsrc", f"location={url}",
                                 "latency=0", "!", "fakesink")
        repeated.over.wait(4)
        programs.end(process, signal.SIGKILL)
        repeated.over.wait(0.5)
    return act


def child_of(pid, name):
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except OSError:
            continue
        if f"\nPPid:\t{pid}\n" in text and text.startswith(f"Name:\t{name}\n"):
            return int(status.parent.name)
    raise SystemExit(f"soak: {name} is not there")


class Soak:
    """All that runs, for so many seconds."""

    def __init__(self, build, seconds, programs):
        self.build, self.seconds, self.programs = build, seconds, programs
        self.watched, self.repeated, self.faults = [], {}, []
        self.camera_url = None
        self.serve = None

    def begin_camera(self):
        if not (self.build / "pipelines/rtsp-serve").exists():
            print("no camera and no relay: rtsp-serve is not built")
            return
        port = free_port()
        self.camera_url = f"rtsp://127.0.0.1:{port}/live"
        self.repeated["camera"] = Repeated(camera_life(self.programs, self.build, port))
        self.programs.find("camera", r"(rtsp://\S+)")

    def begin_element(self):
        camera = [self.camera_url] if self.camera_url else []
        self.element = self.programs.start(
            "element", self.build / "tests/gst/soak", self.seconds, CLIP, *camera)
        self.watched.append(Watched("element", self.element.pid))

    def begin_serve(self):
        program = self.build / "tools/serve/siamban-serve"
        if not program.exists():
            print("no siamban-serve: it is not built")
            return
        source = [self.camera_url] if self.camera_url else [CLIP, "--loop"]
        self.serve = self.programs.start("serve", program, *source, "--listen", "127.0.0.1:0")
        port = int(self.programs.find("serve", r"open http://127\.0\.0\.1:(\d+)/"))
        self.watched.append(Watched("serve", self.serve.pid))
        self.repeated["visits"] = Repeated(visit(port))

    def begin_relay(self):
        if not self.camera_url:
            return
        script = self.programs.start("relay", ROOT / "pipelines/rtsp-to-rtsp.sh", self.camera_url,
                                     "100,80,60,60", free_port())
        url = self.programs.find("relay", r"(rtsp://\S+/tracked)")
        self.watched.append(Watched("relay", child_of(script.pid, "rtsp-serve")))
        self.repeated["viewers"] = Repeated(view(self.programs, url))

    def wait(self):
        begin = time.monotonic()
        while self.element.poll() is None:
            now = time.monotonic() - begin
            for watched in self.watched:
                watched.look(now)
            if now > self.seconds + 60:
                self.faults.append("element: does not end")
                return
            time.sleep(min(1, self.seconds / 60))

    def end(self):
        for name, repeated in reversed(self.repeated.items()):
            repeated.stop()
            print(f"{name}: {repeated.count}, {repeated.failures} in vain")
            if repeated.count == 0:
                self.faults.append(f"{name}: none")
        if self.element.poll() != 0:
            self.faults.append(f"element: exit code {self.element.poll()}")
        if self.serve and self.programs.end(self.serve) != 0:
            self.faults.append("serve: did not end well")
        print(self.programs.read("element").strip())

    def judge(self):
        print_heading()
        for watched in self.watched:
            self.faults += watched.judge(self.seconds)
        for fault in self.faults:
            print("FAULT", fault)
        for name in sorted({fault.split(":")[0] for fault in self.faults}):
            print(f"== the end of what {name} said")
            print(self.programs.read(name)[-4000:])
        return not self.faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=Path, help="folder of a build without sanitizers")
    parser.add_argument("minutes", type=float)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        programs = Programs(arguments.build.resolve(), folder)
        soak = Soak(arguments.build.resolve(), 60 * arguments.minutes, programs)
        try:
            soak.begin_camera()
            soak.begin_element()
            soak.begin_serve()
            soak.begin_relay()
            soak.wait()
            soak.end()
            held = soak.judge()
        finally:
            for repeated in soak.repeated.values():
                repeated.stop()
            programs.end_all()
    print("held" if held else "did not hold")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
