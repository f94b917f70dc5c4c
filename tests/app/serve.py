#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Starts siamban-serve and uses it as pages and programs do; speaks TAP."""

import http.client
import itertools
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

from served import BOX, CLIP, PATIENCE, PROGRAM, Camera, Checks, Served, Skip

OPENAPI = sys.argv[3]
TOKEN = "a-word-that-only-we-know"


def events(served, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE)
    connection.request("GET", "/events", headers=headers)
    answer = connection.getresponse()
    assert answer.status == 200 and answer.headers["Content-Type"] == "text/event-stream"
    name = None
    for line in answer:
        field, _, value = line.decode().rstrip("\n").partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


def check_follows(served):
    event = served.seed()
    assert event["type"] == "added" and event["status"] == "tracked", event
    assert [event[side] for side in "xywh"] == BOX, event
    number = event["id"]
    found = served.wait(lambda: [
        t for t in served.get("/targets")["targets"] if t["id"] == number])[0]
    assert abs(found["x"] + found["w"] / 2 - 493) < 40, found
    assert abs(found["y"] + found["h"] / 2 - 410) < 40, found
    assert served.get(f"/targets/{number}")["id"] == number
    assert served.ask("DELETE", f"/targets/{number}")[0] == 204
    served.wait(lambda: not served.get("/targets")["targets"])
    assert served.ask("DELETE", f"/targets/{number}")[0] == 404


def check_past(served):
    """A box of a frame that was seen is learnt on that frame."""
    served.wait(lambda: "frame" in served.get("/targets"))
    pts = served.get("/targets")["pts"]
    time.sleep(0.5)
    x, y, w, h = (v / s for v, s in zip(BOX, (768, 576, 768, 576)))
    status, event = served.post({"norm": [x, y, w, h], "pts": pts})
    assert status == 201 and event["learnt_pts"] == pts, (pts, event)
    assert event["pts"] > pts
    status, event = served.post({"point": [0.64, 0.71], "relative": True})
    assert status == 201 and event["w"] == event["h"] == 72, event
    assert served.ask("DELETE", "/targets")[0] == 204
    served.wait(lambda: not served.get("/targets")["targets"])


def check_events(served):
    stream = events(served)
    name, source = next(stream)
    assert name == "source" and source["stream"] == "walker", source
    frames = [next(data for name, data in stream if name == "frame") for _ in range(3)]
    assert frames[0]["pts"] < frames[1]["pts"] < frames[2]["pts"], frames
    assert frames[0]["version"] == 1 and frames[0]["width"] == 768
    event = served.seed()
    told = next(data for name, data in stream if name == "target")
    assert told["type"] == "added" and told["id"] == event["id"], told
    frame = next(data for name, data in stream if name == "frame" and data["targets"])
    assert set(frame["targets"][0]) == {
        "id", "x", "y", "w", "h", "score", "status", "confidence"}, frame
    stream.close()
    served.ask("DELETE", "/targets")
    served.wait(lambda: not served.get("/targets")["targets"])


def take_part(answer):
    assert answer.readline() == b"--siamban-picture\r\n"
    head = {}
    while (line := answer.readline()) != b"\r\n":
        name, _, value = line.decode().strip().partition(": ")
        head[name] = value
    jpeg = answer.read(int(head["Content-Length"]))
    assert answer.read(2) == b"\r\n"
    assert jpeg[:2] == b"\xff\xd8" and jpeg[-2:] == b"\xff\xd9"
    return int(head["X-Pts"])


def check_pictures(served):
    served.wait(lambda: "frame" in served.get("/targets"))
    status, headers, jpeg = served.ask("GET", "/snapshot.jpg")
    assert status == 200 and headers["Content-Type"] == "image/jpeg", status
    assert jpeg[:2] == b"\xff\xd8" and jpeg[-2:] == b"\xff\xd9"
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE)
    connection.request("GET", "/video.mjpg")
    answer = connection.getresponse()
    times = [take_part(answer) for _ in range(3)]
    assert times == sorted(set(times)), times
    connection.close()


