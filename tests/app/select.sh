#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# SIAMBAN_TRACK --select VIDEO follows what is drawn around in the window,
# two of three boxes, for one is taken away again.
for program in Xvfb xdotool; do
  command -v $program > /dev/null || { echo "needs $program"; exit 77; }
done
gst-inspect-1.0 --exists ximagesink && gst-inspect-1.0 --exists imagefreeze ||
  { echo "needs ximagesink and imagefreeze"; exit 77; }
folder=$(mktemp -d)
cleanup() {
  kill $track $screen 2> /dev/null
  rm -rf "$folder"
}
trap cleanup EXIT

mkfifo "$folder/display"
Xvfb -displayfd 3 -screen 0 1024x768x24 3> "$folder/display" 2> /dev/null &
screen=$!
read -r number < "$folder/display"
export DISPLAY=":$number"
"$1" "$2" --select --json "$folder/boxes.jsonl" 2> "$folder/log" &
track=$!

# Nobody manages the window: it lies in the screen's upper left corner.
for _ in $(seq 100); do
  window=$(xdotool search --onlyvisible --name . 2> /dev/null | head -n 1)
  test -z "$window" || break
  sleep 0.2
done
test -n "$window" || { cat "$folder/log"; exit 1; }
sleep 1
drag() {
  xdotool mousemove "$1" "$2" sleep 0.3 mousedown 1 sleep 0.3 mousemove "$3" "$4" \
    sleep 0.3 mousemove "$5" "$6" sleep 0.3 mouseup 1 sleep 0.5
}
xdotool key --window "$window" Return sleep 0.5 # there is nothing yet
drag 375 422 400 500 430 575
drag 60 60 80 80 120 130
drag 458 335 480 400 528 485
xdotool mousemove 80 80 sleep 0.3 click 3 sleep 0.5
xdotool mousemove 300 100 sleep 0.3 key --window "$window" Return
wait $track || { cat "$folder/log"; exit 1; }
head -n 1 "$folder/boxes.jsonl"
grep -c . "$folder/boxes.jsonl" | grep -x 100
head -n 1 "$folder/boxes.jsonl" |
  grep '"id":1,"x":375.0*,"y":422.0*,"w":55.0*,"h":153.0*,.*"id":2,"x":458.0*,"y":335.0*,"w":70.0*,"h":150.0*,' |
  grep -v '"id":3'
