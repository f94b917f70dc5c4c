#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the commands of mediamtx.yml and go2rtc.yaml as those programs do, between an RTSP camera and
an RTSP server that takes what is published: what comes there is a picture with the box drawn in."""

import re
import signal
import subprocess
import sys

from support import BUILD, DEPLOY, become, skip, wait

become("gi", "yaml")
import gi  # noqa: E402
import yaml  # noqa: E402

try:
    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, Gst, GstRtspServer
except (ValueError, ImportError) as reason:
    skip(reason)

CAMERA = ("videotestsrc is-live=true pattern=zone-plate kx2=20 ky2=20 ! video/x-raw,width=640,height=480,framerate=15/1 ! "
          "x264enc tune=zerolatency key-int-max=15 ! rtph264pay name=pay0 pt=96")


def commands():
    """Each with what the two programs put into it."""
    paths = yaml.safe_load((DEPLOY / "mediamtx.yml").read_text())["paths"]
    streams = yaml.safe_load((DEPLOY / "go2rtc.yaml").read_text())["streams"]
    assert re.match(next(path for path in paths if path.startswith("~"))[1:], "cam1_tracked").group(1) == "cam1"
    (line, *options) = streams["cam1_tracked"].removeprefix("exec:").split("#")
    assert "killsignal=2" in options
    return [paths["~^(.+)_tracked$"]["runOnDemand"], paths["door"]["runOnReady"], line]


def count_green(sample):
    """Pixels that are as the box of a tracked target."""
    buffer = sample.get_buffer()
    ok, info = buffer.map(Gst.MapFlags.READ)
    assert ok
    data = bytes(info.data)
    buffer.unmap(info)
    return sum(1 for r, g, b in zip(data[::3], data[1::3], data[2::3]) if g > 100 and r < 90 and b < 90)


class Server:
    """Takes what is published at /in."""

    def __init__(self):
        self.green = []
        factory = GstRtspServer.RTSPMediaFactory.new()
        factory.set_transport_mode(GstRtspServer.RTSPTransportMode.RECORD)
        factory.set_launch("( decodebin name=depay0 ! videoconvert ! video/x-raw,format=RGB ! "
                           "appsink name=pictures sync=false emit-signals=true )")
        factory.connect("media-configure", self.configure)
        self.server = GstRtspServer.RTSPServer.new()
        self.server.set_address("127.0.0.1")
        self.server.set_service("0")
        self.server.get_mount_points().add_factory("/in", factory)
        self.server.attach(None)
        self.url = f"rtsp://127.0.0.1:{self.server.get_bound_port()}/in"

    def configure(self, _, media):
        media.get_element().get_by_name("pictures").connect("new-sample", self.take)

    def take(self, sink):
        self.green.append(count_green(sink.emit("pull-sample")))
        return Gst.FlowReturn.OK


def fill_in(line, camera, to):
    line = re.sub(r"rtsp://127\.0\.0\.1:(\$RTSP_PORT|8554)/(\$G1|\$MTX_PATH|cam1)(?= rtsp| \{)", camera, line, count=1)
    line = re.sub(r"rtsp://127\.0\.0\.1:\$RTSP_PORT/(\$MTX_PATH|followed)|\{output\}", to, line)
    line = line.replace("/usr/local/bin/", f"{DEPLOY}/")
    assert camera in line and to in line and "$" not in line and "{" not in line, line
    return line.split()


def main():
    Gst.init(None)
    for name in ("rtspclientsink", "x264enc", "watchdog", "avdec_h264"):
        if not Gst.ElementFactory.find(name):
            skip(f"GStreamer has no {name}")
    server = Server()
    context = GLib.MainContext.default()
    try:
        camera = subprocess.Popen([BUILD / "pipelines/rtsp-serve", "--port", "0", CAMERA], stdout=subprocess.PIPE,
                                  text=True)
    except FileNotFoundError:
        skip("there is no rtsp-serve")
    url = camera.stdout.readline().strip()
    try:
        for line in commands():
            server.green.clear()
            process = subprocess.Popen(fill_in(line, url, server.url))

            def published():
                while context.iteration(False):
                    pass
                assert process.poll() is None, "it has ended"
                return len(server.green) > 20 and max(server.green) > 200

            try:
                wait(published, f"pictures with a box by {line}: {server.green[-5:]}")
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(30)
    finally:
        camera.terminate()
    print("published:", server.green[-5:])
    return 0


sys.exit(main())
