#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Follows at full rate what Frigate detects.

A new event of Frigate seeds the siamban-serve of the same camera's name, unless something is followed
there already. What is out of sight for --lost-for seconds is let go. Needs python3-paho-mqtt, the one broker
of Frigate and siamban-serve, and siamban-serve on the stream that Frigate detects on."""

import argparse
import json
import os
import time

import paho.mqtt.client as mqtt


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], epilog="The broker's password is in SIAMBAN_MQTT_PASSWORD.")
    parser.add_argument("cameras", nargs="+", metavar="CAMERA=WIDTHxHEIGHT",
                        help="Frigate's name of a camera, and the size that it detects at (detect: width, height)")
    parser.add_argument("--broker", default="127.0.0.1:1883", metavar="HOST[:PORT]")
    parser.add_argument("--user")
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--label", action="append", help="follow these only (person, car ...); may be repeated")
    parser.add_argument("--lost-for", type=float, default=10, metavar="SECONDS")
    options = parser.parse_args()
    try:
        options.cameras = {name: tuple(map(int, size.split("x"))) for name, _, size in
                           (camera.partition("=") for camera in options.cameras)}
        assert all(len(size) == 2 and min(size) > 0 for size in options.cameras.values())
    except (ValueError, AssertionError):
        parser.error("expected CAMERA=WIDTHxHEIGHT, for example door=1280x720")
    return options


def overlap(a, b):
    """Of boxes x, y, w, h: what they share, of the smaller one."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(width, 0) * max(height, 0) / min(a[2] * a[3], b[2] * b[3])


class Bridge:
    def __init__(self, options):
        self.options = options
        self.seen = {}  # camera and id: the box, and when
        self.lost = {}  # camera and id: since when

    def seed(self, client, event):
        after = event["after"]
        size = self.options.cameras.get(after["camera"])
        if event["type"] != "new" or not size or after.get("false_positive"):
            return
        if self.options.label and after["label"] not in self.options.label:
            return
        left, top, right, bottom = after["box"]
        width, height = size
        box = [left / width, top / height, (right - left) / width, (bottom - top) / height]
        now = time.monotonic()
        if not any(camera == after["camera"] and now - when < 2 and overlap(box, other) > 0.5
                   for (camera, _), (other, when) in self.seen.items()):
            client.publish(f"siambantrack/{after['camera']}/seed/set", json.dumps({"norm": box}), qos=1)

    def note(self, camera, target):
        key = camera, target["id"]
        width, height = target["width"], target["height"]
        if target["status"] == "lost":
            self.lost.setdefault(key, time.monotonic())
            return
        self.lost.pop(key, None)
        box = target["x"] / width, target["y"] / height, target["w"] / width, target["h"] / height
        self.seen[key] = box, time.monotonic()

    def forget(self, camera, event):
        if event["type"] == "ended":
            self.seen.pop((camera, event["id"]), None)
            self.lost.pop((camera, event["id"]), None)

    def let_go(self, client):
        for (camera, number), since in list(self.lost.items()):
            if time.monotonic() - since > self.options.lost_for:
                del self.lost[camera, number]
                client.publish(f"siambantrack/{camera}/stop/set", json.dumps({"id": number}), qos=1)

    def on_message(self, client, _, message):
        try:
            document = json.loads(message.payload)
            if message.topic == "frigate/events":
                self.seed(client, document)
                return
            _, camera, kind = message.topic.split("/")
            if kind == "target":
                self.note(camera, document)
            else:
                self.forget(camera, document)
        except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
            print(f"frigate-bridge: {message.topic}: {error!r}", flush=True)


def main():
    options = parse()
    bridge = Bridge(options)
    host, _, port = options.broker.partition(":")
    versions = getattr(mqtt, "CallbackAPIVersion", None)  # paho-mqtt 2
    client = mqtt.Client(*([versions.VERSION1] if versions else []))
    topics = [("frigate/events", 1)] + [
        (f"siambantrack/{camera}/{kind}", 1) for camera in options.cameras for kind in ("target", "events")]
    client.on_connect = lambda *_: client.subscribe(topics)
    client.on_subscribe = lambda *_: print("frigate-bridge: connected", flush=True)
    client.on_message = bridge.on_message
    if options.user:
        client.username_pw_set(options.user, os.environ.get("SIAMBAN_MQTT_PASSWORD"))
    if options.tls:
        client.tls_set()
    client.connect_async(host, int(port or 1883))
    client.loop_start()
    while True:
        time.sleep(0.5)
        bridge.let_go(client)


if __name__ == "__main__":
    main()