def check_closed(served):
    """Who has gone leaves nothing open, whether it asked something or not."""
    def count():
        return len(os.listdir(f"/proc/{served.process.pid}/fd"))

    before = count()
    for path in ("/targets", "/nothing", "/video.mjpg", "/snapshot.jpg") * 10:
        with socket.create_connection(("127.0.0.1", served.port)) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 ")
    for _ in range(20):
        socket.create_connection(("127.0.0.1", served.port)).close()
    served.wait(lambda: count() < before + 10)


def check_loop(served):
    """Times rise on when the file begins again: ten seconds have 100 frames."""
    stream = events(served)
    last = 0
    for name, data in stream:
        if name == "frame":
            assert data["pts"] > last, data
            last = data["pts"]
            if data["frame"] > 110:
                break
    stream.close()
    assert served.is_playing()


def check_numbers(served):
    text = served.ask("GET", "/metrics")[2].decode()
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))
    for name, value in re.findall(r"^(\w+)(?:\{[^}]*\})? (\S+)$", text, re.M):
        family = re.sub(r"_(bucket|sum|count)$", "", name)
        assert name in kinds or kinds.get(family) == "histogram", name
        float(value)
    assert kinds["siamban_frames_total"] == "counter"
    value = dict(re.findall(r"^(\w+) (\S+)$", text, re.M))
    assert float(value["siamban_frames_total"]) > 0
    assert value["siamban_source_up"] == "1"
    stats = served.get("/stats")
    assert stats["frames"] >= float(value["siamban_frames_total"])
    assert served.get("/healthz")["status"] == "ok"
    assert served.get("/readyz")["status"] == "ready"


def check_page(served):
    status, headers, text = served.ask("GET", "/")
    assert status == 200 and b"<canvas" in text
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    for name in re.findall(rb'(?:src|href)="(page\.\w+)"', text):
        status, headers, part = served.ask("GET", "/" + name.decode())
        assert status == 200 and b"SPDX" in part, name
        assert not re.search(rb"https?://", part), name


def check_bad_requests(served):
    for seed in ({}, [], {"box": [1, 2, 3]}, {"box": [1, 2, 0, 4]}, {"box": "x"},
                 {"box": [1, 2, 3, 1e9]}, {"norm": [0, 0, 5, 1]}, {"box": BOX, "pts": -1},
                 {"box": BOX, "pts": 0.5}, {"box": BOX, "point": [1, 2]}, {"box": BOX, "more": 1},
                 {"point": [1, None]}, {"box": BOX, "relative": 1}):
        status, answer = served.post(seed)
        assert status == 400 and answer["error"], (seed, status, answer)
        time.sleep(0.1)
    assert served.post({"box": [5000, 5000, 50, 50]})[0] == 422
    status, _, _ = served.ask("POST", "/targets", "[" * 4000)
    assert status == 400
    for method, path, body, headers, expected in (
            ("POST", "/targets", json.dumps({"box": BOX}), {"Content_Type": "text/plain"}, 415),
            ("POST", "/targets", " " * 5000, {}, 413),
            ("POST", "/targets", iter([b"{}"]), {}, 411),
            ("PUT", "/targets", "{}", {}, 405), ("GET", "/nothing", None, {}, 404),
            ("GET", "/../../etc/passwd", None, {}, 404), ("GET", "/targets/x", None, {}, 404),
            ("POST", "/targets/1", "{}", {}, 405)):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        status, _, text = served.ask(method, path, body, **headers)
        assert status == expected, (method, path, status, text)
        assert json.loads(text)["error"]
    assert served.ask("OPTIONS", "/targets", Origin="http://elsewhere.example")[0] == 403


def check_strangers(served):
    """Pages of others, in the browser of one who may."""
    here = f"http://127.0.0.1:{served.port}"
    for headers in ({"Origin": "http://elsewhere.example"}, {"Origin": "null"},
                    {"Origin": "http://127.0.0.1:1"}, {"Sec_Fetch_Site": "cross-site"}):
        for path in ("/targets", "/snapshot.jpg", "/events", "/video.mjpg"):
            assert served.ask("GET", path, **headers)[0] == 403, (headers, path)
        assert served.post({"box": BOX}, **headers)[0] == 403, headers
    for host in ("elsewhere.example", f"elsewhere.example:{served.port}", "127.0.0.1@elsewhere.example"):
        assert served.ask("GET", "/targets", Host=host)[0] == 421, host
    for host in (f"localhost:{served.port}", f"[::1]:{served.port}", "cam.lan"):
        assert served.ask("GET", "/targets", Host=host)[0] == 200, host
    assert served.ask("GET", "/targets", Origin=here, Sec_Fetch_Site="same-origin")[0] == 200
    assert served.ask("GET", "/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate")[0] == 200
    assert served.get("/targets")["targets"] == []


