#!/bin/sh
# run.sh - the command: its options, and a program that it runs and explains
cd "$(dirname "$0")/../../.." || exit 1
. common/why/t/setup

# Runs why; sets status, out, err.
run() # ARG...
{
	"$why" "$@" > "$tmp/out" 2> "$tmp/err" < /dev/null
	status=$?
	out=$(cat "$tmp/out")
	err=$(cat "$tmp/err")
}

run -- sh -c 'echo out; echo err >&2; exit 7'
is "a command that ends: its status" "$status" 7
is "its output" "$out" out
is "its errors" "$err" err
run -- sh -c 'kill -TERM $$'
is "one that a signal ends" "$status" 143
run -- /no/such/program
is "one that is not there" "$status $err" \
	"127 why: /no/such/program cannot be run: No such file or directory"
run -- /dev/null
is "one that is no program" "$status $err" \
	"126 why: /dev/null cannot be run: Permission denied"

# It has started one more, which has a session of its own.
run -t 1 -- sh -c "setsid '$waits' nap & '$waits' wait-first"
is "one that hangs: status" "$status" 124
like "what it waits for" "$err" "^wait-first $p is blocked in wait\(\)"
like "what its children do" "$err" "^nap $p sleeps until"
like "that it is a circle" "$err" "^A circle: .*: a deadlock\.\$"
is "nothing of it is left" "$(pgrep -f "^$waits" | grep -c '')" 0
run -j -t 1 -- "$waits" nap
like "as JSON" "$err" '"call": "nanosleep"'
run -- "$waits" wait-first
is "five seconds without a move are a hang" "$status" 124
like "which is explained" "$err" "^A circle"

# Who is told to stop explains, and ends what it has started.
"$why" -- "$waits" wait-first 2> "$tmp/err" &
it=$!
has_child()
{
	pgrep -P $it -x wait-first > /dev/null
}
until_true has_child
kill -TERM $it
wait $it 2> /dev/null
is "a signal ends it" $? 143
like "it has explained before" "$(cat "$tmp/err")" "^wait-first $p"
is "nothing is left, either" "$(pgrep -f "^$waits" | grep -c '')" 0

is "bad input is one line" "$(for bad in 'x' '0' '-1' '1x' '99999999' '-q' \
	'-t' '-t x -- true' '-t 0 -- true' '-t 5 1' '--' ''; do
	# shellcheck disable=SC2086 # words
	run $bad
	[ "$status" -eq 2 ] || echo "$bad: status $status"
	[ "$(grep -c '' "$tmp/err")" -eq 1 ] || echo "$bad: $err"
	case $err in
	'why: '*) ;;
	*) echo "$bad: $err" ;;
	esac
	[ -z "$out" ] || echo "$bad: $out"
done)" ""
run 4194304
is "no such process" "$status $err" "1 why: there is no process 4194304"
run 4194304 $$
is "one of two is not there: status" "$status" 1
like "the other one is told of" "$out" "^[a-z.]+ \(process $$\) "
run --help
is "help" "$status $(echo "$out" | head -n 1 | cut -c 1-10)" "0 usage: why"
is "no line of it is too long" "$(echo "$out" | awk 'length > 80')" ""

# The man page: each name that --json prints, each option that --help names.
page=common/why/why.1
act nap
for word in $("$why" --json "$pid" | grep -o '"[a-z_]*":' | tr -d '":' | sort -u) \
	$(echo "$out" | grep -o -e '--[a-z]*' | sort -u | tr -d -); do
	grep -qw "$word" $page || echo "$word"
done > "$tmp/missing"
over
is "the man page tells of all" "$(cat "$tmp/missing")" ""
if command -v man > /dev/null 2>&1; then
	is "it is a right man page" "$(man --warnings -l $page 2>&1 > /dev/null)" ""
else
	skip "it is a right man page" "no man here"
fi
run --version
is "version" "$out" "why (IPC Lessons) $(cat VERSION)"
"$why" $$ > /dev/full 2> "$tmp/err"
is "a full disk is noticed" "$?" 2
finish
