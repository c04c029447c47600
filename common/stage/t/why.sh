#!/bin/sh
# why.sh - what each process of a run waited for when the deadline passed,
# in one sentence
# shellcheck disable=SC2086 # $as is several words, or none
cd "$(dirname "$0")/../../.." || exit 1
. common/stage/t/setup

# Many acts in one run: they hang side by side.
objects()
{
	hang 1 "$hostile" semop -1 :: "$hostile" semop 0 :: \
		"$hostile" msgrcv :: "$hostile" msgsnd :: \
		"$hostile" mqueue :: "$hostile" unnamed :: \
		"$hostile" named :: "$hostile" mutex
	is "$at objects: status" "$status" 1
	like "$at System V semaphore" "$err" "^semop $p is blocked in \
semop\(\) on semaphore set [0-9]+: it wants -1 on semaphore 0, whose value \
is 0 \(last changed by semop $p\)\.\$"
	like "$at wait for zero" "$err" "^semop .*: it waits for semaphore 0 \
to become zero, whose value is 1"
	like "$at empty System V queue" "$err" "^msgrcv $p is blocked in \
msgrcv\(\) on message queue [0-9]+, which holds 0 messages .*, none of type 7"
	like "$at full System V queue" "$err" "^msgsnd $p is blocked in \
msgsnd\(\) on message queue [0-9]+, which holds [1-9][0-9]* messages"
	like "$at empty POSIX queue" "$err" "^mqueue $p is blocked in \
mq_receive\(\) on fd [0-9]+, the POSIX queue /hostile.*empty, which holds 0"
	like "$at unnamed semaphore" "$err" "^unnamed $p is blocked \
(in sem_wait\(\) on a semaphore|on a futex) whose value is 0.*, in shared \
memory; nobody else"
	like "$at named semaphore" "$err" "^named $p is blocked in \
sem_wait\(\) on the named semaphore /hostile\.$$\.named, whose value is 0"
	like "$at mutex" "$err" "^mutex $p is blocked on a mutex that \
holder $p holds, in shared memory"
	like "$at its holder" "$err" "^holder $p is blocked in pause\(\): \
it waits for a signal"
	unlike "$at no deadlock: a signal may come" "$err" deadlock
	swept "$at objects"
}

descriptors()
{
	hang 1 "$hostile" selfpipe :: "$hostile" flock :: \
		"$hostile" fcntl :: "$hostile" fifo :: "$hostile" socket :: \
		"$hostile" wait :: "$hostile" sigwait :: "$hostile" stop
	like "$at own pipe" "$err" "^selfpipe $p is blocked in read\(\) on \
fd 3, a pipe; its write end is still open in the same process, fd 4\.\$"
	like "$at flock" "$err" "^flock $p is blocked in flock\(\) on fd \
[0-9]+, /.*/locked: a WRITE FLOCK lock is held by holder $p, fd [0-9]+\.\$"
	like "$at fcntl" "$err" "^fcntl $p is blocked in fcntl\(\) on fd \
[0-9]+, /.*/record: a WRITE POSIX lock is held by holder $p, fd [0-9]+\.\$"
	like "$at open of a FIFO" "$err" "^fifo $p is blocked in open\(\) \
of lonely for reading: nobody has it open for writing\.\$"
	like "$at socket" "$err" "^socket $p is blocked in read\(\) on fd \
3, a Unix stream socket; its peer is open in the same process, fd 4\.\$"
	like "$at child" "$err" "^wait $p is blocked in wait\(\) for a \
child to end: holder $p\.\$"
	like "$at sigwait" "$err" "^sigwait $p is blocked in sigwait\(\): it \
waits for a signal \(SIGUSR1\)\.\$"
	like "$at stopped" "$err" "^stop $p is stopped; kill -CONT [0-9]+"
	unlike "$at a stopped process: no deadlock" "$err" deadlock
	swept "$at descriptors"
	hang 0.3 "$hostile" eventfd
	like "$at empty eventfd" "$err" "^eventfd $p is blocked in read\(\) \
on fd 3, an eventfd whose value is 0; nobody else has it"
	hang 0.3 "$hostile" eventfd full
	like "$at full eventfd" "$err" "^eventfd $p is blocked in write\(\) \
on fd 3, an eventfd whose value is 18446744073709551614: what it adds must \
wait for a read\(\); nobody else has it"
	later "1 2 8 32" is_seen_in_state_d timed "$hostile" vfork
	like "$at state D" "$err" "^vfork $p is blocked in vfork\(\) \
\(state D\): a child has neither ended nor called exec\(\): vfork $p\.\$"
	swept "$at state D"
}

is_seen_in_state_d()
{
	printf '%s\n' "$err" | grep -q 'state D'
}

deadlocks()
{
	for act in dead-sysv dead-posix; do
		hang 0.3 "$hostile" $act
		like "$at $act" "$err" "^$act $p is blocked"
		like "$at $act: its partner" "$err" "^holder $p is blocked"
		like "$at $act: a deadlock" "$err" \
			"^Each of the 2 waits for .*: a deadlock\.\$"
		swept "$at $act"
	done
	run $tier -t 0.3 "$hostile" selfpipe :: "$hostile" busy
	unlike "$at one of two runs: no deadlock" "$err" deadlock
	# Beside one that waits for ever, one whose wait may end by itself.
	for act in timerfd timedwait stop sigwait; do
		hang 0.2 "$hostile" $act :: "$hostile" selfpipe
		like "$at $act is looked at" "$err" "^$act $p"
		unlike "$at $act: no deadlock" "$err" deadlock
	done
	swept "$at waits for time"
	hang 0.2 "$hostile" mutex robust :: "$hostile" poll
	like "$at poll" "$err" \
		"^poll $p is blocked in poll\(\) on fd 3, a pipe; its write"
	like "$at robust mutex" "$err" \
		"^mutex $p is blocked on a mutex that holder $p holds"
}

