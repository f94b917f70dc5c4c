#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a stream costs at real time: CPU seconds and memory of a process that decodes H.264 and follows.

Run in the shell of `meson devenv -C build`: cost.py [elements|serve [SECONDS]], by default both, 20 seconds a
line. Prints the tables of docs/deploy.md. The models of NanoTrack are looked for in ../shared; nothing is timed but CPU, so that other
processes matter little."""

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS = int(sys.argv[2]) if len(sys.argv) > 2 else 20
CLIP = ROOT / "data/demo/walker.mp4"
NANO = ROOT / "../shared/models/nanotrack"
MODELS = {"built-in": "", "NanoTrack V3": f"model={NANO}/nanotrackv3.pth config={NANO}/configv3.yaml"}
SIZES = {"640x360": (640, 360), "1920x1080": (1920, 1080)}
# Of the clip: the tripod, the walker, and two more things that stand.
BOXES = [(458, 335, 70, 150), (375, 422, 55, 153), (600, 420, 60, 60), (150, 300, 50, 80)]


def make_clip(path, width, height):
    """Four seconds at 25 frames a second, without B frames: as .h264 it is repeated."""
    stream = path.suffix == ".h264"
    subprocess.run(
        ["gst-launch-1.0", "-q", "filesrc", f"location={CLIP}", "!", "decodebin", "!", "videorate", "rate=2.5",
         "!", "videoscale", "add-borders=false", "!", "videoconvert", "!",
         f"video/x-raw,format=I420,width={width},height={height},framerate=25/1,pixel-aspect-ratio=1/1", "!",
         "x264enc", "bframes=0", "key-int-max=50", f"bitrate={1500 if width < 1000 else 6000}",
         "speed-preset=veryfast", "!", *(["video/x-h264,stream-format=byte-stream"] if stream else ["mp4mux"]),
         "!", "filesink", f"location={path}"], check=True)
    if stream:
        path.write_bytes(path.read_bytes() * (SECONDS // 4))
    return path


def scale(size):
    width, height = SIZES[size]
    return [[x * width / 768, y * height / 576, w * width / 768, h * height / 576] for x, y, w, h in BOXES]


def launch(clip, tracker):
    """CPU seconds a second of video, and resident MB at most."""
    line = (f"filesrc location={clip} ! h264parse ! video/x-h264,framerate=25/1 ! avdec_h264 max-threads=1 ! "
            f"{tracker} fakesink sync=true")
    start = os.times()
    process = subprocess.Popen(["gst-launch-1.0", "-q", *line.split()])
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, line
    assert os.times().elapsed - start.elapsed > SECONDS // 4 * 4 - 1
    return (usage.ru_utime + usage.ru_stime) / (SECONDS // 4 * 4), usage.ru_maxrss / 1024


def elements(folder):
    print("| size | targets | model | network on every | cores a stream | MB |\n|---|---|---|---|---|---|", flush=True)
    for size, (width, height) in SIZES.items():
        clip = make_clip(folder / f"{size}.h264", width, height)
        cores, memory = launch(clip, "")
        print(f"| {size} | none, decoding alone | | | {cores:.3f} | {memory:.0f} |", flush=True)
        for name, model in MODELS.items():
            for interval in (1, 3):
                for targets in (1, 4):
                    boxes = ",".join("<" + ",".join(map(str, box)) + ">" for box in scale(size)[:targets])
                    cores, memory = launch(
                        clip, f"siambantrack threads=1 inference-interval={interval} {model} boxes=<{boxes}> !")
                    print(f"| {size} | {targets} | {name} | {['', 'frame', '', 'third'][interval]} | "
                          f"{cores:.3f} | {memory:.0f} |", flush=True)


def ask(port, method, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body and json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status < 300, (path, answer.status, text)
    return text


def cpu_of(process):
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def frames_of(port):
    """That the network ran on."""
    return json.loads(ask(port, "GET", "/stats"))["frames"]


def serve(folder):
    """The whole program, without and with somebody who looks."""
    print("\n| siamban-serve | viewers | frames/s followed | cores a stream | MB | bytes/s to a viewer |\n|---|---|---|---|---|---|", flush=True)
    for size, (width, height) in SIZES.items():
        clip = make_clip(folder / f"{size}.mp4", width, height)
        process = subprocess.Popen(
            ["siamban-serve", clip, "--loop", "--threads", "1", "--listen", "127.0.0.1:0"],
            stderr=subprocess.PIPE, text=True)
        port = int(re.search(r":(\d+)/", process.stderr.readline()).group(1))
        time.sleep(2)
        ask(port, "POST", "/targets", {"box": scale(size)[0]})
        for viewers in (0, 1):
            watching = subprocess.Popen(
                ["sh", "-c", f"curl -sN http://127.0.0.1:{port}/video.mjpg | wc -c"],
                stdout=subprocess.PIPE, text=True) if viewers else None
            before, start, frames = cpu_of(process), time.monotonic(), frames_of(port)
            time.sleep(SECONDS)
            taken = time.monotonic() - start
            cores, rate = (cpu_of(process) - before) / taken, (frames_of(port) - frames) / taken
            memory = int(re.search(r"VmRSS:\s*(\d+)", Path(f"/proc/{process.pid}/status").read_text()).group(1))
            if viewers == 0:
                print(f"| {size} | 0 | {rate:.1f} | {cores:.3f} | {memory / 1024:.0f} | |", flush=True)
        process.terminate()
        seen = int(watching.communicate()[0]) / SECONDS
        process.wait()
        print(f"| {size} | 1 | {rate:.1f} | {cores:.3f} | {memory / 1024:.0f} | {seen:.0f} |", flush=True)


def main():
    with tempfile.TemporaryDirectory() as folder:
        for part in [elements, serve]:
            if sys.argv[1:2] in ([], [part.__name__]):
                part(Path(folder))


main()