def check_document(served):
    """Everything that the document lists is there, and nothing else is."""
    text = Path(OPENAPI).read_text()
    listed = re.findall(r"^  (/[\w./{}]*):\n((?:    .*\n|\n)+)", text, re.M)
    assert len(listed) > 12, [path for path, _ in listed]
    for path, part in listed:
        methods = {m.upper() for m in re.findall(r"^    (get|post|delete):", part, re.M)}
        url = path.replace("{id}", "12345")
        for method in {"GET", "POST", "DELETE"} - methods:
            status = served.ask(method, url, "" if method == "POST" else None)[0]
            assert status == 405, (method, path, status)
            time.sleep(0.1)
        for method in methods - {"GET"}:
            assert served.ask(method, url, "" if method == "POST" else None)[0] != 405, path


def check_rates(served):
    statuses = [served.ask("DELETE", "/targets/12345")[0] for _ in range(60)]
    assert 429 in statuses, statuses
    assert served.get("/targets")


def check_token():
    with Served(CLIP, "--loop", "--token", TOKEN) as served:
        status, headers, text = served.ask("GET", "/targets")
        assert status == 401 and headers["WWW-Authenticate"] == "Bearer", status
        status, _, text = served.ask("GET", "/")
        assert status == 401 and b"<form" in text
        assert served.ask("GET", "/targets", Authorization="Bearer wrong")[0] == 401
        assert served.ask("GET", "/targets", Cookie="siamban-session=wrong")[0] == 401
        served.get("/targets", Authorization=f"Bearer {TOKEN}")
        served.get("/readyz")
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert served.ask("POST", "/login", "token=wrong", **form)[0] == 401
        status, headers, _ = served.ask(
            "POST", "/login", urllib.parse.urlencode({"token": TOKEN}), **form)
        assert status == 303 and headers["Location"].endswith("/"), status
        cookie = headers["Set-Cookie"]
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
        served.get("/targets", Cookie=cookie.split(";")[0])
        statuses = [served.ask("GET", "/targets")[0] for _ in range(80)]
        assert 429 in statuses, statuses
        served.get("/targets", Authorization=f"Bearer {TOKEN}")


def refused(*arguments, **more):
    done = subprocess.run([PROGRAM, *arguments], stderr=subprocess.PIPE, text=True, timeout=PATIENCE,
                          env={**os.environ, **more})
    assert done.returncode != 0 and done.stderr.startswith("siamban-serve: "), done
    return done.stderr


def check_refusals():
    assert "--token" in refused(CLIP, "--listen", "0.0.0.0:0")
    assert "16 characters" in refused(CLIP, "--token", "short")
    assert "no such file" in refused("nothing.mp4", "--listen", "127.0.0.1:0")
    assert "nothing.pth" in refused(CLIP, "--listen", "127.0.0.1:0", "--model", "nothing.pth")
    assert "--listen" in refused(CLIP, "--listen", "somewhere")
    assert "--rtsp" in refused(CLIP, "--listen", "127.0.0.1:0", "--rtsp", "0.0.0.0:0")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        assert address in refused(CLIP, "--listen", address)


def check_loss(jpeg):
    camera = Camera(itertools.repeat(jpeg))
    with Served(camera.url, "--history", "4") as served:
        number = served.seed()["id"]
        served.wait(served.is_playing)
        camera.cut()
        served.wait(lambda: served.get("/targets")["source"] == "lost")
        status, _, text = served.ask("GET", "/healthz")
        assert status == 503 and json.loads(text)["source"] == "lost", text
        kept = served.get("/targets")["targets"]
        assert [(t["id"], t["status"]) for t in kept] == [(number, "lost")], kept
        status, answer = served.post({"box": BOX})
        assert status == 503, answer
        camera = Camera(itertools.repeat(jpeg), camera.port)
        served.wait(served.is_playing)
        served.wait(lambda: {t["id"]: t["status"] for t in served.get("/targets")["targets"]}
                    .get(number) == "tracked")
        assert served.get("/healthz")["status"] == "ok"
        assert served.get("/stats")["retries"] >= 1
        camera.cut()


