#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu
. "$(dirname "$0")/common.sh"

arguments 3 "usage: $0 [URL [X,Y,W,H [PORT]]]
Follows the object in the box of the first picture of the camera at URL
(default: rtsp://127.0.0.1:8554/live), and offers the video with the box drawn
in at rtsp://127.0.0.1:PORT/tracked (default: 8555). Where there is no time to look
for the object in every frame, the box is moved on without; only frames that the
encoder has no time for are left out. A camera that is absent,
ends or is silent for 10 seconds is tried again, after 1 to 30 seconds; the box
is then taken from its first picture again. The stream stays up.
\$ADDRESS is where to listen (0.0.0.0: everywhere), \$RTP_PORT a free UDP port
of this machine (default: any)." "$@"

url=${1:-rtsp://127.0.0.1:8554/live}
box=${2:-270,190,100,100}
port=${3:-8555}

command -v rtsp-serve > /dev/null || {
  echo "There is no rtsp-serve: install libgstrtspserver-1.0-dev and build again." >&2
  exit 1
}

said=$(mktemp)
server= camera=
finish() {
  rm -f "$said"
  kill $camera $server 2> /dev/null || true
}
trap finish EXIT
trap 'exit 1' INT TERM

# The tracker runs whether somebody looks or not; viewers get its RTP packets.
rtsp-serve --address "${ADDRESS:-127.0.0.1}" --port "$port" --path /tracked \
  --rtp-port "${RTP_PORT:-0}" \
  "udpsrc name=rtp
     caps=application/x-rtp,media=video,encoding-name=H264,clock-rate=90000,payload=96 !
   rtph264depay ! rtph264pay name=pay0 pt=96 config-interval=-1" > "$said" &
server=$!
until grep -q '^rtsp:' "$said"; do
  kill -0 "$server" 2> /dev/null || exit 1
  sleep 0.1
done
rtp=$(sed -n 's/^rtp //p' "$said")
grep '^rtsp:' "$said"

pause=1
while kill -0 "$server" 2> /dev/null; do
  start=$(date +%s)
  gst-launch-1.0 rtspsrc name=camera location="$url" latency=100 \
    camera. ! application/x-rtp,media=video ! watchdog timeout=10000 ! decodebin ! \
    queue ! videoconvert ! videoflip video-direction=auto ! videoconvert ! \
    siambantrack box="<$box>" draw=true ! \
    queue leaky=downstream max-size-bytes=0 max-size-time=200000000 ! videoconvert ! video/x-raw,format=I420 ! \
    x264enc tune=zerolatency speed-preset=veryfast bitrate=4000 key-int-max=30 ! \
    rtph264pay config-interval=-1 pt=96 ! udpsink host=127.0.0.1 port="$rtp" &
  camera=$!
  wait "$camera" || true
  camera=
  [ $(($(date +%s) - start)) -lt 30 ] || pause=1
  echo "$url: no pictures any more, trying again in $pause s" >&2
  sleep "$pause"
  pause=$((pause < 16 ? 2 * pause : 30))
done
echo "The server has ended." >&2
exit 1
