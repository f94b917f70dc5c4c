#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What gst-inspect-1.0 says of the elements, against inspect-VERSION.golden in
# FOLDER, for releases that have one. After a wanted change:
# inspect.sh FOLDER --update
version=$(gst-inspect-1.0 --version | sed -n 's/.*version \([0-9]*\.[0-9]*\).*/\1/p')
golden=$1/inspect-$version.golden
test -e "$golden" || { echo "no $golden"; exit 77; }
said=$(mktemp)
trap 'rm -f "$said"' EXIT
for element in siambantrack siambancrop; do
  gst-inspect-1.0 --no-colors $element
done |
  sed -e '/^  Filename /d' -e '/^  Version /d' -e 's/ *$//' > "$said"
test -s "$said" || exit 1
test "$2" != --update || cp "$said" "$golden"
diff -u "$golden" "$said"
