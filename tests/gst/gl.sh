#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Frames in GLMemory: mapped by the element itself, and downloaded before it.
for element in gltestsrc gldownload; do
  gst-inspect-1.0 --exists $element || { echo "needs $element"; exit 77; }
done
command -v Xvfb > /dev/null || { echo "needs Xvfb"; exit 77; }
folder=$(mktemp -d)
cleanup() {
  kill "$screen" 2> /dev/null
  rm -rf "$folder"
}
trap cleanup EXIT

mkfifo "$folder/display"
Xvfb -displayfd 3 -screen 0 640x480x24 3> "$folder/display" 2> /dev/null &
screen=$!
read -r number < "$folder/display"
export DISPLAY=":$number"
gst-launch-1.0 gltestsrc num-buffers=2 ! fakesink || { echo "needs GL without a card"; exit 77; }
for way in "" "gldownload ! "; do
  # shellcheck disable=SC2086
  gst-launch-1.0 -m gltestsrc num-buffers=8 ! ${way}siambantrack name=track \
    box="<100,80,60,60>" post-frames=true ! fakesink > "$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
  grep -q 'event=(string)added' "$folder/log" &&
    test "$(grep -c 'siambantrack-frame' "$folder/log")" = 8 &&
    ! grep -q WARNING "$folder/log" || { cat "$folder/log"; exit 1; }
done
