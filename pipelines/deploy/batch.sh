#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu

usage="usage: $0 LIST FOLDER [NUMBER]
Follows objects through file number NUMBER (from 1) of LIST, or through all of its
files, one after the other. Each line of LIST is a path without spaces, relative to
the folder of LIST, and one box or more:
  walker.mp4 375,422,55,153 458,335,70,150
Writes FOLDER/NUMBER-NAME.jsonl, whole or not at all: run again after whatever
happened, what is finished is skipped. A file that cannot be read through leaves
NUMBER-NAME.jsonl.failed with the reason beside the lines so far, in .part, and is
tried again the next time.
NUMBER is also taken from SLURM_ARRAY_TASK_ID (from 1) and, of a Kubernetes Job,
JOB_COMPLETION_INDEX (from 0). \$SIAMBAN_BATCH_OPTIONS are options of siamban-track.
Exit code: 0 done or skipped, 1 failed, 2 a mistake in LIST or the arguments."

fail() {
  echo "$0: $1" >&2
  exit 2
}

# one NUMBER LINE
one() {
  number=$1
  # shellcheck disable=SC2086
  set -- $2
  [ $# -ge 2 ] || fail "$list: line $number: expected a path and a box X,Y,W,H"
  file=$1
  shift
  case $file in
    /*) path=$file ;;
    *) path=$(dirname "$list")/$file ;;
  esac
  out=$folder/$number-$(basename "$file").jsonl
  [ ! -e "$out" ] || return 0
  boxes=
  for box; do
    boxes="$boxes --box $box"
  done
  # shellcheck disable=SC2086
  if siamban-track "$path" $boxes ${SIAMBAN_BATCH_OPTIONS-} --json "$out.part" 2> "$out.failed"; then
    rm -f "$out.failed"
    mv "$out.part" "$out"
  else
    sed "s|^|$number: |" "$out.failed" >&2
    return 1
  fi
}

case ${1-} in
  -h | --help) printf '%s\n' "$usage"; exit 0 ;;
esac
if [ $# -lt 2 ] || [ $# -gt 3 ]; then
  printf '%s\n' "$usage" >&2
  exit 2
fi
list=$1
folder=$2
number=${3:-${SLURM_ARRAY_TASK_ID-}}
[ -n "$number" ] || [ -z "${JOB_COMPLETION_INDEX-}" ] || number=$((JOB_COMPLETION_INDEX + 1))
[ -r "$list" ] || fail "$list: cannot be read"
case $number in
  *[!0-9]* | 0) fail "$number: expected a number from 1 on" ;;
esac
mkdir -p "$folder"

if [ -n "$number" ]; then
  line=$(sed -n "${number}p" "$list")
  [ -n "$line" ] || fail "$list: there is no line $number"
  one "$number" "$line" && exit 0
  exit 1
fi
failed=0
number=0
while read -r line <&3; do
  number=$((number + 1))
  [ -z "$line" ] || one "$number" "$line" || failed=1
done 3< "$list"
exit $failed
