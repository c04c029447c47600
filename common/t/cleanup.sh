#!/bin/sh
# cleanup.sh - nothing is left, however a lesson ends
#
# Each lesson is played whole, with too few descriptors, hit by a signal after
# each of its lines, and after a SIGKILL, when the next run must work. SIGINT,
# SIGTERM and SIGHUP take turns, SIGKILL comes after every other line; with
# FULL=1 each comes after each line. They come from the keyboard, so to say: to
# all processes. At last SIGTERM comes to those alone that were started first. Where the system allows it that happens in
# a private system (stage in stage), in which whatever is left shows. Elsewhere
# only what carries the lesson's own name or key can be told from what others
# have: `stage clean' finds it.
set -u
cd "$(dirname "$0")/../.." || exit 1
. common/tap.sh
top=$PWD
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

step=2
[ -z "${FULL:-}" ] || step=1
outer=-A
build/stage -A true > /dev/null 2>&1 || outer=-B

play_of() # DIR
{
	sed -n 's/^PLAY *= *//p' "$1/Makefile"
}

# The objects that are there now, by name. Run in the private system.
cat > "$tmp/left" <<'EOF'
tail -q -n +2 /proc/sysvipc/msg /proc/sysvipc/sem /proc/sysvipc/shm
ls -A /dev/shm
ls -A "$TMPDIR" | grep ipc-lessons
ls -A "$TMPDIR/../mq"
EOF

# Play DIR with the stage options OPTIONS inside a private system; print what
# is left, and how a next run ends if one is asked for.
leaves() # DIR OPTIONS [again]
{
	dir=$1
	{
		echo "cd '$top/$dir' || exit"
		echo "'$top/build/stage' -B -k -p -t 4 -d . $2 $(play_of "$dir")" \
			"> /dev/null 2>&1"
		if [ "${3-}" = again ]; then
			echo "'$top/build/stage' -B -k -p -t 8 -d ." \
				"$(play_of "$dir") > '$tmp/again' 2>&1 ||" \
				"{ echo the next run fails:; cat '$tmp/again'; }"
		fi
		if [ $outer = -A ]; then
			echo ". '$tmp/left'"
		else
			echo "'$top/build/stage' clean . | grep -v '^0 objects'"
		fi
	} > "$tmp/run"
	if [ $outer = -A ]; then
		build/stage -A -t 60 sh "$tmp/run" 2> /dev/null
	else
		TMPDIR=$tmp sh "$tmp/run" 2> /dev/null
	fi
}

for dir in lessons/[0-9][0-9]-*/README.md; do
	dir=${dir%/README.md}
	n=$(make -s -C "$dir" play 2>/dev/null | wc -l)
	is "$dir: a whole run leaves nothing" "$(leaves "$dir" '')" ""
	for few in 3 4 5 6; do
		is "$dir: with $few descriptors it leaves nothing" \
			"$(leaves "$dir" "-n $few")" ""
	done
	found=
	turn=$n
	for sig in INT TERM HUP; do
		at=0
		turn=$((turn + 1))
		while [ $at -lt "$n" ]; do
			at=$((at + 1))
			[ $(((turn + at) % 3)) = 0 ] || [ -n "${FULL:-}" ] ||
				continue
			x=$(leaves "$dir" "-x $sig@$((at - 1))")
			[ -z "$x" ] || found="$found SIG$sig@$((at - 1)): $x"
		done
	done
	is "$dir: SIGINT, SIGTERM, SIGHUP after each line leave nothing" \
		"$found" ""
	found=
	at=0
	while [ $at -lt "$n" ]; do
		x=$(leaves "$dir" "-x KILL@$at" again)
		[ -z "$x" ] || found="$found SIGKILL@$at: $x"
		at=$((at + step))
	done
	is "$dir: after SIGKILL the next run works and leaves nothing" \
		"$found" ""
	found=
	at=$((turn % 3))
	while [ $at -lt "$n" ]; do
		x=$(cd "$dir" && "$top/build/stage" $outer -p -t 8 -d . \
			-X TERM@$at $(play_of .) 2>&1 > /dev/null |
			grep 'still running\|was still running')
		[ -z "$x" ] || found="$found SIGTERM@$at: $x"
		at=$((at + 3))
	done
	is "$dir: SIGTERM to one process alone leaves no other that waits" \
		"$found" ""
done
finish
