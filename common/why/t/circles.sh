#!/bin/sh
# circles.sh - who waits for whom: a circle is told only if nobody outside of
# it could end it, and if all of it was so at one moment
cd "$(dirname "$0")/../../.." || exit 1
. common/why/t/setup

act wait-first
says "parent and child" "^A circle: wait-first $p waits for writer $p to end; \
writer $p waits for wait-first $p to read from the pipe or close it\. Nobody \
else can end it(, as far as can be seen \([0-9]+ process(es)? may not be looked \
into\))?: a deadlock\.\$"
like "who the child is" "$said" "^  writer $p is blocked in write\(\) on fd 4, \
a pipe that is full; its read end is still open in wait-first $p, fd 3"
is "as facts, too" "$("$why" --json "$pid" | grep -c '"stuck": true')" 2
over

act ring
says "three in a ring" "^A circle: ring $p waits for two $p to write to the \
pipe or close it; two $p waits for one $p .*; one $p waits for ring $p .*\. \
Nobody else"
over

act outsider
says "two, and one who has an end, too" "^  other $p is blocked in read"
unlike "so there is no circle" "$said" '^A circle|^Nobody'
is "as facts" "$("$why" --json "$pid" | grep -c '"stuck": true')" 0
over

act message
says "the other end is in a message" "^message $p is blocked in read\(\) on fd \
3, a pipe; nobody who can be seen has its write end open\.\$"
unlike "who receives it may end the wait" "$said" '^A circle|^Nobody can'
over

act copied
says "the other end is here, and in a message" "^copied $p is blocked in \
read\(\) on fd 3, a pipe; its write end is still open in the same process"
if grep -qs scm_fds "/proc/$pid/fdinfo"/*; then
	unlike "who receives that one may end the wait" "$said" \
		'^A circle|^Nobody (else )?can'
else
	skip "who receives that one may end the wait" \
		"no socket says here how many descriptors are in it (Linux 5.6)"
fi
over

act alarm
says "a handler may end it" "^alarm $p is blocked in read\(\) on fd 3"
unlike "so nobody is stuck" "$said" '^A circle|^Nobody'
over

# One after the other sleeps, and a moment later the other one.
act pingpong
looks=0
while [ $looks -lt 10 ]; do
	"$why" "$pid"
	looks=$((looks + 1))
done > "$tmp/looks" 2>&1
is "two that answer each other are in no circle" \
	"$(grep -c '^A circle' "$tmp/looks")" 0
like "of them something is said" "$(cat "$tmp/looks")" '^pingpong '
over

# Anybody may open a FIFO.
mkfifo "$tmp/there" "$tmp/back"
exec 8<> "$tmp/there" 9<> "$tmp/back"
"$waits" fifos 3<> "$tmp/there" 8>&- 9>&- &
pid=$!
exec 8>&- 9>&-
says "a FIFO whose other end it has itself" "^fifos $p is blocked in read\(\) \
on fd 3, the FIFO .*/there; its write end is still open in the same process"
unlike "others may open it" "$said" '^A circle|^Nobody (else )?can'
over

if command -v python3 > /dev/null 2>&1; then
	act mutexes
	says "facts" "^A circle"
	ok "what --json prints is JSON" sh -c \
		'"$1" --json "$2" | python3 -m json.tool > "$3/json"' sh \
		"$why" "$pid" "$tmp"
	over
else
	skip "what --json prints is JSON" "no python3 here"
fi
finish
