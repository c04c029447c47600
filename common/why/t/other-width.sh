#!/bin/sh
# other-width.sh - programs for 32 bits with a C library of their own: other
# numbers of calls, structures of other sizes, ipc() for System V
cd "$(dirname "$0")/../../.." || exit 1
. common/why/t/setup

# Debian keeps the kernel's headers in the folder of the other width alone.
narrow() # NAME
{
	${CC:-cc} -m32 -O1 -idirafter "/usr/include/$(uname -m)-linux-gnu" \
		-o "$tmp/$1" "common/why/t/$1.c" -pthread -lrt \
		2> "$tmp/cannot" && "$tmp/$1" none 2> "$tmp/none"
	grep -q 'no act' "$tmp/none"
}
: > "$tmp/none"
if ! narrow waits || ! narrow places; then
	skip "programs for 32 bits" "they cannot be built or run here \
(Debian: gcc-multilib)"
	finish
	exit
fi
stop()
{
	kill -TERM "$pid" && wait "$pid" 2> /dev/null
	pid=
}

own="its write end is still open in the same process, fd"
check() # PROGRAM ACT REGEX
{
	"$tmp/$1" "$2" "$tmp/file" &
	pid=$!
	says "32 bits: $2" "$3"
	stop
}
wait_of() # ACT REGEX
{
	"$tmp/waits" "$1" &
	pid=$!
	says "32 bits: $1" "$2"
	stop
}
wait_of mutexes "^second $t is blocked on a mutex that mutexes $p holds\.\$"
wait_of twice "^twice $p is blocked on a mutex that it holds itself"
wait_of cond "^waiter $t is blocked in pthread_cond_wait\(\): nobody has"
wait_of semaphore "^semaphore $p is blocked in sem_wait\(\) on a semaphore \
whose value is 0, in shared memory; poster $p has it, too\.\$"
wait_of sem-time "^sem-time $p is blocked in sem_wait\(\) .*; its time limit \
comes in 4[0-9]{3}\.[0-9] s\.\$"
wait_of join "^join $t waits in pthread_join\(\) for reader $t to end\.\$"
wait_of sigwait "^sigwait $p is blocked in sigwait\(\): it waits for a signal \
\(SIGINT or SIGUSR1\)\.\$"
wait_of until "^until $p sleeps until a time has passed, in 4[0-9]{3}\.[0-9] s"
wait_of select "^select $p is blocked in select\(\) on fd 3, a pipe; $own 4"
wait_of edge "^edge $p is blocked in epoll_wait\(\) on fd 4, a pipe; $own 5"
check places semop "^semop $p is blocked in semop\(\) on semaphore set [0-9]+: \
it wants -2 on semaphore 1, whose value is 1 \(last changed by semop $p\)\.\$"
check places msgrcv "^msgrcv $p is blocked in msgrcv\(\) on message queue \
[0-9]+, which holds 1 messages \(8 of [0-9]+ bytes\), none of type 7$first\.\$"
check places lock "^lock $p is blocked in flock\(\) on fd 3, .*: a WRITE FLOCK"
check places mutex "^mutex $p is blocked on a mutex that holder $p holds"
check places waitpid "^waitpid $p is blocked in wait\(\) for child $p to end"

# A program for another processor runs in an emulator, which is what waits.
if command -v qemu-i386 > "$tmp/none" && ${CC:-cc} -m32 -nostdlib -static \
	-fno-stack-protector -fno-pie -no-pie -o "$tmp/narrow" \
	common/why/t/narrow.c 2> "$tmp/cannot"; then
	qemu-i386 "$tmp/narrow" write &
	pid=$!
	says "an emulator" "^qemu-i386 $t is blocked in write\(\) on fd [0-9]+, \
a pipe that is full; its read end is still open in the same process, fd"
	over
else
	skip "an emulator" "qemu-i386 is not here, or nothing for it"
fi
finish
