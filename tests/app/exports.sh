#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# LIBRARY exports siamban_ names, and no others.
set -eu
names=$(nm -D --defined-only "$1" | awk '{ print $3 }')
echo "$names"
echo "$names" | grep -q '^siamban_'
! echo "$names" | grep -v '^siamban_'
