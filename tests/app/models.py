#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fetches models from a server of its own, which is not always kind; speaks TAP."""

import fcntl
import hashlib
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

PROGRAM, INSPECT, TRACK, SOURCE = map(os.path.abspath, sys.argv[1:])
MODELS = Path(SOURCE, "data/models")
CLIP = Path(SOURCE, "data/demo/walker.mp4")
SHARED = Path(os.environ["SIAMBAN_SHARED"], "models/nanotrack")
CONTENT = bytes(i * i % 251 for i in range(300000))


class Skip(Exception):
    pass


class Handler(http.server.BaseHTTPRequestHandler):
    """/KIND/FILE sends FILE of the server's files, in the way of KIND."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        _, kind, name = self.path.split("/")
        self.close_connection = True
        self.server.asked.append((kind, name, self.headers.get("Range")))
        getattr(self, f"send_{kind}")(self.server.files[name])

    def start(self):
        text = self.headers.get("Range")
        assert text is None or text.startswith("bytes=") and text.endswith("-"), text
        return int(text[6:-1]) if text else 0

    def head(self, status, **headers):
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), str(value))
        self.end_headers()

    def send_part(self, content, most):
        start = self.start()
        if start:
            self.head(206, Content_Length=len(content) - start,
                      Content_Range=f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            self.head(200, Content_Length=len(content))
        self.wfile.write(content[start:start + most])

    def send_good(self, content):
        self.send_part(content, len(content))

    def send_cut(self, content):
        self.send_part(content, len(content) // 3)

    def send_drip(self, content):
        self.send_part(content, 1000)

    def send_stuck(self, content):
        self.send_part(content, 0)

    def send_whole(self, content):
        self.head(200, Content_Length=len(content))
        self.wfile.write(content)

    def send_wrong(self, content):
        self.send_part(bytes(len(content)), len(content))

    def send_other_length(self, content):
        self.head(200, Content_Length=9)
        self.wfile.write(b"<html></>")

    def send_endless(self, content):
        self.head(200)
        try:
            while True:
                self.wfile.write(content)
        except OSError:
            pass

    def send_other_part(self, content):
        if not self.start():
            self.send_cut(content)
            return
        self.head(206, Content_Length=10, Content_Range=f"bytes 0-9/{len(content)}")
        self.wfile.write(content[:10])

    def send_none(self, content):
        self.head(404, Content_Length=0)

    def send_hop(self, content):
        self.head(302, Content_Length=0, Location=self.path.replace("hop", "good"))

    def send_circle(self, content):
        self.head(302, Content_Length=0, Location=self.path)

    def send_file(self, content):
        self.head(302, Content_Length=0, Location=f"file://{MODELS}/builtin.yaml")

    def send_secure(self, content):
        self.head(301, Content_Length=0, Location=f"https://{self.headers['Host']}/good/a.pth")

    def send_nowhere(self, content):
        self.head(302, Content_Length=0)


class Server(http.server.ThreadingHTTPServer):
    def __init__(self, **files):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = files
        self.asked = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def address(self, kind, name):
        return f"http://127.0.0.1:{self.server_port}/{kind}/{name}"


class Place:
    """A server, a manifest, and a folder for models."""

    def __init__(self, **files):
        self.server = Server(**files)
        self.folder = Path(tempfile.mkdtemp(prefix="siamban-models-", dir=ROOT))
        self.models = self.folder / "models"
        self.env = {key: value for key, value in os.environ.items()
                    if key.lower() not in ("http_proxy", "https_proxy", "all_proxy")}
        self.env["SIAMBAN_MODELS_DIR"] = str(self.models)

    def entry(self, kind, name, suffix):
        content = self.server.files[name]
        return {"suffix": suffix, "size": len(content), "address": self.server.address(kind, name),
                "sha256": hashlib.sha256(content).hexdigest()}

    def publish(self, kind, **changes):
        """As the model "a", one file of CONTENT."""
        self.write({"version": 1, "models": [
            {"name": "a", "about": "A", "licence": "L", "by": "B", "home": "H",
             "files": [{**self.entry(kind, "a", ".pth"), **changes}]}]})

    def write(self, manifest):
        (self.folder / "manifest.json").write_text(json.dumps(manifest))

    def run(self, *arguments, program=PROGRAM):
        if program == PROGRAM:
            arguments = ("--manifest", str(self.folder / "manifest.json"), *arguments)
        done = subprocess.run([program, *arguments], env=self.env, capture_output=True, text=True,
                              timeout=120, cwd=self.folder)
        return done.returncode, done.stdout, done.stderr

    def refused(self, *words, name="a"):
        status, _, said = self.run("get", name)
        assert status == 1, (status, said)
        for word in words:
            assert word in said, (word, said)
        assert not (self.models / "a.pth").exists()
        return said

    def fetched(self):
        status, said, errors = self.run("get", "a")
        assert status == 0, errors
        assert (self.models / "a.pth").read_bytes() == CONTENT
        assert os.listdir(self.models) == ["a.pth"]
        return said

    def part(self):
        part = self.models / "a.pth.part"
        return part.read_bytes() if part.exists() else None


def check_get():
    place = Place(a=CONTENT)
    place.publish("good")
    status, said, _ = place.run("list")
    assert status == 0 and "a  " in said and "not fetched" in said and "builtin.safetensors" in said, said
    said = place.fetched()
    assert "L, by B, H" in said, said
    assert (place.models / "a.pth").stat().st_mode & 0o777 & ~0o644 == 0
    assert place.run("path", "a")[1] == f"{place.models}/a.pth\n"
    assert f"{place.models}/a.pth" in place.run("list")[1]
    assert "is right" in place.fetched()
    assert place.server.asked == [("good", "a", None)], place.server.asked


def check_resume():
    place = Place(a=CONTENT)
    place.publish("good")
    place.models.mkdir()
    (place.models / "a.pth.part").write_bytes(CONTENT[:1234])
    place.fetched()
    assert place.server.asked == [("good", "a", "bytes=1234-")], place.server.asked


def check_whole_part():
    """Killed between the last byte and the new name."""
    place = Place(a=CONTENT)
    place.publish("good")
    place.models.mkdir()
    (place.models / "a.pth.part").write_bytes(CONTENT)
    place.fetched()
    assert place.server.asked == [], place.server.asked


def check_no_range():
    place = Place(a=CONTENT)
    place.publish("whole")
    place.models.mkdir()
    (place.models / "a.pth.part").write_bytes(b"something else")
    place.fetched()


def check_long_part():
    place = Place(a=CONTENT)
    place.publish("good")
    place.models.mkdir()
    (place.models / "a.pth.part").write_bytes(CONTENT + b"!")
    place.fetched()


def check_cut():
    """A connection that breaks off is gone on with, in the same call."""
    place = Place(a=CONTENT)
    place.publish("cut")
    place.fetched()
    assert [asked[2] for asked in place.server.asked] == [None, "bytes=100000-", "bytes=200000-"]


def check_drip():
    place = Place(a=CONTENT)
    place.publish("drip")
    place.refused("breaks off", "6000 of 300000 bytes")
    assert place.part() == CONTENT[:6000]
    place.publish("good")
    place.fetched()


def check_stuck():
    place = Place(a=CONTENT)
    place.publish("stuck")
    place.refused(place.server.address("stuck", "a"))
    assert place.part() is None
    assert len(place.server.asked) == 1


def check_wrong():
    place = Place(a=CONTENT)
    place.publish("wrong")
    zeros = hashlib.sha256(bytes(len(CONTENT))).hexdigest()
    place.refused("not the published file", zeros, hashlib.sha256(CONTENT).hexdigest())
    assert place.part() is None
    place.publish("good")
    place.fetched()


def check_wrong_part():
    """What was there is found out at the end, and forgotten."""
    place = Place(a=CONTENT)
    place.publish("good")
    place.models.mkdir()
    (place.models / "a.pth.part").write_bytes(b"x" * 1000)
    place.refused("not the published file")
    place.fetched()


def check_sizes():
    place = Place(a=CONTENT)
    place.publish("other_length")
    place.refused("9 bytes, expected 300000")
    place.publish("endless")
    place.refused("more came than the 300000 bytes")
    assert place.part() is None


def check_other_part():
    place = Place(a=CONTENT)
    place.publish("other_part")
    place.refused("another part")
    assert place.part() == CONTENT[:100000]


def check_redirects():
    place = Place(a=CONTENT)
    for kind, word in (("file", "from http to file"), ("secure", "from http to https"),
                       ("circle", "more than 5 times"), ("nowhere", "not where")):
        place.publish(kind)
        place.refused(word)
    place.publish("hop")
    place.fetched()


def check_offline():
    """Says where to put files, and takes and checks those."""
    place = Place(a=CONTENT)
    place.publish("good", address="http://127.0.0.1:1/a")
    place.refused("http://127.0.0.1:1/a", f"{place.models}/a.pth\n", "siamban-models get a")
    (place.models / "a.pth").write_bytes(CONTENT)
    assert "is right" in place.fetched()
    (place.models / "a.pth").write_bytes(b"mine")
    status, _, said = place.run("get", "a")
    assert status == 1 and "is another file" in said and "move it away" in said, said
    assert (place.models / "a.pth").read_bytes() == b"mine"
    place.publish("none")
    (place.models / "a.pth").unlink()
    place.refused("404", f"{place.models}/a.pth\n")


def check_busy():
    place = Place(a=CONTENT)
    place.publish("good")
    place.models.mkdir()
    with open(place.models / "a.pth.part", "wb") as part:
        fcntl.flock(part, fcntl.LOCK_EX)
        place.refused("another process")


def check_obstacles():
    place = Place(a=CONTENT)
    place.publish("good")
    place.models.mkdir()
    outside = place.folder / "outside"
    outside.write_bytes(b"kept")
    (place.models / "a.pth.part").symlink_to(outside)
    place.refused("a.pth.part")
    assert outside.read_bytes() == b"kept"
    (place.models / "a.pth.part").unlink()
    os.mkfifo(place.models / "a.pth.part")
    place.refused("expected a regular file")


def check_manifests():
    place = Place(a=CONTENT)
    for changes, word in (({"size": 0}, "files[0]: size: "), ({"size": 1 << 40}, "size: "), ({"size": "9"}, "size: "),
                          ({"sha256": "A" * 64}, "sha256: "), ({"sha256": None}, "sha256: "),
                          ({"address": "file:///etc/passwd"}, "address: "), ({"address": "https:///a"}, "address: "),
                          ({"suffix": "/../a"}, "suffix: "), ({"suffix": ""}, "suffix: ")):
        place.publish("good", **changes)
        place.refused("manifest.json: models[0]: files[0]", word)
    model = {"name": "a", "about": "A", "licence": "L", "by": "B", "home": "H", "files": []}
    for manifest, word in (([], "JSON object"), ({}, "version: "), ({"version": 2, "models": [model]}, "version: "),
                           ({"version": 1}, "models: "), ({"version": 1, "models": [1]}, "models: "),
                           ({"version": 1, "models": [model]}, "files: "),
                           ({"version": 1, "models": [{**model, "name": "../a"}]}, "name: "),
                           ({"version": 1, "models": [{**model, "by": "\x1b[1m"}]}, "by: ")):
        place.write(manifest)
        place.refused("manifest.json: ", word)
    (place.folder / "manifest.json").write_text("{")
    place.refused("manifest.json: ")


def check_usage():
    place = Place(a=CONTENT)
    place.publish("good")
    for arguments in ((), ("fetch",), ("get",), ("path",), ("list", "a"), ("--none",)):
        status, _, said = place.run(*arguments)
        assert status == 2 and said.startswith("siamban-models: "), (arguments, status, said)
    place.refused("b: no model that can be fetched, expected one of a", name="b")
    for name in ("a", "../a", "/a"):
        status, said, errors = place.run("path", name)
        assert status == 1 and not said and "siamban-models: " in errors, (name, said, errors)


def check_by_name():
    """What was fetched is used by its name, with its config."""
    files = {"weights": (MODELS / "builtin.safetensors").read_bytes(),
             "constants": (MODELS / "builtin.yaml").read_bytes()}
    place = Place(**files)
    place.write({"version": 1, "models": [
        {"name": "walker-model", "about": "A", "licence": "L", "by": "B", "home": "H",
         "files": [place.entry("good", "weights", ".safetensors"), place.entry("good", "constants", ".yaml")]}]})
    options = (str(CLIP), "--box", "375,422,55,153", "--json", "-", "--model")
    status, _, said = place.run(*options, "walker-model", program=TRACK)
    assert status == 1 and "siamban-models get" in said, said
    assert place.run("get", "walker-model")[0] == 0
    status, named, said = place.run(*options, "walker-model", program=TRACK)
    assert status == 0, said
    assert named and named == place.run(*options, "builtin", program=TRACK)[1]
    status, said, _ = place.run("walker-model", program=INSPECT)
    assert status == 0 and "walker-model.safetensors" in said and "walker-model.yaml" in said, said


def check_published():
    """The published files are those of the manifest that is installed."""
    if not SHARED.is_dir():
        raise Skip(f"there is no {SHARED}")
    manifest = json.loads((MODELS / "manifest.json").read_text())
    names = [Path(file["address"]).name for model in manifest["models"] for file in model["files"]]
    place = Place(**{name: (SHARED / name).read_bytes() for name in names})
    for model in manifest["models"]:
        for file in model["files"]:
            file["address"] = place.server.address("good", Path(file["address"]).name)
    place.write(manifest)
    for model in manifest["models"]:
        status, _, said = place.run("get", model["name"])
        assert status == 0, said
        status, said, _ = place.run(model["name"], program=INSPECT)
        assert status == 0 and model["name"] in said, said


def main():
    checks = [name for name in globals() if name.startswith("check_")]
    failed = 0
    print(f"1..{len(checks)}")
    for number, name in enumerate(checks, 1):
        title = name[len("check_"):].replace("_", "-")
        try:
            globals()[name]()
            print(f"ok {number} - {title}", flush=True)
        except Skip as reason:
            print(f"ok {number} - {title} # SKIP {reason}", flush=True)
        except (AssertionError, OSError, ValueError) as error:
            failed += 1
            print(f"# {type(error).__name__}: {error}".replace("\n", "\n# "))
            print(f"not ok {number} - {title}", flush=True)
    return failed > 0


with tempfile.TemporaryDirectory() as ROOT:
    code = main()
sys.exit(code)