def grey(jpeg):
    """A picture of its size with nothing in it."""
    done = subprocess.run(
        ["gst-launch-1.0", "-q", "fdsrc", "!", "jpegdec", "!", "videobalance", "contrast=0", "saturation=0",
         "!", "jpegenc", "!", "fdsink"], input=jpeg, capture_output=True, check=True)
    return done.stdout


def check_lost_for(jpeg):
    pictures = [jpeg, grey(jpeg)]
    camera = Camera(iter(lambda: pictures[0], None))
    with Served(camera.url, "--interval", "2", "--lost-for", "0.5") as served:
        number = served.seed()["id"]
        served.wait(served.is_playing)
        served.wait(lambda: served.get("/targets")["targets"][0]["status"] == "tracked")
        before = served.get("/stats")
        served.wait(lambda: served.get("/stats")["frames"] > before["frames"] + 20)
        stats = served.get("/stats")
        frames, searches = (stats[key] - before[key] for key in ("frames", "searches"))
        assert frames // 2 - 1 <= searches <= frames // 2 + 1, (frames, searches)
        del pictures[0]
        served.wait(lambda: not served.get("/targets")["targets"])
    camera.cut()
    assert "--interval" in refused(CLIP, "--interval", "-1")
    assert "--lost-for" in refused(CLIP, "--lost-for", "nan")


def check_settings():
    """A file, the environment over it, and the command line over both."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "stream.yaml")

        def refused_with(text, **more):
            Path(path).write_text(text)
            return refused("--config-file", path, **more)

        os.environ["SIAMBAN_SERVE_NAME"] = "of the environment"
        Path(path).write_text(f"source: {CLIP}\nname: of the file\nloop: true\n"
                              "host: [cam.lan, cam.example]\nlisten: 0.0.0.0:0\n")
        try:
            with Served(f"--config-file={path}") as served:
                status, _, text = served.ask("GET", "/targets", Host="cam.example")
                assert status == 200 and json.loads(text)["stream"] == "of the environment", text
        finally:
            del os.environ["SIAMBAN_SERVE_NAME"]
        assert "no source" in refused_with("name: x\n")
        assert "nmae" in refused_with("nmae: x\n")
        assert "twice" in refused_with("name: x\nname: y\n")
        assert "true or false" in refused_with("loop: maybe\n")
        assert "single value" in refused_with("name: [x, y]\n")
        assert "NAME: VALUE" in refused_with("- name\n")
        assert path in refused_with("name: [\n")
        assert "--mode" in refused_with("source: x\n", SIAMBAN_SERVE_MODE="strange")
        assert "threads" in refused_with("source: x\nthreads: many\n")
        assert "no-such-file" in refused("--config-file", "no-such-file.yaml")


class Broker:
    """A mosquitto, which can be killed and started again."""

    def __init__(self, safety="allow_anonymous true\n", folder=None):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.folder = folder or tempfile.TemporaryDirectory()
        self.config = os.path.join(self.folder.name, "mosquitto.conf")
        Path(self.config).write_text(f"listener {self.port} 127.0.0.1\n{safety}"
                                     f"persistence true\npersistence_location {self.folder.name}/\n"
                                     "autosave_on_changes true\nautosave_interval 1\nuser root\n")
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["mosquitto", "-c", self.config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self):
        self.process.kill()
        self.process.wait()


class Subscriber:
    """As much of MQTT 3.1.1 as it takes to read everything and send orders. The
    broker keeps for one that is not new what it misses."""

    def __init__(self, port, name):
        self.socket = None
        end = time.monotonic() + PATIENCE
        while not self.socket:
            try:
                self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
            except ConnectionRefusedError:
                assert time.monotonic() < end
                time.sleep(0.1)
        self.stream = self.socket.makefile("rb")
        self.send(0x10, self.text("MQTT") + b"\x04\x00\x00\x00" + self.text(name))
        self.send(0x82, b"\x00\x01" + self.text("siambantrack/#") + b"\x01")

    @staticmethod
    def text(text):
        data = text.encode()
        return len(data).to_bytes(2, "big") + data

    def send(self, kind, body):
        assert len(body) < 128
        self.socket.sendall(bytes([kind, len(body)]) + body)

    def publish(self, topic, message):
        self.send(0x30, self.text(topic) + message.encode())

    def packet(self):
        kind = self.stream.read(1)[0]
        size = shift = 0
        while True:
            byte = self.stream.read(1)[0]
            size |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return kind, self.stream.read(size)

    def expect(self, name, condition=lambda message: True):
        """The next message of this topic for which the condition holds."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            kind, body = self.packet()
            if kind >> 4 != 3:
                continue
            size = int.from_bytes(body[:2], "big")
            topic, rest = body[2:2 + size].decode(), body[2 + size:]
            if kind & 6:
                self.send(0x40, rest[:2])
                rest = rest[2:]
            message = rest.decode()
            if topic == f"siambantrack/walker/{name}":
                message = json.loads(message) if message.startswith("{") else message
                if condition(message):
                    return message, bool(kind & 1)
        raise AssertionError(f"no {name}")


