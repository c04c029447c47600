#!/bin/sh
# kinds.sh - signals, children, time, and several descriptors at once
cd "$(dirname "$0")/../../.." || exit 1
. common/why/t/setup

act sigwait
says "which signals" "^sigwait $p is blocked in sigwait\(\): it waits for a \
signal \(SIGINT or SIGUSR1\)\.\$"
over
act kept
says "a signal that has come and is blocked" "^kept $p is blocked in pause\(\): \
it waits for a signal; SIGTERM has come, but is blocked\.\$"
over
act merged
says "one SIGCHLD for two" "^merged $p is blocked in sigwait\(\): it waits for \
a signal \(SIGCHLD\); it has not waited for its children that have ended: \
[0-9]+, [0-9]+\.\$"
over

act children
says "which children" "^children $p is blocked in wait\(\) for a child to end: \
first $p or second $p\.\$"
like "what they do" "$said" "^  second $p is blocked in pause"
over

act nap
says "how long it sleeps" "^nap $p sleeps until a time has passed, 5000 s in \
all\.\$"
over
act until
says "how long it still sleeps" "^until $p sleeps until a time has passed, in \
4[0-9]{3}\.[0-9] s\.\$"
over
act poll-time
says "a length of time" "^poll-time $p is blocked in poll\(\) on .*; it waits \
for 5000 s at most\.\$"
unlike "so it is in no circle" "$said" '^A circle|^Nobody'
over
act poll-twice
says "the same descriptor again" "^poll-twice $p is blocked in poll\(\) on fd 3, \
a pipe; its write end is still open in the same process, fd 4\.\$"
over
act copies
says "several descriptors of one process" "^copies $p is blocked in read\(\) on \
fd 3, a pipe; its write end is still open in copier $p, fd 4, fd 5, fd 6\.\$"
over
act titled
says "what a server says of itself" "^titled $p is blocked in pause\(\): it waits \
for a signal; its title is \"titled: waits for a row\?\"\.\$"
over
act sem-time
says "a moment" "^sem-time $p is blocked in sem_wait\(\) .*; its time limit \
comes in 4[0-9]{3}\.[0-9] s\.\$"
over

own="its write end is still open in the same process, fd"
act select
says "four of six are named" "^select $p is blocked in select\(\) on fd 3, a \
pipe; $own 4 and fd 5, .* and fd 7, .* and fd 9, a pipe; $own [0-9]+ and 2 \
more\.\$"
over
act select-write
says "which way" "^select-write $p is blocked in select\(\) on fd 4, a pipe \
that is full; its read end is still open in the same process, fd 3\.\$"
over
act edge
says "edge-triggered" "^edge $p is blocked in epoll_wait\(\) on fd 4, a pipe; \
$own 5 \(EPOLLET: it tells of what comes, not of what has come before and is \
still there: 2 bytes\)\.\$"
over
act edge-empty
says "of an empty one there is nothing to say" "^edge-empty $p is blocked in \
epoll_wait\(\) on fd 4, a pipe; $own 5\.\$"
over
act oneshot
says "told once" "^oneshot $p is blocked in epoll_wait\(\) on fd 4, a pipe; \
$own 5 \(EPOLLONESHOT: it has told of it, and tells no more until epoll_ctl"
over
act closed
says "closed, and still watched" "^closed $p is blocked in epoll_wait\(\) on \
what was fd 4, which this process has closed, and somebody has open still"
over
act eventfd
says "who could add to an eventfd" "^eventfd $p is blocked in read\(\) on fd \
3, an eventfd whose value is 0; it is open in adder $p, fd 3, too\.\$"
like "what that one does" "$said" "^  adder $p is blocked in pause"
over

# Programs of the other width, without a C library, which may not be here.
narrow()
{
	${CC:-cc} -m32 -nostdlib -static -fno-stack-protector -fno-pie -no-pie \
		-o "$tmp/narrow" common/why/t/narrow.c 2> "$tmp/cannot" &&
		"$tmp/narrow" none
}
if ! narrow; then
	skip "a program for 32 bits" "it cannot be built or run here"
	finish
	exit
fi
for call in write waitpid pause poll select nap; do
	"$tmp/narrow" $call &
	pid=$!
	case $call in
	write) says "32 bits: write" "^narrow $p is blocked in write\(\) on fd \
4, a pipe that is full; its read end is still open in the same process, fd 3" ;;
	waitpid) says "32 bits: waitpid" "^narrow $p is blocked in wait\(\) for \
a child to end: narrow $p\.\$"
		like "32 bits: its child" "$said" "^  narrow $p is blocked in pause"
		kill "$(cat "/proc/$pid/task/$pid/children")" ;;
	pause) says "32 bits: pause" "^narrow $p is blocked in pause\(\)" ;;
	poll) says "32 bits: poll" "^narrow $p is blocked in poll\(\) on fd 3, \
a pipe; $own 4; it waits for 5000 s at most\.\$" ;;
	select) says "32 bits: select" "^narrow $p is blocked in select\(\) on \
fd 3, a pipe; $own 4; it waits for 5000 s at most\.\$" ;;
	nap) says "32 bits: nanosleep" "^narrow $p sleeps until a time has \
passed, 5000 s in all\.\$" ;;
	esac
	over
done
finish
