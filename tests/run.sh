#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs what the tests need, builds, runs them, and ends with one line:
# how many passed, failed and were skipped.
set -eu

usage="usage: $0 [--quick | --all | --soak MINUTES]
  --quick  without the build under AddressSanitizer and UBSan
  --all    also a build with clang, and the core tests under valgrind and
           ThreadSanitizer, and each fuzzer for a minute, and all under
           Debian 13 where this is root and not that release
  --soak   none of these: what memory, threads and descriptors come to in
           MINUTES of seeds, changes and cameras that go away
\$BUILD is the folder for the builds (default: build-tests)."

quick=no
all=no
minutes=
case ${1-} in
  '') ;;
  --quick) quick=yes ;;
  --all) all=yes ;;
  --soak) minutes=${2:?$usage} ;;
  -h | --help) echo "$usage"; exit 0 ;;
  *) echo "$usage" >&2; exit 2 ;;
esac

root=$(cd "$(dirname "$0")/.." && pwd)
build=${BUILD:-$root/build-tests}
logs=
broken=

# configure FOLDER OPTION...
configure() {
  folder=$1
  shift
  if [ -f "$folder/build.ninja" ]; then
    meson configure "$folder" "$@"
  else
    meson setup "$folder" "$root" --werror "$@"
  fi
}

# check NAME FOLDER ARGUMENT-OF-MESON-TEST...
check() {
  name=$1
  folder=$2
  shift 2
  echo
  echo "== $name"
  rm -f "$folder/meson-logs/$name"*.json
  ninja -C "$folder" || { broken="$broken --broken=$name"; return; }
  meson test -C "$folder" --no-rebuild --print-errorlogs --logbase "$name" "$@" || true
  for log in "$folder/meson-logs/$name"*.json; do
    [ -f "$log" ] || { broken="$broken --broken=$name"; return; }
    logs="$logs $log"
  done
}

if [ $all = yes ]; then
  "$root/tools/install-deps.sh" --tests --clang
else
  "$root/tools/install-deps.sh" --tests
fi

configure "$build/gcc"
if [ -n "$minutes" ]; then
  ninja -C "$build/gcc"
  exec python3 "$root/tests/soak.py" "$build/gcc" "$minutes"
fi
check gcc "$build/gcc"

if [ $quick = no ]; then
  export ASAN_OPTIONS=allocator_may_return_null=1
  export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
  configure "$build/sanitize" -Db_sanitize=address,undefined -Db_lundef=false
  check sanitize "$build/sanitize" --timeout-multiplier 5
fi

if [ $all = yes ]; then
  (export CC=clang && configure "$build/clang")
  check clang "$build/clang"
  check valgrind "$build/gcc" --timeout-multiplier 40 \
    --suite checkpoint --suite config --suite tracker --suite online --suite session --suite image \
    --suite pool \
    --wrapper "valgrind -q --error-exitcode=99 --leak-check=full \
      --show-leak-kinds=definite --errors-for-leak-kinds=definite"
  export TSAN_OPTIONS="suppressions=$root/tests/tsan.supp"
  configure "$build/thread" -Db_sanitize=thread -Db_lundef=false
  (export CC=clang && configure "$build/fuzz" -Dfuzz=enabled -Db_lundef=false \
    -Db_sanitize=address,undefined)
  check fuzz "$build/fuzz" --suite fuzz
  check thread "$build/thread" --timeout-multiplier 10 \
    --suite pool --suite exec --suite model --suite session
  if [ "$(id -u)" = 0 ] && ! grep -q '^VERSION_ID="13"' /etc/os-release; then
    "$root/tools/in-debian.sh" trixie tests/run.sh --quick || broken="$broken --broken=trixie"
  fi
fi

echo
# shellcheck disable=SC2086
exec python3 "$root/tests/summary.py" $broken $logs
