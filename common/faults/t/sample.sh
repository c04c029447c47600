#!/bin/sh
# sample.sh - a sample of both sweeps: some calls of some plays fail, and some
# moments are interrupted; nothing of that is forbidden
#
# Other plays and other cases each time; SAMPLE=N does the same again. LESSON=NN:
# of that lesson. FULL=1: more of them. All of it is `make faults' and `make
# kills'.
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh
sampled
make -s -C common/stage && make -s -C common/faults || exit 1
build/inject -p true true > "$tmp/said" 2>&1 || {
	skip "the sweeps" "$(tail -n 1 "$tmp/said")"
	finish
	exit
}

several=3
[ -z "${FULL:-}" ] || several=40
for dir in $(lessons); do
	number=${dir#lessons/}
	number=${number%%-*}
	echo "$number"
	for file in "$dir"/experiments/*.c; do
		echo "$number-$(basename "$file" .c)"
	done
done > "$tmp/plays"
awk -v seed=$((sample + 1)) 'BEGIN { srand(seed) } { print rand() "\t" $0 }' \
	"$tmp/plays" | LC_ALL=C sort -n | head -n $several | cut -f 2- > "$tmp/drawn"

for kind in faults kills; do
	while read -r play; do
		case $play in
		*-*) ;;
		*) play=$play- ;;	# the pair alone
		esac
		SAMPLE=3 SEED=$((sample + 1)) MOST=3 RESULTS=$tmp/results \
			common/faults/sweep $kind "$play" > "$tmp/out" 2>&1 < /dev/null
		status=$?
		if grep -q '| skipped: ' "$tmp/out"; then
			skip "$kind of $play" "$(head -n 1 "$tmp/out")"
			continue
		fi
		is "$kind of $play: nothing is forbidden" \
			"$status $(grep -v "^${play%-}: [0-9]* $kind" "$tmp/out")" "0 "
	done < "$tmp/drawn"
done
finish
