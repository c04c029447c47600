#!/bin/sh
# spaces.sh - a process in other namespaces: its objects are looked up where it
# lives, or the sentence says that they cannot be
cd "$(dirname "$0")/../../.." || exit 1
. common/why/t/setup

make -s -C common/why places || exit 1
places=$PWD/build/places

# An ordinary user needs a user namespace of its own for each of the others.
user=
[ "$(id -u)" -eq 0 ] || user=--map-root-user
try()
{
	unshare $user --ipc --pid --fork --mount true 2> "$tmp/cannot"
}
try || {
	skip "other namespaces" "$(head -n 1 "$tmp/cannot")"
	finish
	exit
}

# Each removes its object at SIGTERM, and gives back what it has.
stop()
{
	kill -TERM "$pid" && wait "$pid" 2> /dev/null
	pid=
}

# unshare becomes the program, but where that has to be a child of it.
space() # OPTION... COMMAND...
{
	unshare $user "$@" &
	pid=$!
}
# Then it ends with unshare; PID is the child's.
below()
{
	above=$pid
	until_true grep -q . "/proc/$above/task/$above/children"
	pid=$(tr -d ' ' < "/proc/$above/task/$above/children")
}
over_above()
{
	kill -KILL "$above" && wait "$above" 2> /dev/null
	pid=
}

other='of another IPC namespace'
space --ipc "$places" semop
says "a semaphore of its own namespace" "^semop $p is blocked in semop\(\) on \
semaphore set [0-9]+ $other: it wants -2 on semaphore 1, whose value is 1 \
\(last changed by semop $p\)\.\$"
like "its name tells which one" "$("$why" --json "$pid")" \
	'"name": "[0-9]+ of ipc:\[[0-9]+\]"'
stop
space --ipc "$places" msgrcv
says "a queue of its own namespace" "^msgrcv $p is blocked in msgrcv\(\) on \
message queue [0-9]+ $other, which holds 1 messages \(8 of [0-9]+ bytes\), \
none of type 7$first\.\$"
stop
"$places" semop &
pid=$!
says "one of ours" "^semop $p is blocked in semop\(\) on semaphore set [0-9]+: \
it wants -2 on semaphore 1, whose value is 1 \(last changed by semop $p\)\.\$"
stop

# Who may not go there says so, and the rest.
less=
[ "$(id -u)" -eq 0 ] && less="setpriv --bounding-set=-sys_admin"
if [ -n "$less" ] && $less true 2> "$tmp/cannot"; then
	for act in semop msgrcv; do
		space --ipc "$places" $act
		says "$act: by root" "^$act .* $other"
		case $act in
		semop) rest=": it wants -2 on semaphore 1\.\$" ;;
		msgrcv) rest=", for a message of type 7\.\$" ;;
		esac
		like "$act: by who may not go there" "$($less "$why" "$pid")" \
			"^$act $p is blocked in .* $other, which cannot be \
looked into from here \(run why where it lives: docker exec\)$rest"
		stop
	done
else
	skip "who may not go there" "only root can give that right away"
fi

# The number in the mutex is one of its own namespace.
space --pid --fork --kill-child "$places" mutex
below
says "a mutex, held by another process of its pid namespace" "^mutex $p is \
blocked on a mutex that holder $p holds, in shared memory\.\$"
holder=$(pgrep -P "$pid")
like "it is named by its number here" "$said" "holder \(process $holder\) holds"
over_above
space --pid --fork --kill-child "$places" waitpid
below
says "a child, by its number there" "^waitpid $p is blocked in wait\(\) for \
child \(process [0-9]+\) to end\.\$"
like "and by its number here" "$said" "child \(process $(pgrep -P "$pid")\)"
over_above

# A folder that looks otherwise in there: /door is one of it. Without times of
# access: a link that is made and followed in the same moment wants a new one, and
# then the kernel does not follow it without asking its file system.
mkdir "$tmp/there"
inside="mount -t tmpfs -o noatime none '$tmp/there' && mkfifo '$tmp/there/real' &&
	ln -s '$tmp/there/real' '$tmp/there/door'"
space --mount sh -c "$inside && exec '$places' open '$tmp/there/door'"
says "a FIFO that is there for it alone, by a link" "^open $p is blocked in \
open\(\) of $tmp/there/door for reading: nobody has it open for writing\.\$"
over
mkfifo "$tmp/there/door"
"$places" read "$tmp/there/door" &
namesake=$!
space --mount sh -c "mount -t tmpfs none '$tmp/there' &&
	mkfifo '$tmp/there/door' && exec '$places' read '$tmp/there/door'"
says "a FIFO that has a namesake" "^read $p is blocked in read\(\) on fd 3, \
the FIFO $tmp/there/door; its write end is still open in the same process, fd \
3\.\$"
over
kill $namesake
wait $namesake 2> /dev/null

space --mount sh -c "mount -t tmpfs none /dev/shm &&
	exec '$places' named /places.$$"
says "a named semaphore that is there for it alone" "^named $p is blocked in \
sem_wait\(\) on the named semaphore /places\.$$, whose value is 0; nobody else"
over

# A queue tells who else has it open.
"$places" mqueue &
pid=$!
if until_true pgrep -P $pid > /dev/null; then
	says "who could send" "^mqueue $p is blocked in mq_receive\(\) on fd \
[0-9]+, the POSIX queue /places\.[0-9]+ \(deleted\), which holds 0 bytes; it \
is also open in sender $p, fd [0-9]+\.\$"
	over
	"$places" lonely &
	pid=$!
	says "nobody could receive" "^lonely $p is blocked in mq_send\(\) on \
.*, which holds 8 bytes; nobody else has it open to receive"
	over

	# Who waits for the signal of mq_notify() is told once.
	its="it waits for a signal \(SIGUSR1\); fd [0-9]+, the POSIX queue \
/places\.[0-9]+ \(deleted\), holds"
	"$places" notice 0 &
	pid=$!
	says "a notice that may come" "^notice $p is blocked in sigwait\(\): $its 0 \
bytes and tells it by SIGUSR1 when a message comes\.\$"
	over
	"$places" notice 1 &
	pid=$!
	says "one that was there already" "^notice $p is blocked in sigwait\(\): \
$its 8 bytes and tells nobody when a message comes\.\$"
	over
	"$places" late 0 &
	pid=$!
	says "one that needs an empty queue" "^late $p is blocked in sigwait\(\): \
$its 8 bytes and tells it by SIGUSR1 when a message comes and the queue was \
empty\.\$"
	over
else
	skip "who has a queue open" "no POSIX queues here"
	over
fi
finish
