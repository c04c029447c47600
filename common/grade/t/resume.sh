#!/bin/sh
# resume.sh - a batch that is killed at any moment, and called again, ends with
# the same files, byte for byte, as one that was not
cd "$(dirname "$0")/../../.." || exit 1
. common/grade/t/setup
ex=00-start/two-copies file=answers.txt
answer=$tmp/right
awk -v want=solution -f common/course/cut.awk "solutions/$ex/$file" > "$answer"
for n in 1 2 3 4 5 6; do
	sed "s/^$n: .*/$n: nothing/" "$answer" | hand_in "student$n"
done
grade SEED=3 OUT="$tmp/whole" FORMAT='csv junit tap md'
is "a batch ends" $status 0

records()
{
	find "$out/results" -name '*.json' ! -name '*.timing.json' \
		2> /dev/null | wc -l
}

has_come() # N: there are so many records, or the batch has ended
{
	[ "$(records)" -ge "$1" ] || ! kill -0 "$batch" 2> /dev/null
}

nobody_works()
{
	! pgrep -f "$out/plan" > /dev/null
}

# As when the power goes: the batch and all of its group at once
for n in 0 2 4; do
	setsid env SUBMISSIONS="$subs" EX=$ex OUT="$out" JOBS=1 SHARED=1 SEED=3 \
		common/grade/grade > "$tmp/said" 2>&1 &
	batch=$!
	until_true has_come $n
	kill -KILL "-$batch"
	wait "$batch" 2> /dev/null
	ok "killed after $n: its jobs end" until_true nobody_works
	ok "killed after $n: it had not ended" test "$(records)" -lt 6
done
grade SEED=3 FORMAT='csv junit tap md'
is "it goes on" $status 0
is "to the same files" "$(diff -r -x '*.timing.json' "$tmp/whole" "$out")" ""
is "and nothing else" "$(cd "$out" && echo *)" "$(cd "$tmp/whole" && echo *)"

# Two at one time would write the same files.
exec 5> "$out/lock"
flock 5
grade
is "a second batch is refused" $status 2
like "in one line" "$(cat "$tmp/errors")" '^grade: Another call grades into'
finish
