#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many streams on one machine, and what happens when things break: N cameras (rtsp-serve), N siamban-serve, one
mosquitto. Cameras are cut, the broker and programs are killed (SIGKILL); says what was lost and how long until all
was back. Fails if something is lost that is promised in docs/serve.md.

Run in the shell of `meson devenv -C build`, with a Python that has paho-mqtt: scale.py [N], by default 4."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import paho.mqtt.client as mqtt

N = int(sys.argv[1]) if len(sys.argv) > 1 else 4
CAMERA = ("videotestsrc is-live=true pattern=smpte ! video/x-raw,width=320,height=240,framerate=10/1 ! "
          "x264enc tune=zerolatency key-int-max=10 ! rtph264pay name=pay0 pt=96")
PATIENCE = 120


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as made:
        return made.getsockname()[1]


def wait(condition, what):
    """Seconds until it holds."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < PATIENCE, f"waited in vain for {what}"
        time.sleep(0.05)
    return time.monotonic() - start


class Broker:
    def __init__(self, folder):
        self.port = free_port()
        self.config = f"{folder}/mosquitto.conf"
        Path(self.config).write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nuser root\npersistence true\n"
            f"persistence_location {folder}/\nautosave_on_changes true\nautosave_interval 1\n"
            "max_queued_messages 0\n")
        self.start()

    def start(self):
        self.process = subprocess.Popen(["mosquitto", "-c", self.config], stderr=subprocess.DEVNULL)

    def kill(self):
        self.process.kill()
        self.process.wait()


class Reader:
    """Everything that the broker tells; it keeps what this one misses."""

    def __init__(self, port):
        versions = getattr(mqtt, "CallbackAPIVersion", None)
        self.client = mqtt.Client(*([versions.VERSION1] if versions else []), client_id="reader", clean_session=False)
        self.client.reconnect_delay_set(1, 1)
        self.events, self.available, self.targets = {}, {}, 0
        self.client.on_connect = lambda client, *_: client.subscribe("siambantrack/#", 1)
        self.client.on_message = self.take
        self.client.connect_async("127.0.0.1", port)
        self.client.loop_start()

    def take(self, _, __, message):
        _, name, topic = message.topic.split("/", 2)
        if topic == "available":
            self.available[name] = message.payload.decode()
        elif topic == "events":
            self.events.setdefault(name, []).append(json.loads(message.payload))
        elif topic == "target":
            self.targets += 1

    def count(self, name, kind):
        return sum(event["type"] == kind for event in self.events.get(name, []))


class Stream:
    def __init__(self, folder, broker, number):
        self.folder, self.broker, self.name = folder, broker, f"cam{number}"
        self.camera_port, self.port = free_port(), free_port()
        self.counted = {}  # by programs of this stream that were killed
        self.id = None
        self.start_camera()
        self.start()

    def start_camera(self):
        self.camera = subprocess.Popen(["rtsp-serve", "--port", str(self.camera_port), CAMERA],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def cut_camera(self):
        self.camera.kill()
        self.camera.wait()

    def start(self):
        self.process = subprocess.Popen(
            ["siamban-serve", f"rtsp://127.0.0.1:{self.camera_port}/live", "--name", self.name, "--threads", "1",
             "--listen", f"127.0.0.1:{self.port}", "--mqtt", f"mqtt://127.0.0.1:{self.broker.port}"],
            stderr=open(f"{self.folder}/{self.name}.log", "a"))

    def kill(self):
        """What it has told so far is counted first."""
        for kind, count in self.counts().items():
            self.counted[kind] = self.counted.get(kind, 0) + count
        self.process.kill()
        self.process.wait()

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body and json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            return 0, b"{}"
        finally:
            connection.close()

    def get(self, path):
        return json.loads(self.ask("GET", path)[1] or "{}")

    def is_healthy(self):
        return self.ask("GET", "/healthz")[0] == 200

    def counts(self):
        stats = self.get("/stats")
        return {kind: stats[kind] for kind in ("added", "lost", "found", "ended")}

    def is_followed(self):
        return any(target["id"] == self.id and target["status"] == "tracked"
                   for target in self.get("/targets").get("targets", []))

    def dropped(self):
        text = self.ask("GET", "/metrics")[1].decode()
        return int(re.search(r"^siamban_mqtt_dropped_total (\d+)", text, re.M).group(1))

    def seed(self):
        """On the corners of the test picture's colours, which stand still."""
        status, answer = self.ask("POST", "/targets", {"box": [60, 140, 80, 60]})
        if status == 201:
            self.id = json.loads(answer)["id"]
        return status == 201


