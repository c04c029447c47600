#!/bin/sh
# locks.sh - locks on files: only those that are in the way, and those who hold
# them now, whoever took them
cd "$(dirname "$0")/../../.." || exit 1
. common/why/t/setup
waits=$PWD/build/partners
cd "$tmp" || exit 1

act flock
says "the lock of a process that has ended" "^flock $p is blocked in flock\(\) \
on fd [0-9]+, $tmp/locked: a WRITE FLOCK lock is held by daemon $p, fd [0-9]+\.\$"
like "what its heir does" "$said" "^  daemon $p is blocked in read"
over

act range
says "record locks: those that overlap" "^range $p is blocked in fcntl\(\) on \
fd [0-9]+, $tmp/bytes: a WRITE POSIX lock of bytes 100 to 109 is held by \
hundred $p, fd [0-9]+; and a READ POSIX lock of bytes 150 to 159 is held by \
hundred $p, fd [0-9]+\.\$"
over
act shared
says "a reader waits for no reader" "^shared $p is blocked in fcntl\(\) on fd \
[0-9]+, $tmp/bytes: a WRITE POSIX lock of bytes 100 to 109 is held by hundred \
$p, fd [0-9]+\.\$"
over
act current
says "counted from where it is" "^current $p is blocked in fcntl\(\) on fd \
[0-9]+, $tmp/bytes: a WRITE POSIX lock of bytes 100 to 109 is held by hundred \
$p, fd [0-9]+\.\$"
over

act ofd
says "OFD locks have no process" "^ofd $p is blocked in fcntl\(\) on fd [0-9]+, \
$tmp/own: a WRITE OFDLCK lock is held by opener $p, fd [0-9]+ and by heir $p, fd \
[0-9]+\.\$"
over
act upgrade
says "its own lock is not in its way" "^upgrade $p is blocked in fcntl\(\) on \
fd [0-9]+, $tmp/upgraded: a READ OFDLCK lock is held by reader $p, fd [0-9]+\.\$"
over

act twice
says "its own lock, by another open()" "^twice $p is blocked in flock\(\) on fd \
[0-9]+, $tmp/twice: a WRITE FLOCK lock is held by the same process, fd [0-9]+\.\$"
like "nobody ends that" "$said" "^Nobody else can end the wait of twice $p"
over
act crossed
says "two files in the other order" "^A circle: crossed $p waits for other $p \
to unlock the file; other $p waits for crossed $p to unlock the file\. Nobody \
else"
over
act queue
says "three wait for one" "^queue $p is blocked in flock\(\) on .*: a WRITE \
FLOCK lock is held by holder $p, fd [0-9]+; 2 more wait for it\.\$"
over

act lease
says "open() waits for a lease" "^lease $p is blocked in open\(\) of leased; a \
lease on it is held by leaser $p, fd [0-9]+\.\$"
over

# Here nobody has the number that took it, and inside nobody has ours. The
# holders end when our end of the FIFO is closed.
if unshare -pf --mount-proc true 2> /dev/null; then
	: > spaced
	mkfifo end
	exec 8<> end
	unshare -pf --mount-proc --kill-child flock spaced sh -c \
		'echo held > now; read -r line < end' 8>&- &
	far=$!
	until_true test -s now
	flock spaced true 8>&- &
	pid=$!
	says "a lock from another pid namespace" "^flock $p is blocked in \
flock\(\) on fd [0-9]+, $tmp/spaced: a WRITE FLOCK lock is held by flock $p, fd \
[0-9]+ and by sh $p, fd [0-9]+\.\$"
	# From inside nobody is to be seen who holds the one of a process outside.
	flock outside sh -c 'echo held > out; read -r line < end' 8>&- &
	outside=$!
	until_true test -s out
	# shellcheck disable=SC2016 # for the inner shell
	said=$(unshare -pf --mount-proc --kill-child sh -c '
		flock outside true &
		until=$(($(date +%s) + 10))
		while [ "$(date +%s)" -lt $until ]; do
			"$1" $! > said 2>&1
			grep -q "in flock" said && break
		done
		cat said' sh "$why" 8>&-)
	like "nobody inside has it" "$said" "^flock $p is blocked in flock\(\) on \
fd [0-9]+, $tmp/outside: who holds a lock that is in the way cannot be seen"
	printf 'end\nend\n' >&8
	exec 8>&-
	wait $far $outside
	wait "$pid"
	pid=
else
	skip "a lock from another pid namespace" "no unshare -p here"
fi
finish
