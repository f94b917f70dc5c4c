#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu
. "$(dirname "$0")/common.sh"

arguments 3 "usage: $0 [IN [X,Y,W,H [OUT.mp4]]]
Follows the object in the box of IN's first frame, and writes OUT.mp4 with the
box drawn in. Without arguments: the walker of the demo clip, into tracked.mp4." "$@"

in=${1:-$root/data/demo/walker.mp4}
box=${2:-375,422,55,153}
out=${3:-tracked.mp4}

gst-launch-1.0 -e filesrc location="$in" ! decodebin ! \
  videoconvert ! videoflip video-direction=auto ! videoconvert ! \
  siambantrack box="<$box>" draw=true ! \
  queue ! videoconvert ! x264enc pass=qual quantizer=23 speed-preset=veryfast bframes=0 ! \
  mp4mux ! filesink location="$out"
