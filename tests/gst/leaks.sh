#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# No object outlives pipelines that follow, draw, seed from a region, share
# buffers, or fail to start.
if ! gst-inspect-1.0 --exists videotestsrc || ! gst-inspect-1.0 coretracers > /dev/null
then
  echo "needs videotestsrc and the core tracers"
  exit 77
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export GST_TRACERS=leaks GST_DEBUG=GST_TRACER:7 GST_DEBUG_NO_COLOR=1

check() {
  gst-launch-1.0 "$@" > "$log" 2>&1
  status=$?
  if grep -E 'object-alive, type-name=.string.[A-Z]|CRITICAL|WARNING \*\*' "$log"; then
    exit 1
  fi
  return $status
}

source="videotestsrc pattern=ball num-buffers=6"
track="siambantrack box=<140,100,42,42>"
check $source ! tee name=t ! queue ! $track draw=true ! fakesink \
  t. ! queue ! $track ! siambantrack ! fakesink || exit 1
check $source ! $track draw=true draw-items=box+id+trail+search blur=targets ! \
  siambancrop zoom=0 ptz-interval=1 ! fakevideosink || exit 1
check $source ! siambantrack async=true seed-history=3 post-frames=true \
  boxes="<<140,100,42,42>,<10,10,50,50>>" ! siambantrack ! fakesink || exit 1
check $source ! siambantrack box="<1,2,3>" ! fakesink || exit 1
check $source ! siambantrack box="<900,9,9,9>" ! fakesink || exit 1
if check $source ! siambantrack model=/nowhere ! fakesink; then
  echo "a missing model went unnoticed"
  exit 1
fi
