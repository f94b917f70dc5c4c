#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the element costs beside the core, and what it does under load.

Run in the shell of `meson devenv -C build`, with a Python that has gi:
element.py [formats] [targets] [load], all of them by default."""

import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst

FORMATS = ("BGR RGB BGRx RGBx xBGR xRGB GRAY8 NV12 NV21 I420 YV12 YUY2 UYVY I420_10LE "
           "P010_10LE").split()


def boxes(n):
    return ",".join(f"<{30 + 110 * (i % 10)},{30 + 90 * (i // 10)},60,60>" for i in range(n))


def times(buffer, clock_element):
    now = clock_element.get_clock().get_time() - clock_element.get_base_time()
    return (now - buffer.pts) / 1e6


def play(line):
    """Returns the element's statistics at the end, and how late, in ms, each buffer left it and
    reached the recorder."""
    pipeline = Gst.parse_launch(line)
    track, recorder = pipeline.get_by_name("track"), pipeline.get_by_name("recorder")
    stats, left, recorded = {}, [], []

    def at_end(pad, info):
        if info.get_event().type == Gst.EventType.EOS:
            s = track.get_property("stats")
            names = [s.nth_field_name(i) for i in range(s.n_fields())]
            stats.update({name: s.get_value(name) for name in names})
        return Gst.PadProbeReturn.OK

    def watch(pad, late):
        def on_buffer(pad, info):
            late.append(times(info.get_buffer(), track))
            return Gst.PadProbeReturn.OK
        pad.add_probe(Gst.PadProbeType.BUFFER, on_buffer)

    track.get_static_pad("src").add_probe(Gst.PadProbeType.EVENT_DOWNSTREAM, at_end)
    if recorder:
        watch(track.get_static_pad("src"), left)
        watch(recorder.get_static_pad("sink"), recorded)
    pipeline.set_state(Gst.State.PLAYING)
    bus = pipeline.get_bus()
    while True:
        message = bus.timed_pop(Gst.CLOCK_TIME_NONE)
        if message.type == Gst.MessageType.LATENCY:
            pipeline.recalculate_latency()
        if message.type == Gst.MessageType.ERROR:
            sys.exit(str(message.parse_error()))
        if message.type == Gst.MessageType.EOS:
            break
    pipeline.set_state(Gst.State.NULL)
    return stats, sorted(left), sorted(recorded)


def formats():
    print("1080p, one target: ms a frame beside the core, median and 95 %")
    for name in FORMATS:
        stats, _, _ = play(
            f"videotestsrc num-buffers=40 ! video/x-raw,width=1920,height=1080,format={name} ! "
            f"siambantrack name=track threads=1 boxes=<{boxes(1)}> ! fakesink")
        print(f"{name:10} {stats['around-p50-ms']:.3f} {stats['around-p95-ms']:.3f}")


def targets():
    print("1080p NV12: targets; ms a frame in the core, and beside it")
    for n in (1, 2, 4, 8, 16, 32, 64):
        stats, _, _ = play(
            "videotestsrc num-buffers=30 ! video/x-raw,width=1920,height=1080,format=NV12 ! "
            f"siambantrack name=track threads=1 boxes=<{boxes(n)}> ! fakesink")
        print(f"{n:3} {stats['follow-p50-ms']:8.2f} {stats['around-p50-ms']:.3f}")


def load():
    print("720p at 25 frames/s beside a recorder, frames of 200")
    for n, more in ((1, ""), (8, ""), (20, ""), (20, "async=true"), (20, "max-latency=0")):
        stats, left, recorded = play(
            "videotestsrc is-live=true num-buffers=200 ! "
            "video/x-raw,format=I420,width=1280,height=720,framerate=25/1 ! tee name=tee ! "
            f"queue max-size-bytes=0 ! siambantrack name=track threads=1 boxes=<{boxes(n)}> {more} ! "
            "queue ! fakesink sync=true tee. ! queue max-size-bytes=0 ! fakesink name=recorder")
        print(f"{n:3} targets {more:13} passed {stats['frames']} recorded {len(recorded)} looked at "
              f"{stats['frames'] - stats['skipped-frames']:3}; core {stats['follow-p50-ms']:5.1f} ms; "
              f"latency told {stats['latency-ms']:5.1f} ms, late by {left[100]:5.1f} "
              f"(95 %: {left[190]:5.1f}), recorder by {recorded[190]:5.1f} ms", flush=True)


Gst.init(None)
for part in sys.argv[1:] or ("formats", "targets", "load"):
    {"formats": formats, "targets": targets, "load": load}[part]()
