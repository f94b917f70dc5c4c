#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu
. "$(dirname "$0")/common.sh"

arguments 2 "usage: $0 [DEVICE [X,Y,W,H]]
Follows the object in the box of the first picture of the camera DEVICE
(default: /dev/video0), and shows it in a window. Where there is no time to look for it in
every frame, the box is moved on without, so the picture is never late.
\$SOURCE and \$SINK replace the camera and the window by other elements." "$@"

source=${SOURCE:-v4l2src device=${1:-/dev/video0}}
box=${2:-270,190,100,100}
sink=${SINK:-autovideosink}

# shellcheck disable=SC2086
gst-launch-1.0 $source ! decodebin ! queue ! videoconvert ! \
  siambantrack box="<$box>" draw=true ! \
  queue ! videoconvert ! $sink
