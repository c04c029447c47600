#!/bin/sh
# attacks.sh - a sample of the hostile submissions against make check: make hostile
# is all of them
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh
sampled
[ "$(id -u)" = 0 ] || {
	skip "hostile submissions" "only root can give a program another user's id"
	finish
	exit
}
unshare --ipc --pid --mount --net --fork true 2> /dev/null || {
	skip "hostile submissions" "this system makes no namespaces"
	finish
	exit
}
[ -e build/libcheck.a ] || make -s course
out=$(SAMPLE=3 SEED=$((sample + 1)) MEMORY=no common/grade/t/attacks 2>&1)
is "each its verdict, and all else as before" "$? $(printf '%s\n' "$out" |
	awk -F '\t' 'NF == 7 && $3 == $4 && $7 == "-"' | grep -c .)" "0 3"
printf '%s\n' "$out" | cut -c 1-300 | sed 's/^/# /'
# Does it see anything? The same where the verdict that is due is another.
is "a kind that is none" "$(common/grade/t/attacks none 2>&1; echo $?)" \
	"lay: there is no kind 'none' in $PWD/common/grade/t/hostile
2"
finish
