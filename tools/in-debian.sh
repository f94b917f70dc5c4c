#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs a command in a copy of the source tree under another release of Debian.
set -eu

usage="usage: $0 [--bare] [--with FOLDER] SUITE COMMAND...
  for example: $0 trixie tests/run.sh --quick
  Makes a system of the SUITE with debootstrap, the first time, with the packages
  that building and testing need, in a folder of its own under
  \$SIAMBAN_DEBIAN_DIR (/var/cache/siamban-debian); apt is set up as it is here.
  The tree, with changes that are not committed, is copied in; builds are kept.
  Needs root and debootstrap. Nothing outside of that folder is written.
  --bare  a system that has nothing but what debootstrap puts there, and forgets
          what the command does to it
  --with  what is in FOLDER can be read in /mnt"

bare= with=
while :; do
  case ${1-} in
    -h | --help) echo "$usage"; exit 0 ;;
    --bare) bare=-bare; shift ;;
    --with) with=$(realpath "${2:?$usage}"); shift 2 ;;
    *) break ;;
  esac
done
[ $# -ge 2 ] || { echo "$usage" >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "$0: needs root, for chroot" >&2; exit 1; }
command -v debootstrap > /dev/null ||
  { echo "$0: needs debootstrap: apt-get install debootstrap" >&2; exit 1; }

suite=$1
shift
tree=$(cd "$(dirname "$0")/.." && pwd)
system=${SIAMBAN_DEBIAN_DIR:-/var/cache/siamban-debian}/$suite$bare
inside=/src/siambantrack

if [ ! -e "$system/made" ]; then
  mkdir -p "$system"
  debootstrap --variant=minbase "$suite" "$system" \
    "${DEBIAN_MIRROR:-http://deb.debian.org/debian}"
  touch "$system/made"
fi
cp /etc/resolv.conf /etc/hosts "$system/etc/"
# How to reach the archive, not what to do after installing, nor what packages say.
grep -ls '^ *Acquire' /etc/apt/apt.conf.d/* | while read -r file; do
  dpkg -S "$file" > /dev/null 2>&1 || cp "$file" "$system/etc/apt/apt.conf.d/"
done

mkdir -p "$system$inside" "$system/src/shared"
[ -z "$bare" ] || mkdir -p "$system.passing"
find "$system$inside" -mindepth 1 -maxdepth 1 ! -name 'build*' -exec rm -rf {} +
(cd "$tree" && git ls-files -z --cached --others --exclude-standard |
  xargs -0 sh -c 'for f; do [ ! -e "$f" ] || printf "%s\0" "$f"; done' sh |
  tar --null -T - -cf -) | tar -xf - -C "$system$inside"

# The mounts are of a name space of their own, and end with it.
exec unshare --mount --propagation private sh -eu -c '
  system=$1 inside=$2 shared=$3 bare=$4 with=$5
  shift 5
  if [ -n "$bare" ]; then
    passing=$system.passing
    mount -t tmpfs -o mode=755 tmpfs "$passing"
    mkdir "$passing/changes" "$passing/work" "$passing/system"
    mount -t overlay overlay "$passing/system" \
      -o "lowerdir=$system,upperdir=$passing/changes,workdir=$passing/work"
    system=$passing/system
  fi
  mount --bind /proc "$system/proc"
  mount --rbind /dev "$system/dev"
  mount -t tmpfs tmpfs "$system/tmp"
  [ -z "$with" ] || mount --bind -o ro "$with" "$system/mnt"
  [ ! -d "$shared" ] || mount --bind -o ro "$shared" "$system/src/shared"
  exec chroot "$system" /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 \
    ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
    PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -eu -c "
      cd \"\$0\"
      ${bare:+:} tools/install-deps.sh --tests
      exec \"\$@\"" "$inside" "$@"
' sh "$system" "$inside" "$tree/../shared" "$bare" "$with" "$@"
