#!/bin/sh
# waiting.sh - a new queue and a new set that nobody has used yet, but on which
# somebody outside the run waits, are not what the run left; a run that waits
# for another says for whom
cd "$(dirname "$0")/../../.." || exit 1

# A run that is stopped has the turn of all others of this user, and those give
# up: other tests as well. So this is a place where no other test runs, if the
# system allows one.
map=
[ "$(id -u)" -eq 0 ] || map="--user --map-root-user"
# shellcheck disable=SC2016 # the inner shell's own
place='mount -t tmpfs none /dev/shm && exec env ALONE=yes "$0"'
if [ -z "${ALONE:-}" ] &&
	unshare $map --ipc --mount mount -t tmpfs none /dev/shm 2>/dev/null
then
	exec unshare $map --ipc --mount sh -c "$place" "common/stage/t/${0##*/}"
fi
. common/stage/t/setup

tier=-B
begin -d "$dir" "$hostile" await "$dir/go"
until_true lines 1

"$hostile" msgrcv & queue=$!
"$hostile" semop -1 & set=$!
until_true asleep $queue
until_true asleep $set
before=$(rest | grep sysvipc)
echo >&8
end
if ! cat /proc/$queue/syscall > /dev/null 2>&1; then
	skip "their objects stay" "system calls cannot be looked at here"
else
	unlike "they are not reported" "$err" "left behind"
	is "and stay" "$(rest | grep sysvipc)" "$before"
	is "both were there" "$(echo "$before" | wc -l)" 2
fi
# Nobody waits on them from here on. A run of another test would take them
# for its own, had it begun before they were made; ours keeps it waiting.
begin "$hostile" await "$dir/go"
until_true lines 1
kill $queue $set
wait $queue $set 2> /dev/null
remove_objects
echo >&8
end
is "nothing of ours is left" "$(rest)" ""

# The first has the turn; then a second comes.
begin "$hostile" await "$dir/go"
until_true lines 1
first=$pid
"$stage" -B "$hostile" exit 0 2>"$dir/second" &
second=$!
until_true test -s "$dir/second"
is "the second says for whom it waits" "$(cat "$dir/second")" \
	"stage: waiting for another run of yours to end: stage (process \
$first) in $PWD"
if [ -n "${ALONE:-}" ]; then
	kill -STOP $first
	wait $second 2>/dev/null
	is "the first is stopped: the second ends with status 2" $? 2
	like "and says so, and what to do" "$(cat "$dir/second")" \
		"^stage: failed: .* is stopped: stage \(process $first\).*fg.*-CONT $first"
	kill -CONT $first
else
	skip "the first is stopped: the second ends with status 2" \
		"no namespaces here, and other tests would give up too"
	kill $second
	wait $second 2>/dev/null
fi
echo >&8
end
is "the first goes on and ends well" "$status" 0

# Where neither System V objects nor shared memory are the same, nobody's turn
# is waited for.
begin "$hostile" await "$dir/go"
until_true lines 1
if unshare --ipc --mount true 2>"$dir/why"; then
	# shellcheck disable=SC2016 # the inner shell's own
	timeout --signal KILL 60 unshare --ipc --mount sh -c \
		'mount -t tmpfs none /dev/shm && exec "$1" -B "$2" exit 0' \
		sh "$stage" "$hostile" 2>"$dir/second"
	is "another container's run does not wait" $? 0
	rm "$dir/second"
	unshare --ipc "$stage" -B "$hostile" exit 0 2>"$dir/second" &
	second=$!
	until_true test -s "$dir/second"
	kill $second
	wait $second 2>/dev/null
	is "the same shared memory: it waits" $? 143
	rm "$dir/second"
	unshare --mount --pid --fork --mount-proc --kill-child \
		"$stage" -B "$hostile" exit 0 2>"$dir/second" &
	second=$!
	until_true test -s "$dir/second"
	like "for a container that has the same objects" \
		"$(cat "$dir/second")" 'of yours .*it is in another container'
	kill -KILL $second
	wait $second 2>/dev/null
else
	skip "another container's run does not wait" "$(cat "$dir/why")"
fi
echo >&8
end
finish
