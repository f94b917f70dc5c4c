#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The plugin PLUGIN exports what GStreamer looks up, nothing else.
found=$(nm -D --defined-only "$1" | awk '{ print $3 }' | sort | tr '\n' ' ')
echo "$found"
test "$found" = "gst_plugin_siamban_get_desc gst_plugin_siamban_register "
