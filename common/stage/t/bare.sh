#!/bin/sh
# bare.sh - without /proc, or with a /proc that is not ours: what cannot work
# says so at once, and a run that has begun can still be stopped; what else the
# system may refuse is said with its reason
cd "$(dirname "$0")/../../.." || exit 1
. common/stage/t/setup

map=
[ "$(id -u)" -eq 0 ] || map=--map-root-user

# No /proc: an empty folder lies over it, for COMMAND and its children only.
bare() # COMMAND...
{
	# shellcheck disable=SC2016 # the inner shell's own
	timeout 60 unshare $map --mount sh -c 'mount -t tmpfs none /proc && exec "$@"' \
		sh "$@"
}

# The /proc of a namespace in which COMMAND has another number
foreign() # COMMAND...
{
	timeout 60 unshare $map --pid --fork --kill-child "$@"
}

none='/proc is not mounted here.*mount -t proc proc /proc'
others='another pid namespace.*mount -t proc proc /proc'

# In a system that is HOW, COMMAND says only what WANT matches.
refuses() # HOW WANT COMMAND...
{
	as=$1
	want=$2
	shift 2
	out=$($as "$@" 2>&1 </dev/null)
	is "$as $*: status" $? "${status:-2}"
	like "$as $*" "$out" "$want"
	is "$as $*: says it once" "$(echo "$out" | grep -vc '^make: ')" 1
}

commands()
{
	for how in bare foreign; do
		want=$none
		[ $how = bare ] || want=$others
		for tier in -A -B -p; do
			refuses $how "$want" "$stage" $tier "$hostile" exit 0
		done
		refuses $how "$want" "$ask" 1
		refuses $how "$want" "$stage" clean .
		for goal in tour 01 claims-01 trace-01 bench test; do
			refuses $how "$want" make -C "$top" \
				--no-print-directory $goal
		done
		# Make's own line is missing there (quiet.mk): its status is 1.
		status=1
		refuses $how "$want" make -C "$top" --no-print-directory check
		status=
	done
	out=$(bare make -C "$top" doctor 2>&1)
	like "make doctor reports all the same" "$out" '^no +/proc  '
	like "to its end" "$out" '^(ok|no) +socat '
}

# A program of a lesson does not call a partner gone that it cannot see.
partners()
{
	like "no /proc: is the partner asleep?" \
		"$(bare "$hostile" look 1 2>&1)" "$none"
	like "another /proc: is the partner asleep?" \
		"$(foreign "$hostile" look 1 2>&1)" "$others"
	"$hostile" orphan 2>/dev/null
	is "who comes after its parent's end has no more to say" $? 143
	is "no such partner" "$("$hostile" look 4194303 2>&1)" -1
	if [ "$(id -u)" -ne 0 ]; then
		skip "/proc hides the partner" "only root can mount it so"
		return
	fi
	# shellcheck disable=SC2016 # the inner shell's own
	out=$(unshare --mount --pid --fork sh -c \
		'mount -t proc -o hidepid=2 proc /proc && setpriv \
		--reuid 65534 --regid 65534 --clear-groups "$1" look 1' \
		sh "$hostile" 2>&1)
	like "/proc hides the partner" "$out" 'hides process 1,.*hidepid=0'
}

# Its /proc goes away while a run goes on. In a pid namespace of its own, which
# takes away all that a broken stage would not, and in a network of its own, so
# that nobody waits for its turn. So its objects must be its own as well, or it
# would take those of other tests for what it left.
stopped() # SIGNAL STATUS OPTIONS...
{
	sig=$1
	want=$2
	shift 2
	: >"$dir/where"
	# shellcheck disable=SC2016 # the inner shell's own
	timeout --signal KILL 60 unshare $map --mount --net --ipc --pid --fork \
		--kill-child --mount-proc sh -c '
		where=$1 sig=$2
		shift 2
		mount -t tmpfs none /dev/shm
		"$@" 2>/dev/null &
		until [ "$(grep -c "" "$where")" -ge 2 ]; do :; done
		mount -t tmpfs none /proc
		[ "$sig" = 0 ] || kill -"$sig" $!
		wait $! 2>/dev/null
		echo "status $?"
		umount /proc
		for p in /proc/[0-9]*; do
			case $(readlink "$p/exe") in
			*/hostile|*/stage) cat "$p/comm" ;;
			esac
		done' sh "$dir/where" "$sig" "$hostile" launch "$stage" -B "$@" \
		"$hostile" fortress >"$dir/out" 2>&1 </dev/null
	is "stage -B $*, /proc goes, signal $sig: all end" \
		"$(cat "$dir/out")" "status $want"
}

# No namespaces are left for us, so the shared tier says why it was taken.
refused()
{
	# shellcheck disable=SC2016 # the inner shell's own
	out=$(unshare --user --map-root-user sh -c \
		'echo 0 >/proc/sys/user/max_net_namespaces &&
		exec "$1" "$2" exit 0' sh "$stage" "$hostile" 2>&1)
	like "a limit on namespaces is named" "$out" \
		'^stage: isolation: shared; .*limit user.max_net_namespaces is 0; as root'
}

# A umask may take nothing away from what stage needs itself.
masked()
{
	# shellcheck disable=SC2016,SC2086 # the inner shell's own; words
	out=$($as sh -c 'umask 777; exec "$1" "$2" exit 0' sh "$stage" \
		"$hostile" 2>&1)
	is "umask 777: status" $? 0
	unlike "umask 777" "$out" 'failed'
	is "and no folder is left" "$(find /tmp -maxdepth 1 -perm 0 \
		-name "ipc-stage.$($as id -u).*")" ""
}

if ! bare true 2>"$dir/err" || ! foreign true 2>"$dir/err"; then
	skip "without /proc" "$(cat "$dir/err"); new mount namespaces \
are not allowed here"
	finish
	exit
fi
commands
partners
stopped INT 130 -t 240
stopped HUP 129 -t 240 -p
stopped 0 1 -t 0.5
refused
as_nobody masked
finish
