#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# UNIT FOLDER PROGRAM: systemd understands the unit and the drop-in of FOLDER,
# and finds that little is left open.
set -eu
command -v systemd-analyze > /dev/null || { echo "there is no systemd-analyze"; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
program=$(realpath "$3")
sed "s|^ExecStart=[^ ]*|ExecStart=$program|" "$1" > "$work/siamban-serve@.service"
mkdir "$work/siamban-serve@.service.d"
cp "$2/cpus.conf" "$work/siamban-serve@.service.d/"
export SYSTEMD_UNIT_PATH="$work:"

said=$(SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no "$work/siamban-serve@cam1.service" 2>&1) ||
  { echo "$said"; exit 1; }
# What it has to say of other units of this machine is not our concern.
if echo "$said" | grep siamban; then exit 1; fi
grep -q '^ExecStart=/.*/siamban-serve ' "$1"

# 10 is "everything open".
systemd-analyze security --offline=yes --threshold=25 "$work/siamban-serve@cam1.service"
