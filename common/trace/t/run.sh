#!/bin/sh
# run.sh - whatever becomes of the programs, what was seen is drawn
cd "$(dirname "$0")/../../.." || exit 1
. common/trace/t/setup
strace -o /dev/null true 2> /dev/null || {
	skip "programs are traced" "strace is not here, or may not trace"
	finish
	exit
}
# In a folder of its own: there it leaves what it leaves.
mkdir "$tmp/build"
cp "$trace" "$tmp/build"
trace=$tmp/build/trace
cd "$tmp" || exit 1

# Runs PROGRAM under trace: $text and $status.
traced() # [OPTION...] PROGRAM [ARG...]
{
	text=$("$trace" -o "$out" "$@" 2>&1)
	status=$?
}

traced sh -c 'exit 3'
is "a program that fails is drawn" $status 0
like "its status is in the last lines" "$text" '^exit 3: ended with status 3$'
like "and in the picture" "$(cat "$out.svg")" 'exit 3: ended with status 3'

traced sh -c 'kill -KILL $$'
is "one that is killed" $status 0
like "its signal" "$text" '\$\$: killed by SIGKILL$'

mkfifo door
traced -t 1 sh -c 'cat door; true'
is "one that hangs" $status 0
like "its wait is the last row" "$text" 'openat\("door", O_RDONLY\) \.\.\.'
like "that it was ended" "$text" 'was still running after 1 s, and was ended'
like "why's sentence" "$(printf '%s' "$text" | tr -s '\n ' ' ')" \
	'cat \(process [0-9]+\) is blocked in open\(\) of door for reading: nobody'
unlike "strace is none of them" "$text" '^strace \('
unlike "the end by us is not drawn" "$text" 'SIGTERM|SIGKILL'

traced -t 1 sh -c 'kill -STOP $$; true'
like "one that is stopped" "$text" '^sh \(process [0-9]+\) is stopped; kill -CONT'
traced -t 1 sh -c 'while :; do umask > /dev/null; kill -0 $$; done'
unlike "one that makes calls all the time is not" "$text" 'is stopped'

traced -t 1 sh -c 'sleep 77 & exit 4'
is "one that leaves a child" $status 0
like "its own status" "$text" 'ended with status 4$'
like "the child" "$text" '^sleep \(process [0-9]+\) sleeps until'
ok "which is ended" test -z "$(pgrep -x -f 'sleep 77')"

traced sh -c 'head -c 70000000 /dev/zero > large; wc -c < large'
like "a file of 70 MB" "$text" 'says "70000000"'
rm -f large

traced sh -c 'echo a | cat; echo to people'
like "a write to a pipe is a write, also of descriptor 1" "$text" \
	'write\(1, "a\\n", 2\)'
like "a line for people is what it says" "$text" 'says "to people"'

traced -t 1 no-such-program
is "a program that is not there" $status 2
is "in one line" "$(printf '%s\n' "$text" | wc -l)" 1

for signal in INT TERM; do
	"$trace" -t 100 -o "$out" sleep 88 > said 2>&1 &
	until_true pgrep -x -f 'sleep 88' > /dev/null
	kill -$signal $!
	wait $!
	is "told to stop by SIG$signal: it is drawn" $? 0
	like "SIG$signal: with its wait" "$(cat said)" 'nanosleep\(.*, \.\.\.'
	like "SIG$signal: and how it ended" "$(cat said)" \
		'was still running when you stopped it'
	ok "SIG$signal: nobody is left" \
		test -z "$(pgrep -x -f 'sleep 88')"
done
is "nothing is left in build/" "$(ls "$tmp/build")" trace

# Two at a time, which are partners.
rm -f door && mkfifo door
"$trace" -o "$tmp/one" cat door > one.said 2>&1 &
traced sh -c 'echo hello > door'
wait $!
like "two traces at a time are not in each other's way" "$(cat one.said)" \
	'says "hello"'

traced -o no/such/folder true
is "a picture that cannot be written" $status 2
like "says which, and why" "$text" '^no/such/folder.json cannot be written: No such'
for bad in '-t 0' '-t x' '-w 7' -Q '-r'; do
	# shellcheck disable=SC2086 # words
	traced $bad true
	is "trace $bad: a clear line" "$status $(printf '%s\n' "$text" | wc -l)" \
		"2 1"
done
finish
