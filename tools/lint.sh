#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# lint.sh [BUILD]: cppcheck, gcc's analyzer and clang-tidy over what reads and
# writes files. BUILD (build) is a folder that meson has set up. Silence, and
# exit code 0, if they have nothing to say.
set -eu
cd "$(dirname "$0")/.."
build=${1:-build}
folders='src/base src/checkpoint src/config tools/inspect tools/convert tools/quantize'
files=$(find $folders -name '*.c')
flags="-std=c11 -D_GNU_SOURCE -DG_LOG_DOMAIN=\"lint\" -Iinclude -Isrc -I. -I$build
  $(pkg-config --cflags glib-2.0 json-glib-1.0 yaml-0.1 gstreamer-app-1.0 gstreamer-video-1.0)"
status=0

cppcheck --quiet --std=c11 --library=gtk --inline-suppr --error-exitcode=1 \
  --enable=warning,portability,performance -Iinclude -Isrc -I. $folders || status=1

# Left out is what gcc's analyzer does not know of GLib: that g_autofree frees
# (malloc-leak, use-of-uninitialized-value), that g_malloc() never returns NULL
# (null-argument, possible-null-*), and that an error is set where a call has
# failed (null-dereference).
for file in $files; do
  # shellcheck disable=SC2086
  gcc $flags -O1 -fanalyzer -Wno-analyzer-malloc-leak -Wno-analyzer-null-argument \
    -Wno-analyzer-use-of-uninitialized-value -Wno-analyzer-null-dereference \
    -Wno-analyzer-possible-null-dereference -Wno-analyzer-possible-null-argument \
    -Werror -c -o /dev/null "$file" || status=1
done

# Not bugprone-easily-swappable-parameters and -narrowing-conversions, which every
# function of numbers is guilty of; not security's DeprecatedOrUnsafe, which asks
# for Annex K that no C library here has.
# shellcheck disable=SC2086
clang-tidy --quiet --warnings-as-errors='*' --checks='-*,bugprone-*,clang-analyzer-*,-bugprone-easily-swappable-parameters,-bugprone-narrowing-conversions,-bugprone-implicit-widening-of-multiplication-result,-bugprone-assignment-in-if-condition,-bugprone-reserved-identifier,-bugprone-macro-parentheses,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling' \
  $files -- $flags 2> /dev/null || status=1
exit $status
