#!/bin/sh
# fuzz.sh - a sample of broken files: make fuzz is as many as one likes
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh
sampled
out=$(N=3 SEED=$((sample * 3 + 1)) common/t/fuzz order progress patch record 2>&1)
is "nothing forbidden" $? 0
is "in four readers" "$(printf '%s\n' "$out" | grep -c ' 0 forbidden$')" 4
printf '%s\n' "$out" | cut -c 1-300 | sed 's/^/# /'
finish
