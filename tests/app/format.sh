#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# All sources are as .clang-format has them: for version 14, others differ.
set -eu
cd "$1"
clang-format --version 2> /dev/null | grep -q 'version 14\.' || {
  echo "there is no clang-format 14"
  exit 77
}
find include src gst tools pipelines tests -name '*.[ch]' -print0 |
  xargs -0 clang-format --dry-run -Werror
