#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# run.sh FUZZER FOUND SEEDS SECONDS: fuzzes, from the files of the folder SEEDS
# where that is not empty, keeps new inputs in the folder FOUND, and says how
# many executions there were, what they covered and which input was the slowest.
# Fails with the input that did, left in FOUND.
set -u
fuzzer=$1 found=$2 seeds=$3 seconds=$4
mkdir -p "$found/corpus"
log=$found/log
export G_SLICE=always-malloc ASAN_OPTIONS=allocator_may_return_null=1
"$fuzzer" -max_total_time="$seconds" -max_len=65536 -rss_limit_mb=2048 -timeout=20 \
  -print_final_stats=1 -artifact_prefix="$found/" "$found/corpus" ${seeds:+"$seeds"} > "$log" 2>&1
status=$?
executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
slowest=$(sed -n 's/^stat::slowest_unit_time_sec: *//p' "$log")
coverage=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
echo "$(basename "$fuzzer"): ${executions:-no} executions, ${coverage:-no} edges, slowest input ${slowest:-?} s"
[ $status -eq 0 ] || tail -n 40 "$log"
exit $status