def check_mqtt():
    if not shutil.which("mosquitto"):
        raise Skip("there is no mosquitto")
    broker = Broker()
    address = f"mqtt://127.0.0.1:{broker.port}"
    if "without libmosquitto" in Path(PROGRAM).read_bytes().decode("latin1"):
        raise Skip("built without libmosquitto")
    reader = Subscriber(broker.port, "reader")
    with Served(CLIP, "--loop", "--name", "walker", "--mqtt", address) as served:
        reader.expect("available", lambda message: message == "online")
        assert reader.expect("state")[0]["state"] == "idle"
        reader.publish("siambantrack/walker/seed/set", json.dumps({"box": BOX}))
        event = reader.expect("events", lambda message: message["type"] == "added")[0]
        sighting = reader.expect("target")[0]
        assert sighting["id"] == event["id"] and abs(sighting["wall_ms"] / 1e3 - time.time()) < 60
        reader.publish("siambantrack/walker/seed/set", "{}")
        assert reader.expect("events", lambda message: message["type"] == "error")
        later = Subscriber(broker.port, "later")
        state, retained = later.expect("state")
        assert retained and state["state"] == "tracked" and state["id"] == event["id"], state

        broker.kill()
        served.wait(lambda: "siamban_mqtt_up 0" in served.ask("GET", "/metrics")[2].decode())
        meanwhile = served.seed()["id"]
        broker.start()
        reader = Subscriber(broker.port, "reader")
        told = reader.expect("events", lambda message: message["type"] == "added")[0]
        assert told["id"] == meanwhile, told
        reader.publish("siambantrack/walker/stop/set", json.dumps({"id": meanwhile}))
        ended = reader.expect("events", lambda message: message["type"] == "ended")[0]
        assert ended["id"] == meanwhile, ended
        reader.publish("siambantrack/walker/stop/set", "{}")
        assert reader.expect("events", lambda message: message["type"] == "ended")[0]["id"] == event["id"]
    assert reader.expect("available", lambda message: message == "offline")
    served = Served(CLIP, "--name", "walker", "--mqtt", address)
    assert reader.expect("available", lambda message: message == "online")
    served.process.kill()
    assert reader.expect("available", lambda message: message == "offline")
    served.process.wait()
    broker.kill()