def report(what, seconds, lost="nothing"):
    print(f"| {what} | {seconds:.1f} s | {lost} |", flush=True)


def every(streams, condition, what):
    return wait(lambda: all(condition(stream) for stream in streams), what)


def cameras_cut(streams, reader):
    cut, others = streams[::2], streams[1::2]
    before = {stream.name: stream.get("/stats")["frames"] for stream in streams}
    for stream in cut:
        stream.cut_camera()
    noticed = every(cut, lambda stream: not stream.is_healthy(), "broken cameras to be noticed")
    time.sleep(5)
    assert all(stream.is_healthy() for stream in others)
    assert all(stream.get("/stats")["frames"] > before[stream.name] for stream in others)
    for stream in cut:
        stream.start_camera()
    seconds = every(cut, Stream.is_healthy, "cameras to be back")
    ids = {stream.name: [t["id"] for t in stream.get("/targets")["targets"]] for stream in cut}
    assert all(stream.id in ids[stream.name] for stream in cut), ids
    report(f"{len(cut)} of {len(streams)} cameras cut, noticed after {noticed:.1f} s, back after 5 s more", seconds,
           "pictures meanwhile; ids are kept, the others saw nothing of it")


def broker_killed(streams, reader):
    reader.available.clear()
    told = sum(map(len, reader.events.values()))
    streams[0].broker.kill()
    before = {stream.name: stream.get("/stats")["frames"] for stream in streams}
    for _ in range(5):
        for stream in streams:
            stream.seed()
            stream.ask("DELETE", "/targets")
        time.sleep(0.6)
    every(streams, Stream.seed, "new targets")
    assert all(stream.get("/stats")["frames"] > before[stream.name] for stream in streams)
    streams[0].broker.start()
    seconds = every(streams, lambda stream: reader.available.get(stream.name) == "online", "available")
    seconds += check_events(streams, reader)
    told = sum(map(len, reader.events.values())) - told
    report(f"broker killed, {told} events meanwhile", seconds)


def programs_killed(streams, reader):
    killed = streams[1::2]
    for stream in killed:
        stream.kill()
    told = every(killed, lambda stream: reader.available.get(stream.name) == "offline", "the last will")
    for stream in killed:
        stream.start()
    seconds = every(killed, Stream.is_healthy, "programs to be back")
    seconds += every(killed, lambda stream: reader.available.get(stream.name) == "online", "available")
    report(f"{len(killed)} of {len(streams)} programs killed, told as offline after {told:.1f} s, started again",
           seconds, "their targets (they are not kept on disk)")
    assert every(killed, Stream.seed, "new targets") < PATIENCE


def check_events(streams, reader):
    """Whatever a stream counted, the reader has, once and no more."""
    def same(stream):
        return all(reader.count(stream.name, kind) == count + stream.counted.get(kind, 0)
                   for kind, count in stream.counts().items())

    seconds = every(streams, same, "all events")
    assert all(stream.dropped() == 0 for stream in streams)
    return seconds


def main():
    with tempfile.TemporaryDirectory() as folder:
        broker = Broker(folder)
        reader = Reader(broker.port)
        start = time.monotonic()
        streams = [Stream(folder, broker, number) for number in range(N)]
        try:
            print("| | all back after | lost |\n|---|---|---|")
            every(streams, Stream.is_healthy, "all streams")
            every(streams, Stream.seed, "targets")
            every(streams, Stream.is_followed, "targets followed")
            report(f"{N} streams started, each with a target", time.monotonic() - start)
            for step in (cameras_cut, broker_killed, programs_killed):
                step(streams, reader)
                check_events(streams, reader)
            total = sum(len(events) for events in reader.events.values())
            cpu = sum(sum(map(int, Path(f"/proc/{s.process.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]))
                      for s in streams) / os.sysconf("SC_CLK_TCK")
            print(f"\n{total} events told, each once; {reader.targets} sightings; the programs alive took {cpu:.0f} s of CPU")
        finally:
            for stream in streams:
                stream.process.kill()
                stream.camera.kill()
            broker.kill()
            for stream in streams:
                print("".join(f"# {stream.name}: {line}" for line in open(f"{folder}/{stream.name}.log")), end="",
                      file=sys.stderr)


main()
