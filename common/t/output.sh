#!/bin/sh
# output.sh - what cannot be written is noticed: each command of the course, on
# a full disk, with standard output closed, and with a reader that has gone
#
# The first exercise asks this of a student; so the course does it itself.
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh
export PROGRESS="$tmp/progress"

[ -c /dev/full ] || {
	skip "output" "there is no /dev/full here"
	finish
	exit
}
make -s pairs course build/bench lessons/01-pipe/claims > /dev/null || exit 1
make -s check EX=first-check > /dev/null

# What is said on stderr, but for make's own lines and those of a compiler.
words()
{
	grep -v '^make' "$tmp/err"
}

noticed() # COMMAND [WORD...]
{
	"$@" > /dev/full 2> "$tmp/err"
	isnt "a full disk: $* ends with a status" $? 0
	like "a full disk: $* says so" "$(words)" 'cannot be written'
	is "a full disk: $* says it once" \
		"$(words | grep -c 'cannot be written')" 1
	"$@" >&- 2> "$tmp/err"
	isnt "closed: $* ends with a status" $? 0
	is "closed: $* says so once" "$(words | grep -c 'cannot be written')" 1
}

noticed make
noticed make help
noticed make list
noticed make hint
noticed make here EX=close-the-ends
noticed make solution FORCE=1
noticed make check
noticed make 01
noticed make claims-01
noticed make doctor
noticed make why PID=1
noticed build/why $$
noticed build/stage -h
noticed build/stage echo hello
noticed lessons/01-pipe/claims -l
noticed build/exercises/00-start/first-check/check -l
noticed build/bench -l
noticed build/bench -t -k trip -f pipe
noticed make compare ONLY=pipe
echo 'passed 00-start/first-check 2020-01-01' > "$PROGRESS"
noticed make next
noticed make show ID=L01-23
noticed build/show -h
noticed make quiz-01 SEED=1 < /dev/null
if command -v strace > /dev/null 2>&1; then
	noticed make trace-01
else
	skip "make trace-01" "there is no strace; apt-get install strace"
fi

# A reader that has seen enough: no word of ours, no success. It leaves before
# anything is written.
left_alone() # COMMAND [WORD...]
{
	mkfifo "$tmp/pipe"
	"$@" 2> "$tmp/err" > "$tmp/pipe" &
	: < "$tmp/pipe"
	wait $!
	isnt "nobody reads: $* ends with a status" $? 0
	is "nobody reads: $* says nothing" "$(words)" ""
	rm "$tmp/pipe"
}
left_alone make 01
left_alone make claims-01
left_alone make doctor
left_alone make list
left_alone make check EX=first-check
finish
