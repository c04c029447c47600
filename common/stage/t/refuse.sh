#!/bin/sh
# refuse.sh - a process that may not be looked into: the sentence says what
# forbids it and what to do, in one line, and doctor says the same
cd "$(dirname "$0")/../../.." || exit 1
. common/stage/t/setup

# Ask for a process of ours that is there until the end of this script: as AS.
why() # PID
{
	$as "$ask" "$1" > "$dir/said" 2>&1
	cat "$dir/said" >> "$dir/all"
	sed "s/$1/PID/g" "$dir/said"
}

"$hostile" await "$dir/go" & root=$!
until_true asleep $root
said=$(why $root)
case $said in
*'may not be seen'*)
	skip "a process of this user" "$said"
	;;
*)
	like "a process of this user" "$said" "^await \(process PID\) is \
blocked in (open\(\) of $dir/go|read\(\) on fd [0-9]+, the FIFO $dir/go)"
	;;
esac

# Where this system's own Yama lets nobody look, it is named before any other
# rule, whose sentence cannot be had then.
unseen=

refused() # NAME GOT WANT
{
	case $2 in
	*'kernel.yama.ptrace_scope is 3'*)
		unseen=yes
		skip "$1" "kernel.yama.ptrace_scope is 3 here"
		;;
	*)
		is "$1" "$2" "$3"
		;;
	esac
}

others()
{
	refused "another user's" "$(why $root)" "await (process PID) waits, \
and in which system call may not be seen: it is another user's; sudo make why \
PID=PID."
	$as "$hostile" protected "$dir/go" & own=$!
	until_true asleep $own
	refused "one that protects itself" "$(why $own)" "protected (process \
PID) waits, and in which system call may not be seen: it protects itself \
(prctl(2), PR_SET_DUMPABLE); sudo make why PID=PID."
}
as_nobody others

# Yama is in few kernels' namespaces, so its rule is played: from a user
# namespace the kernel lets nobody look out, and we say that Yama is why.
yama() # SCOPE
{
	$user unshare --map-root-user --mount sh -c '
		mount -t tmpfs none /proc/sys/kernel || exit 1
		mkdir /proc/sys/kernel/yama
		echo "$1" > /proc/sys/kernel/yama/ptrace_scope
		shift
		exec setpriv --inh-caps=-all --bounding-set=-all "$@"
	' sh "$1" "$ask" $mine > "$dir/said" 2>&1
	cat "$dir/said" >> "$dir/all"
	sed "s/$mine/PID/g" "$dir/said"
}

played()
{
	user=$as
	as=
	$user "$hostile" await "$dir/go" & mine=$!
	until_true asleep $mine
	yama 0 > "$dir/plain"
	grep -q 'may not be seen' "$dir/plain" || {
		skip "Yama" "no user namespaces here"
		return
	}
	like "some other rule" "$(cat "$dir/plain")" "may not be seen: \
AppArmor, .* forbids it; sudo make why PID=PID; in a container,.*\.\$"
	like "Yama 1" "$(yama 1)" "may not be seen: kernel\.yama\.ptrace_scope \
is 1, so only root and the processes that started it may look; sudo make why \
PID=PID, or sudo sysctl kernel\.yama\.ptrace_scope=0\.\$"
	like "Yama 2" "$(yama 2)" "is 2, so only root may look; sudo make why \
PID=PID, or sudo sysctl kernel\.yama\.ptrace_scope=0\.\$"
	like "Yama 3" "$(yama 3)" "is 3, so nobody may look until this system \
is started again\.\$"
	is "one line each" "$(grep -c '' "$dir/said")" 1
	documented
}

# Now all has been said that docs/when-it-hangs.md explains.
documented()
{
	# shellcheck disable=SC2016 # those are the page's own quotes
	sed -n '/^| `make why` says/,/^$/s/^| `\([^`]*\)` |.*/\1/p' \
		"$top/docs/when-it-hangs.md" > "$dir/rows"
	is "the page has a row for each rule" "$(grep -c '' "$dir/rows")" 6
	while read -r row; do
		case $unseen$row in
		yes'it is another'*|yes'it protects itself'*)
			skip "make why says: $row" \
				"kernel.yama.ptrace_scope is 3 here"
			;;
		*)
			ok "make why says: $row" grep -qF "$row" "$dir/all"
			;;
		esac
	done < "$dir/rows"
}
as_nobody played

# As it is on this system, whatever that is: doctor and why agree.
truth()
{
	$as "$hostile" await "$dir/go" & sibling=$!
	until_true asleep $sibling
	doctor=$($as "$stage" doctor)
	if why $sibling | grep -q 'may not be seen'; then
		like "doctor: make why is refused here" "$doctor" \
			'^no +look into a process .*: .*; |started again'
	else
		like "doctor: make why is allowed here" "$doctor" \
			'^ok +look into a process'
	fi
}
truth
as_nobody truth

# Without /proc nobody is told that a process has ended.
hidden() # NAME REGEX COMMAND
{
	got=$(unshare --map-root-user --mount sh -c "$3
		\"\$@\"" sh "$ask" $root 2>&1) ||
		[ "${got#unshare}" = "$got" ] || {
		skip "$1" "no user namespaces here"
		return
	}
	like "$1" "$got" "$2"
}
hidden "no /proc" '^why: /proc is not mounted .*: mount -t proc proc /proc' \
	'mount -t tmpfs none /proc'

# A byte for each of them, and more.
echo 'go on, all' >&8
wait
finish
