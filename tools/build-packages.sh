#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds the Debian packages, and tries them where nothing else is installed.
set -eu

usage="usage: $0 [SUITE...]
       $0 --here
       $0 --test FOLDER
  The first builds for every SUITE (bookworm and trixie) in the system that
  tools/in-debian.sh makes, has lintian look at the packages, and installs and
  tests them in a fresh system. They are then in build-packages/SUITE.
  --here  builds on this system, which has what debian/control wants, into
          build-packages/here
  --test  installs the packages of FOLDER on this system, and runs autopkgtest"

tree=$(cd "$(dirname "$0")/.." && pwd)
cd "$tree"

apt_install() {
  DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "$@"
}

build_here() {
  out=build-packages/here
  rm -rf "$out"
  mkdir -p "$out"
  DPKG_GENSYMBOLS_CHECK_LEVEL=4 dpkg-buildpackage -us -uc -b
  changes=$(echo ../siambantrack_*.changes)
  lintian --allow-root --info --fail-on error,warning "$changes"
  awk '{ print $1 }' debian/files | while read -r file; do mv "../$file" "$out/"; done
  mv "$changes" "$out/"
  rm -f debian/files
}

test_here() {
  debs=$(realpath "$1"/*.deb)
  apt-get -q update
  apt_install autopkgtest
  # shellcheck disable=SC2086
  apt_install $debs
  siamban-inspect builtin
  # shellcheck disable=SC2086
  autopkgtest $debs "$tree/" -- null
}

# $1: the suite.
build_for() {
  system=${SIAMBAN_DEBIAN_DIR:-/var/cache/siamban-debian}/$1
  tools/in-debian.sh "$1" sh -euc '
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q update
    apt-get -q install -y --no-install-recommends dpkg-dev lintian
    apt-get -q build-dep -y --no-install-recommends ./
    rm -f ../siambantrack_*
    tools/build-packages.sh --here'
  rm -rf "build-packages/$1"
  mkdir -p build-packages
  cp -r "$system/src/siambantrack/build-packages/here" "build-packages/$1"
  tools/in-debian.sh --bare --with "build-packages/$1" "$1" tools/build-packages.sh --test /mnt
}

case ${1-} in
  -h | --help) echo "$usage" ;;
  --here) build_here ;;
  --test) test_here "${2:?$usage}" ;;
  -*) echo "$usage" >&2; exit 2 ;;
  *)
    [ $# -gt 0 ] || set -- bookworm trixie
    for suite; do
      build_for "$suite"
      echo "$suite: the packages are good: build-packages/$suite"
    done
    ;;
esac
