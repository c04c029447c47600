#!/bin/sh
# threads.sh - a process with threads: which of them waits, and what another
# one of them could do
cd "$(dirname "$0")/../../.." || exit 1
. common/why/t/setup

act join
says "a thread's end is awaited" "^join $t waits in pthread_join\(\) for \
reader $t to end\.\$"
like "and that thread is told of" "$said" "^reader $t is blocked in read\(\) \
on fd 3, a pipe; its write end is still open in the same process, fd 4\.\$"
like "they wait for each other" "$said" "^A circle: join $t waits for reader \
$t to end; reader $t waits for join $t to write to the pipe or close it\. \
Nobody else can end it"
over

act leader
says "its first thread has ended" "^reader $t is blocked in read\(\) on fd 3, \
a pipe; its write end is still open in the same process, fd 4\.\$"
unlike "that is no process that has ended" "$said" 'has ended'
over

act mutexes
says "who has the mutex" "^mutexes $t is blocked on a mutex that second $t \
holds\.\$"
like "and the other one" "$said" "^second $t is blocked on a mutex that mutexes \
$p holds\.\$"
like "two threads in a circle" "$said" "^A circle: mutexes $t waits for second \
$t to unlock the mutex; second $t waits for mutexes $t to unlock"
over

act twice
says "its own mutex, a second time" "^twice $p is blocked on a mutex that it \
holds itself: it locks it a second time\.\$"
like "nobody ends that" "$said" "^Nobody can end the wait of twice $p"
over

act owner-died
says "the owner has ended" "^owner-died $p is blocked on a mutex that process \
[0-9]+ holds, which has ended, in shared memory\.\$"
over

# The child has a number of its own.
act copy
until_true grep -q . "/proc/$pid/task/$pid/children"
parent=$pid
pid=$(tr -d ' ' < "/proc/$parent/task/$parent/children")
says "a copy of a locked mutex" "^child $p is blocked on a mutex, in its own \
memory, that was locked by library $t when fork\(\) copied it: nobody can \
unlock the copy\.\$"
like "nobody ends that, either" "$said" "^Nobody can end the wait of child $p"
pid=$parent
over

act cond
says "a condition" "^waiter $t is blocked in pthread_cond_wait\(\): nobody has \
signaled the condition, in its own memory: only another of its threads can end \
this\.\$"
unlike "one that pauses may do so" "$said" '^A circle|^Nobody'
over

act lost
says "nobody is left to signal it" "^A circle: lost $t waits for waiter $t to \
wake it; waiter $t waits for lost $t to wake it\. Nobody else"
over

act destroy
says "a condition that cannot be destroyed" "^destroy $p is blocked in \
pthread_cond_destroy\(\): 1 still waits for the condition, in shared memory; \
nobody else has it"
over

if glibc_before 41; then
	act signal
	says "one that cannot be signaled" "^signal $p is blocked in \
pthread_cond_signal\(\) or pthread_cond_broadcast\(\): 1 that was told before has \
not gone on, in shared memory; signal $p has it, too\.\$"
	over
else
	skip "one that cannot be signaled" \
		"only glibc before 2.41 waits there"
fi

act malloc
says "a lock of the C library" "^malloc $t is blocked on a futex whose value is 2, \
in the data of libc[a-z0-9.-]*, in its own memory: only another of its threads"
over

act barrier
says "what it is cannot be told" "^barrier $p is blocked on a futex whose value \
is 0 \(a semaphore without a unit left, a condition nobody has signaled, or a \
barrier\), in its own memory: no other process can reach it\.\$"
over

act many
says "twelve that do the same are one sentence" "^  Of its threads (worker \
\([0-9]+\)(, )?){8} and 3 more do the same\.\$"
is "which is said once" "$(echo "$said" | grep -c cond_wait)" 1
over

act naps
says "those that do so until another moment are one sentence, too" "^  Of its \
threads (napper \([0-9]+\)(, )?){3} do the same, each with a time limit of its own\.\$"
is "which is said once, too" "$(echo "$said" | grep -c cond_wait)" 1
over

act semaphore
says "who else has its semaphore" "^semaphore $p is blocked in sem_wait\(\) on \
a semaphore whose value is 0, in shared memory; poster $p has it, too\.\$"
like "what that one does" "$said" "^  poster $p is blocked in pause"
over

has_two_threads()
{
	set -- "/proc/$pid/task"/*
	[ $# -eq 2 ]
}
act cond
until_true has_two_threads
is "a thread's number is one of its process" \
	"$("$why" "$(ls "/proc/$pid/task" | tail -n 1)" | grep -c "of process $pid")" 2
over
finish
