# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares what GstSiamban says of a clip's targets with the structures themselves."""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSiamban", "1.0")
from gi.repository import Gst, GstSiamban

SAME = ("id", "label", "x", "y", "score", "peak", "confidence", "predicted", "age", "unseen", "late")
OTHER = {"width": "w", "height": "h", "first_seen": "first-seen", "last_seen": "last-seen",
         "search_x": "search-x", "search_y": "search-y", "search_width": "search-w", "search_height": "search-h"}
NAMES = {**{name: name for name in SAME}, **OTHER}

Gst.init(None)
pipeline = Gst.parse_launch(
    "filesrc name=file ! decodebin ! videoconvert ! "
    "siambantrack label=walker inference-interval=2 boxes=<<375,422,55,153>,<458,335,70,150>> ! "
    "appsink name=frames sync=false max-buffers=4")
pipeline.get_by_name("file").set_property("location", sys.argv[1])
pipeline.set_state(Gst.State.PLAYING)
count = 0
assert len(GstSiamban.buffer_get_targets(Gst.Buffer.new())) == 0
while sample := pipeline.get_by_name("frames").emit("pull-sample"):
    buffer = sample.get_buffer()
    tracks = buffer.get_custom_meta("GstSiambanTrackMeta").get_structure().get_array("tracks")[1]
    targets = GstSiamban.buffer_get_targets(buffer)
    assert len(targets) == tracks.n_values
    for i, target in enumerate(targets):
        track = tracks.get_nth(i)
        assert target.status.value_nick == track.get_value("status"), target.status
        for field, name in NAMES.items():
            value = track.get_value(name) if track.has_field(name) else 0
            assert getattr(target, field) == value, (field, getattr(target, field), value)
        count += 1
pipeline.set_state(Gst.State.NULL)
print(count)
