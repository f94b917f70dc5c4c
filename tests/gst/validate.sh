#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# SCENARIO CLIP: seeks, pauses, new settings and an early end, judged by
# gst-validate, which Debian does not have.
command -v gst-validate-1.0 > /dev/null || { echo "needs gst-validate-1.0, of GStreamer's gst-devtools"; exit 77; }
for element in qtdemux avdec_h264 videoconvert; do
  gst-inspect-1.0 --exists $element || { echo "needs $element"; exit 77; }
done
for more in "" "async=true" "reset-on-flush=true"; do
  # shellcheck disable=SC2086
  gst-validate-1.0 --set-scenario "$1" filesrc location="$2" ! qtdemux ! h264parse ! avdec_h264 ! \
    videoconvert ! siambantrack $more box="<375,422,55,153>" ! fakesink sync=true || exit 1
done
