#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu

usage="usage: $0 URL TO [X,Y,W,H]
Follows the object in the box in the pictures of the RTSP stream URL, and publishes
the video with the box drawn in to the RTSP server at TO: what MediaMTX and go2rtc
run. Without a box nothing is followed. Ends when one of the two does, or
by SIGINT or SIGTERM; who started it starts it again.
\$SIAMBAN_MODEL is a model's path or name (default: builtin)."

case ${1-} in
  -h | --help) printf '%s\n' "$usage"; exit 0 ;;
esac
if [ $# -lt 2 ] || [ $# -gt 3 ]; then
  printf '%s\n' "$usage" >&2
  exit 2
fi
for name in rtspclientsink x264enc; do
  gst-inspect-1.0 --exists "$name" || {
    echo "$0: there is no $name: install gstreamer1.0-rtsp and gstreamer1.0-plugins-ugly" >&2
    exit 1
  }
done

exec gst-launch-1.0 rtspsrc name=camera location="$1" latency=100 drop-on-latency=true \
  camera. ! application/x-rtp,media=video ! watchdog timeout=10000 ! decodebin ! \
  queue leaky=downstream max-size-buffers=1 ! videoconvert ! \
  siambantrack ${SIAMBAN_MODEL:+model="$SIAMBAN_MODEL"} ${3:+box="<$3>"} draw=true ! \
  queue ! videoconvert ! video/x-raw,format=I420 ! \
  x264enc tune=zerolatency speed-preset=veryfast bitrate=4000 key-int-max=50 ! h264parse ! \
  rtspclientsink location="$2" protocols=tcp
