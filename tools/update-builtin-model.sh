#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Replaces the model that ships in data/models by another one.
set -eu

usage="usage: $0 CHECKPOINT [CONFIG]
  CHECKPOINT  .pth or .safetensors; its numbers are stored as they are
  CONFIG      its config.yaml (default: the one that is there)
siamban-convert is taken from \$SIAMBAN_CONVERT, a build folder or PATH."

case ${1-} in -h | --help) echo "$usage"; exit 0 ;; esac
[ $# = 1 ] || [ $# = 2 ] || { echo "$usage" >&2; exit 2; }

checkpoint=$1
root=$(cd "$(dirname "$0")/.." && pwd)
models=$root/data/models
config=${2:-$models/builtin.yaml}

convert=${SIAMBAN_CONVERT-}
for path in "$root"/*/tools/convert/siamban-convert; do
  [ -n "$convert" ] || [ ! -x "$path" ] || convert=$path
done
convert=${convert:-siamban-convert}

for file in "$checkpoint" "$config"; do
  [ -r "$file" ] || { echo "$file is missing" >&2; exit 1; }
done

"$convert" "$checkpoint" "$models/builtin.safetensors"
[ $# = 1 ] || cp "$config" "$models/builtin.yaml"
chmod 644 "$models/builtin.safetensors" "$models/builtin.yaml"
echo "$models now holds $checkpoint. Write in its README where it comes from and"
echo "how good it is, and run the tests before committing it."
