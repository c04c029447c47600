#!/bin/sh
# states.sh - who waits for no partner, and who does not stay as he is while he
# is looked at
cd "$(dirname "$0")/../../.." || exit 1
. common/why/t/setup

make -s -C common/why places || exit 1
places=$PWD/build/places
place() # ACT...
{
	"$places" "$@" &
	pid=$!
}

# A look must end.
look() # PID...
{
	said=$(timeout 60 "$why" "$@" 2>&1)
	status=$?
}

# ------------------------------------------------------ a frozen control group
cgroup=
thaw()
{
	[ -n "$cgroup" ] || return 0
	# No signal ends who is frozen.
	case $freezes in
	cgroup.freeze) echo 0 > "$cgroup/$freezes" ;;
	*) echo THAWED > "$cgroup/$freezes" ;;
	esac
	over
	until_true rmdir "$cgroup" 2> /dev/null
	cgroup=
}
at_end thaw

frozen() # FILE VALUE
{
	freezes=$1
	act select
	says "$1: before" "^select $p is blocked in select"
	echo "$pid" > "$cgroup/cgroup.procs"
	echo "$2" > "$cgroup/$freezes"
	says "$1: frozen" "^select $p is frozen with its control group \
\(docker pause, systemctl freeze\); as root: echo (0|THAWED) > $cgroup/$freezes"
	unlike "$1: it waits for nobody" "$said" "blocked"
}

any=
for folder in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/freezer; do
	[ "$(id -u)" -eq 0 ] || break
	mkdir "$folder/why.$$" 2> /dev/null || continue
	cgroup=$folder/why.$$
	if [ -f "$cgroup/cgroup.freeze" ]; then
		any=yes
		frozen cgroup.freeze 1
	elif [ -f "$cgroup/freezer.state" ]; then
		any=yes
		frozen freezer.state FROZEN
	else
		freezes=cgroup.freeze
		rmdir "$cgroup"
		cgroup=
	fi
	thaw
done
[ -n "$any" ] || skip "a frozen control group" \
	"no control group can be made here"

# ------------------------------------------- a file system that does not answer
mkdir "$tmp/served"
if [ "$(id -u)" -eq 0 ] && unshare --mount true 2> /dev/null &&
	[ -c /dev/fuse ] && (exec < /dev/fuse) 2> /dev/null; then
	unshare --mount "$places" fuse "$tmp/served" &
	pid=$!
	if until_true pgrep -P $pid -x client > /dev/null; then
		server=$pid
		pid=$(pgrep -P $server -x client)
		says "its server is named" "^client $p is blocked in open\(\) \
of $tmp/served/file: it waits for the program that serves this file system \
\(FUSE\), .*fuse \(process $server\)"
		pid=$server
	else
		skip "its server is named" "FUSE cannot be mounted here"
	fi
	over
else
	skip "its server is named" "FUSE cannot be mounted here"
fi

# --------------------------------------------------------- threads and children
# Whatever is seen of them is a sentence of the process, and the look ends.
for act in churn births; do
	place $act
	until_true grep -q "($act) " "/proc/$pid/stat"
	looks=0
	wrong=
	while [ $looks -lt 20 ]; do
		look $pid
		[ $status -eq 0 ] || wrong="$wrong status $status: $said"
		wrong="$wrong$(printf '%s\n' "$said" | grep -Ev \
			"^ *$act \((process|thread) |^  Of its threads|^A circle: ")"
		printf '%s\n' "$said" | grep -q "^A circle.*deadlock" &&
			wrong="$wrong $said"
		looks=$((looks + 1))
	done
	is "$act: nothing is wrong" "$wrong" ""
	over
done
place thousand
has_all()
{
	grep -q '(all-there) S' "/proc/$pid/stat"
}
if until_true has_all; then
	look $pid
	like "a thousand threads: they are told of in one line" "$said" \
		"^  Of its threads .* and 99[0-9] more do the same\.\$"
	is "and no other" "$(printf '%s\n' "$said" | grep -c '')" 2
	is "how many there are" "$("$why" --json $pid |
		grep -c '"call": "pause"')" 1001
else
	skip "a thousand threads" "this user may not have so many"
fi
over

# --------------------------------------------------- who runs, and why he does
act hung-up
says "the other end of its pipe is closed" "^hung-up $p is running: it uses the \
CPU and waits for nothing; the other end of fd 3, a pipe, is closed\.\$"
over
act hung-up-socket
says "that of its socket is; what never had a peer is not told of" \
	"^hung-up-socket $p is running: .*nothing; the other end of fd 3, a \
socket, is closed\.\$"
over
mkfifo "$tmp/door"
"$waits" hung-up < "$tmp/door" &
pid=$!
exec 9> "$tmp/door"
exec 9>&-
says "nobody writes to its FIFO any more" "^hung-up $p is running: .*; the other \
end of fd 0, $tmp/door, is closed; the other end of fd 3, a pipe, is closed\.\$"
over
act closed-busy
says "its set watches what it has closed" "^closed-busy $p is running: .*nothing; \
its epoll set fd 3 still watches what was fd 4, which it has closed\.\$"
over

# ------------------------------------------------------- no partner at all
place two-ended
says "its parent" "^two-ended $p is blocked in pause\(\): it waits for a \
signal; it has not waited for its children that have ended: [0-9]+, [0-9]+\.\$"
zombie=$(pgrep -P $pid | head -n 1)
look "$zombie"
like "one that has ended" "$said" "^[a-z-]+ $p has ended; its parent, \
two-ended \(process $pid\), has not waited for it\.\$"
over
if grep -q '(kthreadd)' /proc/2/stat 2> /dev/null && [ "$(id -u)" -eq 0 ]; then
	look 2
	like "a thread of the kernel" "$said" "^kthreadd $p is a thread of \
the kernel, which runs no program\.\$"
else
	skip "a thread of the kernel" "none can be seen here"
fi
finish
