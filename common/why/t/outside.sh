#!/bin/sh
# outside.sh - a process that may not be looked into: what can be known of it
# is said all the same
cd "$(dirname "$0")/../../.." || exit 1
. common/why/t/setup

make -s -C common/why places || exit 1
places=$PWD/build/places

# ---------------------------------------------------------------- as under Yama
# Who may read fd and wchan, and not trace: that is Yama's rule. Few kernels
# have Yama, so it is played: a process's file "syscall" may not be read, and
# neither the process nor why has a right of root's.
user=
[ "$(id -u)" -eq 0 ] || user=--map-root-user
: > "$tmp/closed"
chmod 0 "$tmp/closed"
cat > "$tmp/play" << 'END'
why=$1
closed=$2
shift 2
plain()
{
	exec setpriv --inh-caps=-all --bounding-set=-all "$@"
}
plain "$@" < /dev/null > /dev/null 2>&1 &
pid=$!
act=$2
ends=$(($(date +%s) + 10))
until grep -q "($act) S" "/proc/$pid/stat"; do
	[ "$(date +%s)" -lt $ends ] || break
done
mount -t tmpfs none /proc/sys/kernel &&
	mkdir /proc/sys/kernel/yama &&
	echo 1 > /proc/sys/kernel/yama/ptrace_scope &&
	mount --bind "$closed" "/proc/$pid/task/$pid/syscall" &&
	(plain "$why" "$pid")
kill -KILL $pid
END
played() # COMMAND...
{
	unshare $user --mount --ipc sh "$tmp/play" "$why" "$tmp/closed" "$@" 2>&1
}

# The act may not have come so far.
says_played() # NAME REGEX COMMAND...
{
	name=$1
	regex=$2
	shift 2
	says_until=$(($(date +%s) + 10))
	while :; do
		said=$(played "$@")
		printf '%s\n' "$said" | grep -Eq -e "$regex" && break
		[ "$(date +%s)" -lt $says_until ] || break
	done
	like "$name" "$said" "$regex"
}

more='; more may not be seen: kernel\.yama\.ptrace_scope is 1, so only root'
in='\(in the kernel: [a-z0-9_.]+\)'
yama()
{
	says_played "a pipe, the only one" "^pipe $p waits to read from a \
pipe $in: fd 3, a pipe; its write end is still open in the same process, fd \
4$more" "$places" pipe
	says_played "one of two pipes" "^pipes $p waits to read from a pipe \
$in: one of fd 3, 5$more" "$places" pipes
	says_played "a child" "^wait-first $p waits for a child to end $in: \
writer $p$more" "$waits" wait-first
	like "what that one does" "$said" "^  writer $p is blocked in write"
	says_played "an epoll set" "^edge $p waits in epoll_wait\(\) $in on \
fd 4, a pipe; its write end is still open in the same process, fd 5 \
\(EPOLLET: .*\)$more" "$waits" edge
	says_played "a function that is for many things" "^eventfd $p waits( \
to read from an eventfd)? $in.*; it has the children adder $p.* may not be \
seen: kernel\.yama" "$waits" eventfd
	says_played "poll" "^select $p waits in poll\(\) or select\(\) $in$more" \
		"$waits" select
	says_played "time" "^nap $p waits until a time has passed $in$more" \
		"$waits" nap
	says_played "a signal" "^two-ended $p waits for a signal $in; it has \
not waited for its children that have ended: [0-9]+, [0-9]+$more" "$places" \
		two-ended
	says_played "a futex" "^semaphore $p waits on a futex \(a mutex, .*\) \
$in; it has the children poster $p$more" "$waits" semaphore
	says_played "semop" "^semop $p waits in semop\(\) for semaphores \
$in$more" "$places" semop
	says_played "a lock" "^lock $p waits for a file lock $in; it has the \
children holder $p; it waits for a lock: a WRITE FLOCK lock is held by holder \
$p$more" "$places" lock "$tmp/locked"
}
"$waits" nap &
pid=$!
shows_wchan()
{
	grep -q '[a-z]' "/proc/$pid/wchan"
}
wchan=0
until_true shows_wchan && wchan=1
over
case $wchan:$(played "$waits" nap) in
0:*|:*) skip "as under Yama" "this kernel shows no wchan" ;;
*ptrace_scope*) yama ;;
*) skip "as under Yama" "$said" ;;
esac

# ------------------------------------------------------------- another user's
# Of such a process wchan may not be read, either.
others()
{
	as="setpriv --reuid $((60000 + $$ % 5000)) --regid 65534 --clear-groups"
	act wait-first
	says "its child" "^wait-first $p is blocked in wait"
	like "another user's: its children" "$($as "$why" "$pid")" \
		"^wait-first $p waits; it has the children writer $p, and in \
which system call may not be seen: it is another user's; sudo make why PID="
	over
	act merged
	says "who has ended" "^merged $p is blocked"
	like "another user's: who has ended" "$($as "$why" "$pid")" "^merged \
$p waits; it has not waited for its children that have ended: [0-9]+, [0-9]+, \
and in which system call may not be seen: it is another user's"
	over
	"$places" lock "$tmp/locked" &
	pid=$!
	says "its lock" "^lock $p is blocked"
	like "another user's: its lock" "$($as "$why" "$pid")" "^lock $p \
waits; it has the children holder $p; it waits for a lock: a WRITE FLOCK lock \
is held by holder $p, and in which system call may not be seen: it is another"
	over
	like "/proc with hidepid" "$(unshare --mount --pid --fork sh -c '
		mount -t proc -o hidepid=2 proc /proc || exit
		sleep 60 &
		'"$as $why"' $!
		kill -KILL $!' 2>&1)" "^why: process [0-9]+ is hidden from \
this user \(/proc has the option hidepid\); sudo make why PID="
}
if [ "$(id -u)" -eq 0 ] && setpriv --reuid 60000 true 2> "$tmp/cannot"; then
	others
else
	skip "another user's" "only root can become another user"
fi
finish
