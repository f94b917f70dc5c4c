#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Frigate says becomes a target of siamban-serve, through a real broker."""

import json
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from support import BUILD, CLIP, DEPLOY, become, free_port, need, serve, stop, wait

become("paho.mqtt.client")
need("mosquitto", "siamban-serve")
import paho.mqtt.client as mqtt  # noqa: E402

# As Frigate 0.16 publishes one, without what nobody here reads; the box is the tripod of the clip at 384x288.
DETECTED = {
    "id": "1718987129.308396-fqk5ka", "camera": "walker", "frame_time": 1718987129.308396, "snapshot": None,
    "label": "person", "sub_label": None, "top_score": 0.7861328125, "false_positive": False,
    "start_time": 1718987127.308396, "end_time": None, "score": 0.7861328125, "box": [229, 167, 264, 242],
    "area": 2625, "ratio": 0.47, "region": [150, 100, 350, 288], "active": True, "stationary": False,
    "motionless_count": 0, "position_changes": 1, "current_zones": [], "entered_zones": [], "has_clip": False,
    "has_snapshot": False, "attributes": {}, "current_attributes": [], "pending_loitering": False,
}


class Reader:
    def __init__(self, port):
        versions = getattr(mqtt, "CallbackAPIVersion", None)
        self.client = mqtt.Client(*([versions.VERSION1] if versions else []))
        self.said, self.ready = [], threading.Event()
        self.client.on_message = lambda _, __, message: self.said.append((message.topic, message.payload))
        self.client.on_subscribe = lambda *_: self.ready.set()
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        self.client.subscribe([("siambantrack/#", 1)])
        assert self.ready.wait(60)

    def events(self, kind):
        return [document for topic, payload in list(self.said) if topic == "siambantrack/walker/events"
                for document in [json.loads(payload)] if document["type"] == kind]

    def count(self, topic):
        return len([1 for name, _ in list(self.said) if name == f"siambantrack/walker/{topic}"])

    def frigate(self, kind, **changes):
        event = {"type": kind, "before": DETECTED, "after": {**DETECTED, **changes}}
        self.client.publish("frigate/events", json.dumps(event), qos=1).wait_for_publish()


def check(reader, log):
    """Orders are obeyed in order: what was not seeded before the third is not seeded at all."""
    wait(lambda: reader.count("state"), "siamban-serve")
    reader.client.publish("frigate/events", "{", qos=1)
    reader.frigate("new", camera="elsewhere")
    reader.frigate("new", label="cat")
    reader.frigate("new", false_positive=True)
    reader.frigate("update")
    reader.frigate("new")
    added = wait(lambda: reader.events("added"), "a target")
    assert len(added) == 1, added
    box = [added[0][side] for side in "xywh"]
    assert all(abs(a - b) < 1 for a, b in zip(box, [458, 334, 70, 150])), box
    wait(lambda: reader.count("target") > 2, "sightings")
    reader.frigate("new", id="another, of what is followed already")
    reader.frigate("new", id="elsewhere in the picture", box=[10, 200, 60, 260])
    added = wait(lambda: len(reader.events("added")) == 2 and reader.events("added"), "the second target")
    assert added[1]["x"] == 20, added
    assert "events: " in Path(log).read_text(), "the message that was none is told"


def check_lost(reader):
    """What is out of sight for long is let go."""
    target = {"version": 1, "id": 1, "x": 1, "y": 1, "w": 9, "h": 9, "width": 768, "height": 576, "status": "lost"}
    number = reader.events("added")[1]["id"]
    reader.client.publish("siambantrack/walker/target", json.dumps({**target, "id": 4711}))
    wait(lambda: (b'siambantrack/walker/stop/set', b'{"id": 4711}') in [
        (topic.encode(), payload) for topic, payload in list(reader.said)], "the order to stop")
    reader.client.publish("siambantrack/walker/stop/set", json.dumps({"id": number}))
    wait(lambda: reader.events("ended"), "the end")


def main():
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        broker = subprocess.Popen(["mosquitto", "-p", str(port)], stderr=subprocess.DEVNULL)
        running = [broker]
        try:
            reader = wait_for_broker(port)
            log = f"{folder}/bridge"
            running.append(subprocess.Popen(
                [sys.executable, DEPLOY / "frigate-bridge.py", "walker=384x288", "--broker", f"127.0.0.1:{port}",
                 "--label", "person", "--lost-for", "2"], stdout=open(log, "w"), stderr=subprocess.STDOUT))
            wait(lambda: "connected" in Path(log).read_text(), "the bridge")
            process, _ = serve(f"{folder}/serve", CLIP, "--loop", "--name", "walker", "--mqtt", f"mqtt://127.0.0.1:{port}")
            running.append(process)
            if "without libmosquitto" in (BUILD / "tools/serve/siamban-serve").read_bytes().decode("latin1"):
                print("skipped: built without libmosquitto")
                return 77
            check(reader, log)
            check_lost(reader)
        finally:
            stop(*running)
    return 0


def wait_for_broker(port):
    def connect():
        try:
            return Reader(port)
        except ConnectionRefusedError:
            return None

    return wait(connect, "the broker")


sys.exit(main())
