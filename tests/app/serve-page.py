#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Uses the page of siamban-serve in a headless Chromium; speaks TAP.

With a folder as the last argument, what the browser shows is left there."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import browser
from served import BOX, CLIP, Camera, Checks, Served, Skip, wait

ALBUM = sys.argv[3] if len(sys.argv) > 3 else None
WALKER = [375, 422, 55, 153]  # in the first picture
BEHIND = 60                   # the picture in which something comes between
TOKEN = "a-word-that-only-we-know"


def launch(pipeline):
    """Without our plugin, which a sanitizer may be in."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GST_")}
    done = subprocess.run(["gst-launch-1.0", "-q", *pipeline.split()], text=True, env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    assert done.returncode == 0, done.stdout


class Scene:
    """The walker goes on when told to, and a wall stands before her when told so."""

    def __init__(self):
        with tempfile.TemporaryDirectory() as folder:
            launch(f"filesrc location={CLIP} ! decodebin ! videoconvert ! jpegenc quality=90 ! "
                   f"multifilesink location={folder}/%02d.jpg")
            launch("compositor name=both sink_1::xpos=60 sink_1::ypos=250 ! videoconvert ! jpegenc ! "
                   f"filesink location={folder}/wall.jpg "
                   f"filesrc location={folder}/{BEHIND}.jpg ! jpegdec ! both.sink_0 "
                   "videotestsrc num-buffers=1 pattern=solid-color foreground-color=0xff8a7a68 "
                   "! video/x-raw,width=400,height=326,framerate=0/1 ! both.sink_1")
            self.clear = [Path(folder, f"{i:02d}.jpg").read_bytes() for i in range(BEHIND + 1)]
            self.wall = Path(folder, "wall.jpg").read_bytes()
        self.at = 0
        self.walks = self.hidden = False

    def __iter__(self):
        return self

    def __next__(self):
        if self.walks and self.at < BEHIND:
            self.at += 1
        return self.wall if self.hidden else self.clear[self.at]


class Page:
    """What a person does with it and sees of it."""

    def __init__(self, tab, served):
        self.tab = tab
        self.served = served

    def open(self):
        self.tab.open(f"http://127.0.0.1:{self.served.port}/")
        self.tab.wait("document.getElementById('source').textContent === 'playing'")
        self.tab.wait("document.getElementById('view').width === 768")
        wait(lambda: any(self.pixel(384, 288)))

    def pixel(self, x, y):
        return self.tab.js("[...document.getElementById('view').getContext('2d')"
                           f".getImageData({x}, {y}, 1, 1).data].slice(0, 3)")

    def corners(self, box):
        """Of a box in pixels of the frame, where it is in the window."""
        left, top, width, height = self.tab.js(
            "(() => { const edge = document.getElementById('view').getBoundingClientRect();"
            " return [edge.left, edge.top, edge.width, edge.height]; })()")
        x, y, w, h = box
        return (left + x * width / 768, top + y * height / 576,
                left + (x + w) * width / 768, top + (y + h) * height / 576)

    def middle(self, box):
        x0, y0, x1, y1 = self.corners(box)
        return (x0 + x1) / 2, (y0 + y1) / 2

    def listed(self):
        """The list beside the picture: number, state."""
        return {int(number): text.split(",")[0] for number, text in self.tab.js(
            "[...document.querySelectorAll('#targets li')].map((item) =>"
            " [item.querySelector('b').textContent, item.querySelector('span').textContent])")}

    def wait_listed(self, expected):
        wait(lambda: self.listed() == expected, lambda: f"for {expected}, listed is {self.listed()}")

    def target(self, number):
        return self.served.get(f"/targets/{number}")

    def press(self, label):
        self.tab.click(*self.tab.js(
            "(() => { const edge = [...document.querySelectorAll('button')].find((button) =>"
            f" (button.getAttribute('aria-label') || button.textContent) === {json.dumps(label)})"
            ".getBoundingClientRect(); return [edge.left + edge.width / 2, edge.top + edge.height / 2]; })()"))

    def has_line_at(self, target):
        """Whether there is something of the colour of its line where its box is."""
        colour = self.tab.js(
            f"getComputedStyle(document.querySelector('#targets li[data-id=\"{target['id']}\"] i')).backgroundColor")
        wanted = [int(part) for part in colour.strip("rgb()").split(",")]
        y = int(target["y"] + target["h"] / 2)
        return any(max(abs(a - b) for a, b in zip(self.pixel(x, y + dy), wanted)) < 12
                   for x in range(max(int(target["x"]) - 4, 0), int(target["x"]) + 5) for dy in (0, 6))

    def keep(self, name):
        if ALBUM:
            os.makedirs(ALBUM, exist_ok=True)
            self.tab.picture(f"{ALBUM}/{name}.png")


def middle_of(target):
    return target["x"] + target["w"] / 2, target["y"] + target["h"] / 2


def check_follows(page, scene):
    """The way of a target: drawn, followed, lost, found with the same number."""
    page.open()
    page.keep("empty")
    page.tab.drag(*page.corners(WALKER), between=lambda: page.keep("drag"))
    page.wait_listed({1: "tracked"})
    x, y, w, h = WALKER
    learnt = page.target(1)
    assert abs(middle_of(learnt)[0] - (x + w / 2)) < 8 and abs(middle_of(learnt)[1] - (y + h / 2)) < 8, learnt
    wait(lambda: page.has_line_at(page.target(1)))
    scene.walks = True
    wait(lambda: scene.at == BEHIND)
    wait(lambda: middle_of(page.target(1))[0] < 300, lambda: f"for her to walk: {page.target(1)}")
    page.wait_listed({1: "tracked"})
    wait(lambda: page.has_line_at(page.target(1)))
    page.keep("followed")
    before = page.target(1)
    scene.hidden = True
    page.wait_listed({1: "lost"})
    page.tab.wait("document.getElementById('notice').textContent.includes('1 is lost')")
    page.keep("lost")
    scene.hidden = False
    page.wait_listed({1: "tracked"})
    page.tab.wait("document.getElementById('notice').textContent.includes('found')")
    found = page.target(1)
    assert all(abs(a - b) < 25 for a, b in zip(middle_of(before), middle_of(found))), (before, found)
    page.keep("found")


def check_way(page):
    """Over WebRTC, if both sides have it; and the older way, which is always there."""
    status, _, _ = page.served.ask("POST", "/webrtc", json.dumps({"sdp": "nothing"}))
    if status == 501:
        raise Skip("siamban-serve is without WebRTC")
    if not page.tab.js("RTCRtpReceiver.getCapabilities('video').codecs.some(({mimeType}) => mimeType === 'video/H264')"):
        raise Skip("the browser has no H.264")
    page.tab.wait("shown.rtp !== undefined && frames.has(ptsShown())")
    page.tab.js("location.hash = 'mjpeg'; location.reload(); 0")
    page.tab.wait("typeof shown !== 'undefined' && shown && shown.pts !== undefined")
    page.tab.js("location.hash = ''; 0")
    page.open()
    wait(lambda: page.tab.js("shown.rtp !== undefined"))
    wait(lambda: "siamban_viewers 2" in page.served.ask("GET", "/metrics")[2].decode())


def check_hands(page):
    """Picking, pausing and removing, by mouse and keys."""
    page.tab.drag(*page.corners(BOX))
    page.wait_listed({1: "tracked", 2: "tracked"})
    picked = "document.querySelector('#targets li[aria-current=\"true\"] b')?.textContent"
    page.tab.wait(f"{picked} === '2'")
    x, y, w, h = (page.target(1)[side] for side in "xywh")
    page.tab.click(*page.middle((x, y, w, h)))
    page.tab.wait(f"{picked} === '1'")
    page.keep("two")
    page.tab.key("Escape")
    page.tab.wait(f"{picked} === undefined")
    page.press("Remove target 2")
    page.wait_listed({1: "tracked"})
    page.tab.click(*page.middle((x, y, w, h)))
    page.tab.wait(f"{picked} === '1'")
    page.tab.key("Delete")
    page.wait_listed({})


def check_held(page):
    """What is drawn on a picture that is held counts for that picture."""
    page.press("Pause")
    shown = page.tab.js("ptsShown()")
    wait(lambda: page.served.get("/targets")["pts"] > shown + 5e8)
    assert page.tab.js("ptsShown()") == shown
    page.tab.js("window.told = new Promise((done) => new EventSource('events')"
                ".addEventListener('target', (event) => done(JSON.parse(event.data)))); 0")
    page.tab.drag(*page.corners(BOX))
    told = page.tab.js("window.told")
    assert told["type"] == "added" and told["learnt_pts"] == shown and told["pts"] > shown, (shown, told)
    page.press("Go on")
    wait(lambda: page.tab.js("ptsShown()") > shown)
    page.wait_listed({told["id"]: "tracked"})
    page.press("Remove all")
    page.wait_listed({})


def check_touch(page):
    """A phone, held upright."""
    page.tab.resize(390, 780, 2, True)
    page.open()
    assert page.tab.js("document.documentElement.scrollWidth") <= 390
    page.keep("phone-empty")
    page.tab.touch_drag(*page.corners(BOX))
    wait(lambda: list(page.listed().values()) == ["tracked"], lambda: f"listed is {page.listed()}")
    number = next(iter(page.listed()))
    page.tab.js("window.scrollTo(0, 0)")
    page.tab.tap(*page.middle(BOX))
    page.tab.wait(f"document.querySelector('#targets li[aria-current=\"true\"] b')?.textContent === '{number}'")
    assert page.tab.js("window.scrollY") == 0
    page.keep("phone")
    page.press("Remove all")
    page.wait_listed({})
    page.tab.resize(1280, 800)


def check_loss(page, camera):
    """A camera that goes away: the page says so, and goes on when it is back."""
    page.open()
    page.tab.drag(*page.corners(BOX))
    wait(lambda: list(page.listed().values()) == ["tracked"], lambda: f"listed is {page.listed()}")
    number = next(iter(page.listed()))
    camera.cut()
    page.wait_listed({number: "lost"})
    page.tab.wait("document.getElementById('source').dataset.state === 'lost'")
    page.tab.wait("document.getElementById('notice').textContent.includes('Trying again')")
    page.keep("no-picture")
    Camera(camera.pictures, camera.port)
    page.wait_listed({number: "tracked"})
    page.tab.wait("document.getElementById('notice').hidden")


def check_login(tab):
    with Served(CLIP, "--loop", "--token", TOKEN) as served:
        tab.open(f"http://127.0.0.1:{served.port}/")
        page = Page(tab, served)
        page.keep("login")
        tab.faults.clear()  # it was told 401
        tab.js(f"document.getElementById('token').value = '{TOKEN}'; 0")
        page.press("Open")
        tab.wait("document.getElementById('source')?.textContent === 'playing'")
        wait(lambda: any(page.pixel(384, 288)))
        tab.drag(*page.corners(BOX))
        page.wait_listed({1: "tracked"})
        tab.open("about:blank")


def check_faults(tab):
    """Nothing that the page says to the developer, and nothing from elsewhere."""
    assert not tab.faults, tab.faults


def run(checks):
    scene = Scene()
    camera = Camera(scene)
    with browser.Browser() as tab:
        tab.resize(1280, 800)
        with Served(camera.url, "--name", "gate") as served:
            page = Page(tab, served)
            checks.run("follows", lambda: check_follows(page, scene))
            checks.run("way", lambda: check_way(page))
            checks.run("hands", lambda: check_hands(page))
            checks.run("held", lambda: check_held(page))
            checks.run("touch", lambda: check_touch(page))
            checks.run("faults", lambda: check_faults(tab))
            checks.run("loss", lambda: check_loss(page, camera))
            tab.open("about:blank")
        tab.faults.clear()
        checks.run("login", lambda: check_login(tab))
        checks.run("faults after", lambda: check_faults(tab))


def main():
    if not browser.find():
        print("1..0 # SKIP there is no chromium")
        return False
    checks = Checks(9)
    run(checks)
    return checks.failed > 0


sys.exit(main())
