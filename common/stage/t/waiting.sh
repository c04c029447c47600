#!/bin/sh
# waiting.sh - a new queue and a new set that nobody has used yet, but on which
# somebody outside the run waits, are not what the run left
set -u
cd "$(dirname "$0")" || exit 1
# shellcheck source-path=SCRIPTDIR
. ./setup

tier=-B
begin -d "$dir" "$hostile" await "$dir/go"
until_true lines 1

"$hostile" msgrcv & queue=$!
"$hostile" semop -1 & set=$!
asleep() # PID
{
	grep -q '^[0-9]* ([^)]*) S' "/proc/$1/stat"
}
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
# shellcheck disable=SC2046 # two words for each
ipcrm $(rest | awk '/msg/ { print "-Q", $2 } /sem/ { print "-S", $2 }')
echo >&8
end
is "nothing of ours is left" "$(rest)" ""
finish
