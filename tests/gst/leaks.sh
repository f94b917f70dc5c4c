#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# leaks.sh SOAK CLIP: no object outlives pipelines that follow, draw, seed from
# a region, share buffers, or fail to start, nor a few seconds of SOAK.
if ! gst-inspect-1.0 --exists videotestsrc || ! gst-inspect-1.0 coretracers > /dev/null
then
  echo "needs videotestsrc and the core tracers"
  exit 77
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export GST_TRACERS=leaks GST_DEBUG=GST_TRACER:7 GST_DEBUG_NO_COLOR=1

check_program() {
  "$@" > "$log" 2>&1
  status=$?
  if grep -E 'object-alive, type-name=.string.[A-Z]|CRITICAL|WARNING \*\*' "$log"; then
    exit 1
  fi
  return $status
}

check() {
  check_program gst-launch-1.0 "$@"
}

source="videotestsrc pattern=ball num-buffers=6"
track="siambantrack box=<140,100,42,42>"
check $source ! tee name=t ! queue ! $track draw=true ! fakesink \
  t. ! queue ! $track ! siambantrack ! fakesink || exit 1
check $source ! $track draw=true draw-items=box+id+trail+search blur=targets ! \
  siambancrop zoom=0 ptz-interval=1 ! fakevideosink || exit 1
check $source ! siambantrack async=true mouse-select=true seed-history=3 post-frames=true \
  boxes="<<140,100,42,42>,<10,10,50,50>>" ! siambantrack ! fakesink || exit 1
check $source ! siambantrack box="<1,2,3>" ! fakesink || exit 1
check $source ! siambantrack box="<900,9,9,9>" ! fakesink || exit 1
if check $source ! siambantrack model=/nowhere ! fakesink; then
  echo "a missing model went unnoticed"
  exit 1
fi

# Clicks, signals, caps and states, with all of the above.
if gst-inspect-1.0 --exists qtdemux && gst-inspect-1.0 --exists avdec_h264; then
  check_program "$1" 6 "$2" || { cat "$log"; exit 1; }
  cat "$log"
else
  echo "left out: $1 needs qtdemux and avdec_h264"
fi
