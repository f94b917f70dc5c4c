#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# overnight.sh [HOURS]: builds the fuzzers and runs each for its share of the
# time (8 hours if not said), then says what came of it. $BUILD: the folder.
set -eu
hours=${1:-8}
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-$root/build-tests/fuzz}
[ -f "$build/build.ninja" ] ||
  CC=clang meson setup "$build" "$root" -Dfuzz=enabled -Db_lundef=false -Db_sanitize=address,undefined
ninja -C "$build"
names=$(cd "$build/tests/fuzz" && ls -- *-fuzz | sed 's/-fuzz$//')
# shellcheck disable=SC2086
set -- $names
seconds=$((hours * 3600 / $#))
failed=0
for name; do
  case $name in
    config | packed) seeds=$root/tests/fuzz/corpus/$name ;;
    session) seeds= ;;
    *) seeds=$root/tests/checkpoint/fixtures ;;
  esac
  "$root/tests/fuzz/run.sh" "$build/tests/fuzz/$name-fuzz" "$build/tests/fuzz/$name" "$seeds" "$seconds" ||
    failed=$((failed + 1))
done
echo "$# fuzzers, $failed with faults"
[ $failed -eq 0 ]
