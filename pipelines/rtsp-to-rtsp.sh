#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu
. "$(dirname "$0")/common.sh"

arguments 3 "usage: $0 [URL [X,Y,W,H [PORT]]]
Follows the object in the box of the first picture of the camera at URL
(default: rtsp://127.0.0.1:8554/live), and offers the video with the box drawn
in at rtsp://127.0.0.1:PORT/tracked (default: 8555). Frames that the tracker has
no time for are left out, so the picture is never late.
\$ADDRESS is where to listen (0.0.0.0: everywhere), \$RTP_PORT a free UDP port
of this machine (default: 5004)." "$@"

url=${1:-rtsp://127.0.0.1:8554/live}
box=${2:-270,190,100,100}
port=${3:-8555}
rtp=${RTP_PORT:-5004}

command -v rtsp-serve > /dev/null || {
  echo "There is no rtsp-serve: install libgstrtspserver-1.0-dev and build again." >&2
  exit 1
}

# The tracker runs whether somebody looks or not; viewers get its RTP packets.
rtsp-serve --address "${ADDRESS:-127.0.0.1}" --port "$port" --path /tracked \
  "udpsrc address=127.0.0.1 port=$rtp
     caps=application/x-rtp,media=video,encoding-name=H264,clock-rate=90000,payload=96 !
   rtph264depay ! rtph264pay name=pay0 pt=96 config-interval=-1" &
server=$!
trap 'kill $server 2> /dev/null || true' EXIT
trap 'exit 1' INT TERM

gst-launch-1.0 rtspsrc name=camera location="$url" latency=100 drop-on-latency=true \
  camera. ! application/x-rtp,media=video ! decodebin ! \
  queue leaky=downstream max-size-buffers=1 ! videoconvert ! \
  siambantrack box="<$box>" draw=true ! \
  queue ! videoconvert ! video/x-raw,format=I420 ! \
  x264enc tune=zerolatency speed-preset=veryfast bitrate=4000 key-int-max=30 ! \
  rtph264pay config-interval=-1 pt=96 ! udpsink host=127.0.0.1 port="$rtp"
