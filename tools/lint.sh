#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# lint.sh [BUILD]: cppcheck and clang-tidy over what reads and writes files, and
# gcc's analyzer over all. BUILD (build) is a folder that meson has set up.
# Silence, and exit code 0, if they have nothing to say.
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

# As the build compiles them. Left out is what gcc's analyzer does not know of
# GLib: that g_autofree frees (malloc-leak, use-of-uninitialized-value), that
# g_malloc() never returns NULL (null-argument, possible-null-*), and that an
# error is set where a call has failed (null-dereference).
python3 - "$build" << 'EOF' || status=1
import json, shlex, subprocess, sys
build = sys.argv[1]
left_out = ["malloc-leak", "null-argument", "use-of-uninitialized-value", "null-dereference",
    "possible-null-dereference", "possible-null-argument"]
flags = ["-O1", "-fanalyzer", "-Werror"] + ["-Wno-analyzer-" + name for name in left_out]
files = {e["file"]: e["command"] for e in json.load(open(build + "/compile_commands.json"))
    if e["file"].startswith(("../src/", "../gst/", "../tools/"))}
failed = 0
for command in files.values():
    words = [word for word in shlex.split(command) if word not in ("ccache", "-O3", "-MD")]
    words[words.index("-o") + 1] = "/dev/null"
    del words[words.index("-MQ"):words.index("-MF") + 2]
    failed += subprocess.run(words + flags, cwd=build).returncode != 0
sys.exit(failed > 0)
EOF

# Not bugprone-easily-swappable-parameters and -narrowing-conversions, which every
# function of numbers is guilty of; not security's DeprecatedOrUnsafe, which asks
# for Annex K that no C library here has.
# shellcheck disable=SC2086
clang-tidy --quiet --warnings-as-errors='*' --checks='-*,bugprone-*,clang-analyzer-*,-bugprone-easily-swappable-parameters,-bugprone-narrowing-conversions,-bugprone-implicit-widening-of-multiplication-result,-bugprone-assignment-in-if-condition,-bugprone-reserved-identifier,-bugprone-macro-parentheses,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling' \
  $files -- $flags 2> /dev/null || status=1
exit $status
