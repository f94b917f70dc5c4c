#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Replaces the model that ships in data/models by the one in FOLDER:
# siamban_mobilenetv2.pth, config.yaml and README.md.
set -eu

usage="usage: $0 [FOLDER]    (default: ../shared/models/builtin)
siamban-convert is taken from \$SIAMBAN_CONVERT, a build folder or PATH."

case ${1-} in -h | --help) echo "$usage"; exit 0 ;; esac
[ $# -le 1 ] || { echo "$usage" >&2; exit 2; }

root=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-$root/../shared/models/builtin}
models=$root/data/models
name=siamban_mobilenetv2

convert=${SIAMBAN_CONVERT-}
for path in "$root"/*/tools/convert/siamban-convert; do
  [ -n "$convert" ] || [ ! -x "$path" ] || convert=$path
done
convert=${convert:-siamban-convert}

for file in "$name.pth" config.yaml README.md; do
  [ -r "$folder/$file" ] || { echo "$folder/$file is missing" >&2; exit 1; }
done

"$convert" "$folder/$name.pth" "$models/$name.safetensors"
cp "$folder/config.yaml" "$models/$name.yaml"
{
  cat <<EOF
# The model that ships

\`$name.safetensors\` and \`$name.yaml\` are what the library loads when no
model is named. They are installed beside it.

\`tools/update-builtin-model.sh [FOLDER]\` wrote this folder: the weights are
those of FOLDER's \`$name.pth\`, converted by \`siamban-convert\`, and the
rest of this page is FOLDER's README. The same command puts a newer model here.

EOF
  sed 's/^#/##/' "$folder/README.md"
} >"$models/README.md"
chmod 644 "$models/$name.safetensors" "$models/$name.yaml"
echo "$models now holds the model of $folder; run the tests before committing it"
