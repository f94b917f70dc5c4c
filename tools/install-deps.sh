#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs the Debian packages that building and running need, those of the tests
# too with --tests. Does nothing where all of them are there.
set -eu

usage="usage: $0 [--tests] [--clang] [--list]
  --tests  also what only the tests need
  --clang  also a second compiler, and what makes systems of other releases
  --list   print the packages, install nothing"

packages="
  gcc libc6-dev meson ninja-build pkg-config
  libglib2.0-dev libpango1.0-dev libjson-glib-dev libyaml-dev zlib1g-dev libopenblas-serial-dev
  libxxhash-dev libjpeg-dev libpng-dev libcairo2-dev
  libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev libgstrtspserver-1.0-dev libsoup-3.0-dev libmosquitto-dev
  gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good
  gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav
  gstreamer1.0-x gstreamer1.0-nice"
# Analytics metas came with GStreamer 1.24.
release=$(. /etc/os-release 2> /dev/null && echo "${ID-}-${VERSION_ID-0}") || true
case $release in
  debian-1[3-9]) packages="$packages libgstreamer-plugins-bad1.0-dev" ;;
esac
list=no
for option; do
  case $option in
    --tests) packages="$packages python3 python3-gi gir1.2-gstreamer-1.0 libgirepository1.0-dev gstreamer1.0-gl xvfb xdotool binutils clang-format valgrind mosquitto chromium
      libgstreamer-plugins-bad1.0-dev libsimde-dev qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross
      python3-paho-mqtt python3-yaml gir1.2-gst-rtsp-server-1.0 gstreamer1.0-rtsp parallel" ;;
    --clang) packages="$packages clang libclang-rt-dev debootstrap" ;;
    --list) list=yes ;;
    -h | --help) echo "$usage"; exit 0 ;;
    *) echo "$usage" >&2; exit 2 ;;
  esac
done
# shellcheck disable=SC2086
set -- $packages

if [ $list = yes ]; then
  printf '%s\n' "$@"
  exit 0
fi

if ! command -v dpkg-query > /dev/null; then
  echo "This is not Debian: please install what these packages hold:" "$@" >&2
  exit 0
fi
missing=
for package; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null || true)
  [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

root=
if [ "$(id -u)" != 0 ]; then
  command -v sudo > /dev/null || {
    echo "Not root, and there is no sudo. Please install:$missing" >&2
    exit 1
  }
  root=sudo
fi
echo "Installing:$missing"
apt="$root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600"
$apt update
# shellcheck disable=SC2086
$apt install -y --no-install-recommends $missing
