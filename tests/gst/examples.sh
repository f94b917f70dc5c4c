#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs the launch lines of the documentation in SOURCE..., into no window.
found=$(sed -n '/^ \* gst-launch-1.0/,/^ \* \]|/p' "$@" |
  sed -e '/^ \* \]|/d' -e 's/^ \* *//' -e 's/autovideosink/fakesink/')
test -n "$found" || exit 1
for element in videotestsrc videoconvert; do
  gst-inspect-1.0 --exists $element || { echo "needs $element"; exit 77; }
done
printf 'set -ex\n%s\n' "$found" | sh