# Calls that few programs make; some C libraries and tools make them in place of
# read(), write() and pause().
calls()
{
	own="its (write|read) end is still open in the same process, fd"
	hang 0.3 "$hostile" call readv :: "$hostile" call preadv2 :: \
		"$hostile" call writev :: "$hostile" call vmsplice :: \
		"$hostile" call splice :: "$hostile" call tee :: \
		"$hostile" call sendfile :: "$hostile" call recvmmsg
	for call in readv preadv2; do
		like "$at $call" "$err" \
			"^$call $p is blocked in $call\(\) on fd 3, a pipe; $own 4"
	done
	for call in writev vmsplice; do
		like "$at $call" "$err" "^$call $p is blocked in $call\(\) on \
fd 4, a pipe that is full; $own 3"
	done
	for call in splice tee; do
		like "$at $call" "$err" "^$call $p is blocked in $call\(\), \
which takes from fd 3, a pipe; $own 4, and gives to fd 6, a pipe; $own 5\.\$"
	done
	like "$at sendfile" "$err" "^sendfile $p is blocked in sendfile\(\), \
which takes from fd 3, /.*hostile, and gives to fd 5, a pipe; $own 4\.\$"
	like "$at recvmmsg" "$err" \
		"^recvmmsg $p is blocked in recvmmsg\(\) on fd 3, a Unix datagram socket; its peer is open"
	hang 0.3 "$hostile" call select :: "$hostile" call epoll :: \
		"$hostile" call signalfd :: "$hostile" call io_getevents
	like "$at select" "$err" \
		"^select $p is blocked in select\(\) on fd 3, a pipe; $own 4"
	like "$at epoll" "$err" \
		"^epoll $p is blocked in epoll_wait\(\) on fd 4, a pipe; $own 5"
	like "$at signalfd" "$err" "^signalfd $p is blocked in read\(\) on \
fd 3, a signalfd: it waits for a signal \(SIGUSR1\)\.\$"
	if grep -q '^io_getevents: .* ENOSYS' "$dir/err"; then
		skip "$at a call by its name" "no io_setup() here"
	else
		like "$at a call by its name" "$err" "^io_getevents $p is \
blocked in io_getevents\(\)\.\$"
	fi
	swept "$at calls"
}

# pause() is ppoll() of nothing on some processors. Whoever waits for a signal
# is in no deadlock, whatever the call.
signals()
{
	for call in ppoll select0 epoll0 signalfd; do
		hang 0.2 "$hostile" held $call
		like "$at mutex, its holder in $call" "$err" \
			"^held $p is blocked on a mutex that $call $p holds"
		like "$at $call" "$err" \
			"^$call $p is blocked in .*: it waits for a signal( \(SIGUSR1\))?\.\$"
		unlike "$at $call: no deadlock" "$err" deadlock
	done
	# Who ends the wait of a call that is not known?
	hang 0.2 "$hostile" held io_getevents
	unlike "$at a call by its name: no deadlock" "$err" deadlock
	swept "$at waits for signals"
}

all()
{
	objects
	descriptors
	deadlocks
	calls
	signals
	traced
}

p='\(process [0-9]+\)'

# A tracer holds a process for moments, or for longer. Only who was stopped by a
# signal is stopped.
traced()
{
	hang 0.3 "$hostile" traced
	like "$at held by a debugger" "$err" \
		"^holder $p is held by traced $p, which traces it\.\$"
	unlike "$at held: not stopped" "$err" "kill -CONT"
	strace -o /dev/null true 2> /dev/null || {
		skip "$at under strace" "strace is not here, or may not trace"
		return
	}
	hang 0.3 strace -f -qq -o /dev/null "$hostile" stop
	like "$at under strace: stopped" "$err" \
		"^stop $p is stopped; kill -CONT [0-9]+ lets it go on\.\$"
	run $tier -t 0.3 strace -f -qq -o /dev/null "$hostile" calls
	like "$at under strace: many calls" "$err" \
		"^calls $p is (running|held by strace)"
	unlike "$at under strace: not stopped" "$err" "^calls.*kill -CONT"
	swept "$at tracers"
}

# May an ordinary user look at all of that?
few()
{
	hang 1 "$hostile" semop -1 :: "$hostile" mqueue :: \
		"$hostile" mutex :: "$hostile" named :: "$hostile" selfpipe \
		:: "$hostile" flock :: "$hostile" fifo :: "$hostile" wait
	like "$at semaphore" "$err" "wants -1 on semaphore 0, whose value is 0"
	like "$at POSIX queue" "$err" "POSIX queue /.*empty, which holds 0"
	like "$at mutex" "$err" "on a mutex that holder $p holds"
	like "$at named semaphore" "$err" "named semaphore /hostile\.$$\.named"
	like "$at own pipe" "$err" "still open in the same process, fd 4"
	like "$at flock" "$err" "a WRITE FLOCK lock is held by holder $p"
	like "$at open of a FIFO" "$err" "nobody has it open for writing"
	like "$at child" "$err" "in wait\(\) for a child to end"
	swept "$at hangs"
}

# Yama's ptrace_scope 2 keeps a user's stage from looking at all, 3 also root's.
looking() # FUNCTION
{
	run $tier -t 0.3 "$hostile" selfpipe
	case $err in
	*'may not be seen: '*)
		skip "$at" "$(printf '%s\n' "$err" |
			sed -n 's/.*may not be seen: //p')" ;;
	*) "$1" ;;
	esac
}
looking_all()
{
	looking all
}
looking_few()
{
	looking few
}

each_tier looking_all
as_nobody each_tier looking_few
finish
