#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# LIBRARY exports siamban_ names, and no others: those that SYMBOLS lists for its
# Debian package.
set -eu
names=$(nm -D --defined-only "$1" | awk '{ print $3 }' | sort)
echo "$names"
echo "$names" | grep -q '^siamban_'
! echo "$names" | grep -v '^siamban_' || exit 1
sed -n 's/^ \(.*\)@Base .*/\1/p' "$2" | sort | {
  listed=$(cat)
  [ "$listed" = "$names" ] || { echo "other names are in $2: $listed"; exit 1; }
}
