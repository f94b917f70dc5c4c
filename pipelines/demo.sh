#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs what is needed, builds, and follows the walker of the demo clip.
set -eu

case ${1-} in
  -h | --help)
    echo "usage: $0 [OUT.mp4]    (default: build/demo.mp4)"
    echo "Writes the boxes beside it, as OUT.jsonl. \$BUILD is the build folder."
    exit 0
    ;;
esac

root=$(cd "$(dirname "$0")/.." && pwd)
build=${BUILD:-$root/build}
out=${1:-$build/demo.mp4}
json=${out%.*}.jsonl

"$root/tools/install-deps.sh"
[ -f "$build/build.ninja" ] || meson setup "$build" "$root" -Dtests=disabled
ninja -C "$build"
echo
meson devenv -C "$build" siamban-track "$root/data/demo/walker.mp4" \
  --box 375,422,55,153 -o "$(realpath "$out")" --json "$(realpath "$json")"
echo "The boxes, one line a frame: $json"
head -n 3 "$json"
echo "..."
tail -n 1 "$json"
echo "The video with the box drawn in: $out"
