#!/bin/sh
# why.sh - what each process of a run waited for when the deadline passed,
# in one sentence
cd "$(dirname "$0")" || exit 1
. ./setup

# Many acts in one run: they hang side by side.
objects()
{
	run $tier -t 1 "$hostile" semop -1 :: "$hostile" semop 0 :: \
		"$hostile" msgrcv :: "$hostile" msgsnd :: \
		"$hostile" mqueue :: "$hostile" unnamed :: \
		"$hostile" named :: "$hostile" mutex
	is "$tier objects: status" "$status" 1
	like "$tier System V semaphore" "$err" "^semop $p is blocked in \
semop\(\) on semaphore set [0-9]+: it wants -1 on semaphore 0, whose value \
is 0 \(last changed by semop $p\)\.\$"
	like "$tier wait for zero" "$err" "^semop .*: it waits for semaphore 0 \
to become zero, whose value is 1"
	like "$tier empty System V queue" "$err" "^msgrcv $p is blocked in \
msgrcv\(\) on message queue [0-9]+, which holds 0 messages .*, none of type 7"
	like "$tier full System V queue" "$err" "^msgsnd $p is blocked in \
msgsnd\(\) on message queue [0-9]+, which holds [1-9][0-9]* messages"
	like "$tier empty POSIX queue" "$err" "^mqueue $p is blocked in \
mq_receive\(\) on fd [0-9]+, the POSIX queue /hostile.*empty, which holds 0"
	like "$tier unnamed semaphore" "$err" "^unnamed $p is blocked on a \
futex whose value is 0 \(a semaphore without a unit left.*in shared memory"
	like "$tier named semaphore" "$err" "^named $p is blocked in \
sem_wait\(\) on the named semaphore /hostile\.$$\.named, whose value is 0"
	like "$tier mutex" "$err" "^mutex $p is blocked on a mutex that \
holder $p holds, in shared memory"
	like "$tier its holder" "$err" "^holder $p is blocked in pause\(\): \
it waits for a signal"
	unlike "$tier no deadlock: a signal may come" "$err" deadlock
	swept "$tier objects"
}

descriptors()
{
	run $tier -t 1 "$hostile" selfpipe :: "$hostile" flock :: \
		"$hostile" fcntl :: "$hostile" fifo :: "$hostile" socket :: \
		"$hostile" wait :: "$hostile" sigwait :: "$hostile" stop
	like "$tier own pipe" "$err" "^selfpipe $p is blocked in read\(\) on \
fd 3, a pipe; its write end is still open in the same process, fd 4\.\$"
	like "$tier flock" "$err" "^flock $p is blocked in flock\(\) on fd \
[0-9]+, /.*/locked: a WRITE FLOCK lock is held by holder $p\.\$"
	like "$tier fcntl" "$err" "^fcntl $p is blocked in fcntl\(\) on fd \
[0-9]+, /.*/record: a WRITE POSIX lock is held by holder $p\.\$"
	like "$tier open of a FIFO" "$err" "^fifo $p is blocked in open\(\) \
of lonely for reading: nobody has it open for writing\.\$"
	like "$tier socket" "$err" "^socket $p is blocked in read\(\) on fd \
3, a socket"
	like "$tier child" "$err" "^wait $p is blocked in wait\(\) for a \
child to end\.\$"
	like "$tier sigwait" "$err" "^sigwait .*: it waits for a signal"
	like "$tier stopped" "$err" "^stop $p is stopped; kill -CONT [0-9]+"
	unlike "$tier a stopped process: no deadlock" "$err" deadlock
	swept "$tier descriptors"
}

deadlocks()
{
	for act in dead-sysv dead-posix; do
		run $tier -t 0.3 "$hostile" $act
		like "$tier $act" "$err" "^$act $p is blocked"
		like "$tier $act: its partner" "$err" "^holder $p is blocked"
		like "$tier $act: a deadlock" "$err" \
			"^Each of the 2 waits for .*: a deadlock\.\$"
		swept "$tier $act"
	done
	run $tier -t 0.3 "$hostile" selfpipe :: "$hostile" busy
	unlike "$tier one of two runs: no deadlock" "$err" deadlock
	run $tier -t 0.3 "$hostile" timerfd :: "$hostile" timedwait
	unlike "$tier time ends the wait: no deadlock" "$err" deadlock
	like "$tier a timer" "$err" "^timerfd $p is blocked in read.*timerfd"
	swept "$tier waits for time"
	run $tier -t 0.3 "$hostile" mutex robust
	like "$tier robust mutex" "$err" \
		"^mutex $p is blocked on a mutex that holder $p holds"
}

all()
{
	objects
	descriptors
	deadlocks
}

p='\(process [0-9]+\)'
each_tier all
finish
