#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Trains the built-in model from its sources: fetches the pictures, packs them,
# trains, and goes on where it was stopped.
set -eu

usage="usage: $0 FOLDER TEACHER [SEQUENCES [OPTION...]]
  FOLDER     gets sources/ (1.5 GB), packs/ (0.5 GB) and run/
  TEACHER    NanoTrack V3 as published, made .safetensors by siamban-convert
  SEQUENCES  a folder of videos in OTB's layout; docs/training.md lists those used
  OPTION...  more of train.py's, such as --minutes 60 or --device cuda
What is in FOLDER/sources already is not fetched again. PYTHON: that has PyTorch."

case ${1-} in -h | --help) echo "$usage"; exit 0 ;; esac
[ $# -ge 2 ] || { echo "$usage" >&2; exit 2; }

here=$(cd "$(dirname "$0")" && pwd)
folder=$1
teacher=$2
sequences=${3-}
shift 2
[ $# = 0 ] || shift
train="${PYTHON:-python3} $here/../train.py"
mkdir -p "$folder/sources" "$folder/packs"

# fetch NAME REPOSITORY COMMIT FOLDERS
fetch () {
  place=$folder/sources/$1
  [ ! -d "$place" ] || return 0
  rm -rf "$place.part"
  git clone --quiet --filter=blob:none --no-checkout "https://github.com/$2" "$place.part"
  # shellcheck disable=SC2086
  git -C "$place.part" checkout --quiet "$3" -- $4
  mv "$place.part" "$place"
}

tab=$(printf '\t')
while IFS=$tab read -r name repository commit folders rest; do
  case $name in '#'*) continue ;; esac
  fetch "$name" "$repository" "$commit" "$folders"
done < "$here/sources.tsv"

# A picture's name in a line, then its boxes by their corners.
part=$folder/sources/voc-part
awk 'BEGIN { print "image,x,y,w,h" }
  NF == 1 && /jpg/ { image = $1 }
  NF == 5 { print "JPEGImages/" image "," $2 "," $3 "," $4 - $2 "," $5 - $3 }' \
  "$part/HandledText/annotations.txt" > "$part/boxes.csv"

# pack NAME LAYOUT:SOURCE...
pack () {
  output=$folder/packs/$1
  shift
  [ -e "$output.npz" ] || (cd "$folder/sources" && $train pack "$@" -o "$output")
}

folder=$(cd "$folder" && pwd)
pack boxes voc:raccoon voc:kangaroo voc:nanonets voc:gtea voc:pedestrian voc:cards/images/train \
  voc:cards/images/test voc:clothes/data/VOC2007 yolo:drones yolo:coco128-yolo/object_detection \
  coco:coco128 coco:tinycoco/tests/data/tinycoco boxes:voc-part
pack windows windows:caltech101 windows:imagenet-1000 windows:bsds500 windows:camvid/CamVid/train
data="$folder/packs/boxes=0.5 $folder/packs/windows=0.2"
if [ -n "$sequences" ]; then
  sequences=$(cd "$sequences" && pwd)
  pack videos "otb:$sequences" --most 150
  data="$data $folder/packs/videos=0.3"
fi

# shellcheck disable=SC2086
exec $train train "$here/config.yaml" --data $data -o "$folder/run" --teacher "$teacher" "$@"
