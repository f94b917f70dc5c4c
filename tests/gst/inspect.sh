#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What gst-inspect-1.0 says of the elements, against GOLDEN, which is that of
# GStreamer 1.22. After a wanted change: inspect.sh GOLDEN --update
golden=$1
case $(gst-inspect-1.0 --version) in
  *"version 1.22"*) ;;
  *) echo "inspect.golden is that of GStreamer 1.22"; exit 77 ;;
esac
said=$(mktemp)
trap 'rm -f "$said"' EXIT
for element in siambantrack siambancrop; do
  gst-inspect-1.0 --no-colors $element
done |
  sed -e '/^  Filename /d' -e '/^  Version /d' -e 's/ *$//' > "$said"
test -s "$said" || exit 1
test "$2" != --update || cp "$said" "$golden"
diff -u "$golden" "$said"