class Player:
    """Plays an RTSP stream, and keeps what it shows."""

    def __init__(self, url, protocol, folder):
        # Without our plugin, which a sanitizer may be in.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GST_")}
        self.folder = Path(folder)
        self.process = subprocess.Popen(
            ["gst-launch-1.0", "-q", "rtspsrc", f"location={url}", f"protocols={protocol}", "latency=0", "!",
             "rtph264depay", "!", "avdec_h264", "!", "videoconvert", "!", "video/x-raw,format=RGB", "!",
             "multifilesink", f"location={folder}/%05d.rgb", "max-files=3"],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def count(self):
        assert self.process.poll() is None, "the player has ended"
        return max((int(path.stem) for path in self.folder.glob("*.rgb")), default=0)

    def colour_at(self, x, y):
        """On the last picture but one, which is whole."""
        while True:
            try:
                data = sorted(self.folder.glob("*.rgb"))[-1].read_bytes()
            except (FileNotFoundError, IndexError):
                continue
            if len(data) == 768 * 576 * 3:
                return data[(y * 768 + x) * 3:][:3]

    def end(self):
        self.process.kill()
        self.process.wait()


def has_elements(*names):
    return all(subprocess.run(["gst-inspect-1.0", "--exists", name]).returncode == 0 for name in names)


def need_rtsp():
    if "without gst-rtsp-server" in Path(PROGRAM).read_bytes().decode("latin1"):
        raise Skip("built without gst-rtsp-server")
    if not has_elements("avdec_h264", "rtspsrc"):
        raise Skip("GStreamer has no avdec_h264 or rtspsrc")


def is_green(colour):
    red, green, blue = colour
    return green > 130 and red < green - 60 and blue < green - 60


def check_rtsp():
    """Two at once see it as it is; after them nothing is encoded any more."""
    need_rtsp()
    with Served(CLIP, "--loop", "--rtsp", "127.0.0.1:0/door") as served, \
            tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        url = served.wait(lambda: re.search(r"rtsp://127\.0\.0\.1:\d+/door", served.read_log())).group()
        served.seed()
        players = [Player(url, "tcp", one), Player(url, "udp", two)]
        for player in players:
            served.wait(lambda: player.count() > 10)
            x, y, w, h = BOX
            assert not any(is_green(player.colour_at(x + i, y + h // 2)) for i in range(-4, 5))
        assert "siamban_rtsp_viewers 2" in served.ask("GET", "/metrics")[2].decode()
        players[0].end()
        count = players[1].count()
        served.wait(lambda: players[1].count() > count + 10)
        players[1].end()


def check_rtsp_draw():
    need_rtsp()
    with Served(CLIP, "--loop", "--rtsp", "127.0.0.1:0", "--rtsp-draw", "--token", TOKEN) as served, \
            tempfile.TemporaryDirectory() as folder:
        url = served.wait(lambda: re.search(r"rtsp://(127\.0\.0\.1:\d+/live)", served.read_log())).group(1)
        served.wait(lambda: "frame" in served.get("/targets", Authorization=f"Bearer {TOKEN}"))
        assert served.post({"box": BOX}, Authorization=f"Bearer {TOKEN}")[0] == 201
        for stranger in ("", "viewer:wrong@", f"somebody:{TOKEN}@"):
            done = subprocess.run(
                ["gst-launch-1.0", "rtspsrc", f"location=rtsp://{stranger}{url}", "!", "fakesink"],
                text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE,
                env={name: value for name, value in os.environ.items() if not name.startswith("GST_")})
            assert done.returncode and "nauthorized" in done.stdout, done.stdout
        player = Player(f"rtsp://viewer:{TOKEN}@{url}", "tcp", folder)
        served.wait(lambda: player.count() > 5)
        x, y, w, h = BOX
        served.wait(lambda: any(is_green(player.colour_at(x + i, y + h // 2)) for i in range(-6, 7)))
        plain = served.ask("GET", "/snapshot.jpg", Authorization=f"Bearer {TOKEN}")[2]
        assert plain[:2] == b"\xff\xd8"
        player.end()


def make_certificates(folder):
    """An authority's, and one of its for this machine."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=60)

    new = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2")
    openssl(*new, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=authority of the test")
    openssl(*new, "-keyout", "other.key", "-out", "other.pem", "-subj", "/CN=another authority")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=127.0.0.1")
    Path(folder, "names").write_text("subjectAltName=IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", "2", "-extfile", "names", "-out", "cert.pem")


def is_mqtt_up(served):
    return "siamban_mqtt_up 1" in served.ask("GET", "/metrics")[2].decode()


def check_mqtt_safety():
    """TLS by an authority that is known, and a password; else nothing is told."""
    if not all(shutil.which(name) for name in ("mosquitto", "mosquitto_passwd", "openssl")):
        raise Skip("there is no mosquitto, mosquitto_passwd or openssl")
    if "without libmosquitto" in Path(PROGRAM).read_bytes().decode("latin1"):
        raise Skip("built without libmosquitto")
    folder = tempfile.TemporaryDirectory()
    place = folder.name
    make_certificates(place)
    subprocess.run(["mosquitto_passwd", "-c", "-b", f"{place}/words", "door", "a secret"], check=True,
                   capture_output=True, timeout=60)
    broker = Broker(f"certfile {place}/cert.pem\nkeyfile {place}/key.pem\n"
                    f"allow_anonymous false\npassword_file {place}/words\n", folder)
    address = f"mqtts://door@127.0.0.1:{broker.port}"

    def served_with(ca, word):
        return Served(CLIP, "--loop", "--mqtt", address, "--mqtt-ca", f"{place}/{ca}",
                      env={**os.environ, "SIAMBAN_MQTT_PASSWORD": word})

    with served_with("ca.pem", "a secret") as served:
        served.wait(lambda: is_mqtt_up(served))
    with served_with("ca.pem", "a guess") as served:
        served.wait(lambda: "refuses" in served.read_log())
        assert not is_mqtt_up(served)
        served.seed()
    with served_with("other.pem", "a secret") as served:
        served.seed()
        time.sleep(3)
        assert not is_mqtt_up(served)
    broker.kill()


def check_lines():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "lines")
        with Served(CLIP, "--json", path) as served:
            served.wait(lambda: served.get("/targets")["source"] == "ended")
            assert served.ask("GET", "/healthz")[0] == 503
        lines = [json.loads(line) for line in open(path)]
        assert [line["frame"] for line in lines] == list(range(len(lines))) and lines
        assert all(line["version"] == 1 for line in lines)
    reader, writer = os.pipe()
    with Served(CLIP, "--loop", "--json", f"fd:{writer}", pass_fds=[writer]):
        os.close(writer)
        with os.fdopen(reader) as stream:
            assert [json.loads(next(stream))["frame"] for _ in range(5)] == list(range(5))
    assert "fd:77" in refused(CLIP, "--listen", "127.0.0.1:0", "--json", "fd:77")
    assert "fd:x" in refused(CLIP, "--listen", "127.0.0.1:0", "--json", "fd:x")


def check_schema():
    """What schemathesis makes of the document. It cannot know where the frame is,
    nor what an offer must hold: that a valid body may be refused is right."""
    if not shutil.which("schemathesis"):
        raise Skip("there is no schemathesis")
    with Served(CLIP, "--loop") as served, tempfile.TemporaryDirectory() as folder:
        served.seed()
        done = subprocess.run(
            ["schemathesis", "run", OPENAPI, "--url", f"http://127.0.0.1:{served.port}", "--rate-limit", "9/s",
             "--exclude-path", "/events", "--exclude-path", "/video.mjpg", "--exclude-checks",
             "positive_data_acceptance", "--phases", "examples,coverage,fuzzing", "-n", "20", "--seed", "1",
             "--request-timeout", "20"],
            cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=400)
        assert done.returncode == 0, done.stdout
        assert "CRITICAL" not in served.read_log(), served.read_log()


def main():
    picture = []
    shared = ("follows", "past", "events", "pictures", "closed", "loop", "numbers", "page",
              "bad_requests", "strangers", "document", "rates")
    alone = {"settings": check_settings, "token": check_token, "refusals": check_refusals, "lines": check_lines,
             "schema": check_schema, "rtsp": check_rtsp, "rtsp_draw": check_rtsp_draw, "mqtt": check_mqtt,
             "mqtt_safety": check_mqtt_safety, "loss": lambda: check_loss(picture[0]),
             "lost_for": lambda: check_lost_for(picture[0])}
    checks = Checks(len(shared) + len(alone))
    with Served(CLIP, "--loop", "--name", "walker", "--host", "cam.lan") as served:
        for name in shared:
            checks.run(name, lambda: globals()[f"check_{name}"](served))
        picture.append(served.ask("GET", "/snapshot.jpg")[2])
    for name, check in alone.items():
        checks.run(name, check)
    return checks.failed > 0


sys.exit(main())
