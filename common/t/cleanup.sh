#!/bin/sh
# cleanup.sh - nothing is left, however a lesson ends
#
# Each pair is played whole, with too few descriptors, hit by a signal after
# every other of its lines, and after a SIGKILL, when the next run must work.
# SIGINT, SIGTERM and SIGHUP take turns. So is each experiment, after one line.
# Which lines these are turns from sample to sample. LESSON=NN takes each line of
# the pair, and of an experiment the first, one in the middle and the last;
# FULL=1 each signal after each line, and more of the calls below. They
# come from the keyboard, so to say: to all processes. At last SIGTERM comes to
# one process alone: to those that were started first, after a line; and, by way
# of the tracer, right behind the calls that make an object, when nothing knows
# of it yet. SIGVTALRM does so too, in place of SIGKILL, which would come before
# the call: no lesson handles it, so it kills, and the next run must find the
# object.
# Where the system allows it that happens in a private system (stage in stage),
# in which whatever is left shows. Elsewhere only what carries the lesson's own
# name or key can be told from what others have: `stage clean' finds it.
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh
top=$PWD

sampled
step=2 calls='1 2 3'
[ -z "${LESSON:-}" ] || step=1
[ -z "${FULL:-}" ] || step=1 calls='1 2 3 4 5 6 7 8 9'
outer=-A
build/stage -A true > /dev/null 2>&1 || outer=-B

making='^(msgget|semget|shmget|mq_open|mknod|mknodat|link|linkat|bind|ftruncate|fallocate|flock)$'
hit=$tmp/hit	# what the tracer saw
inject="strace -D -f -qq -A -o $hit -e trace=/$making
	-e inject=/$making:signal"
tracer=
build/stage $outer strace -A -o /dev/null true > /dev/null 2>&1 && tracer=yes

# What stage plays in a lesson's folder, or for an experiment of it
play_of() # DIR [EXPERIMENT]
{
	make -s -C "$1" "words-${2:-play}"
}

# What runs in the private system. Words of the shell alone: it runs after each
# play, and a process for each question would cost more than the play.
cat > "$tmp/inside" <<'EOF'
objects()	# that are there now, by name
{
	for f in msg sem shm; do
		{
			read -r line	# the heading
			while read -r line; do echo "$f $line"; done
		} < /proc/sysvipc/$f
	done
	for f in /dev/shm/* /dev/shm/.[!.]* "$TMPDIR"/*ipc-lessons* \
		"$TMPDIR"/.*ipc-lessons* "$TMPDIR"/../mq/*; do
		[ ! -e "$f" ] || echo "$f"
	done
}

# The next run may name the command that removes what a killed one has left.
remove_by() # WORDS
{
	command=$(echo "$1" | sed -n 's/.*remove what it left: //p')
	case $command in
	"ipcrm -"[QMS]" 0x1c"* | "rm "*/ipc-lessons.* | \
	"rm /dev/shm/sem.ipc-lessons."*)
		# Where the system has no folder for queues, the private one
		# has its own.
		[ -d /dev/mqueue ] || [ -z "$private" ] ||
			command=$(echo "$command" |
				sed "s,/dev/mqueue,$TMPDIR/../mq,")
		# Of two objects one may not have been made.
		$command > /dev/null 2>&1 ;;
	esac
}

# The first play that leaves something is the last. OPTIONS are stage's own; or
# with PROGRAM, what stands in front of that one and is at work in it alone.
try() # OPTIONS PROGRAM [again]
{
	if [ -z "$2" ]; then
		$stage $1 $play > "$TMPDIR/said" 2>&1
	else
		$stage -t 3 -e $(for word in $play; do
			[ "$word" != "$2" ] || echo "$1"
			echo "$word"
		done) > "$TMPDIR/said" 2>&1
	fi
	status=$?
	# What has not run leaves nothing: that would prove nothing. From 2 on
	# it is not the programs' status, but a signal's is.
	case $status in
	2 | 126 | 127)
		echo "$1 $2: stage did not run: $(cat "$TMPDIR/said")"
		exit ;;
	esac
	if [ "${3-}" = again ]; then
		said=$($stage -t 30 $play 2>&1) || {
			remove_by "$said"
			said=$($stage -t 30 $play 2>&1)
		} || { echo "$1 $2: the next run fails: $said"; exit; }
	fi
	# An experiment may have a private object, without a key. Nobody can
	# find that after SIGKILL, but stage can, which does not remove here.
	if [ -n "${3-}" ] && [ -n "$experiment" ] && [ -n "$private" ] &&
		[ -n "$(objects)" ]; then
		ipcs -m -q -s | while read -r key id rest; do
			[ "$key" != 0x00000000 ] || echo "$id"
		done | while read -r id; do
			ipcrm -m "$id" 2> /dev/null
			ipcrm -q "$id" 2> /dev/null
			ipcrm -s "$id" 2> /dev/null
		done
	fi
	# Killed inside sem_open(), the C library leaves the file that it would
	# have given its name by link(): nobody can know what it is called.
	[ -z "${3-}" ] || [ -z "$private" ] || rm -f /dev/shm/sem.??????
	if [ -n "$private" ]; then
		x=$(objects)
	else
		x=$("${stage%% *}" clean . | grep -v '^0 objects')
	fi
	[ -z "$x" ] || { echo "$1 $2: $x"; exit; }
}
EOF

# Play DIR, or an experiment of it, as the lines on stdin say, most of them a
# "try"; print what is left, or "nothing" when all have been tried.
leaves() # DIR [EXPERIMENT]
{
	up=../..
	[ -z "${2-}" ] || up=../../..
	{
		# No path stands in the script: a checkout may have any name.
		echo 'exec 2>&1; cd "$COURSE/$PLACE" || exit'
		echo "stage='$up/build/stage -B -k -p -t 20 -d .'"
		echo "play='$(play_of "$@")' private='${outer#-B}'" \
			"experiment=${2-}"
		echo '. "$INSIDE"'
		cat
		echo 'echo nothing'
	} > "$tmp/run"
	export COURSE="$top" PLACE="$1${2:+/experiments}" INSIDE="$tmp/inside"
	if [ $outer = -A ]; then
		build/stage -A -t 300 sh "$tmp/run" 2> /dev/null
	else
		TMPDIR=$tmp sh "$tmp/run"
	fi
}

# Signals that a program can see, after each of the lines that are named, by
# turns; with FULL=1 each of them after each line
signals() # LINE...
{
	turn=$((sample + $#))
	for sig in INT TERM HUP; do
		turn=$((turn + 1))
		for at; do
			[ $(((turn + at / step) % 3)) = 0 ] ||
				[ -n "${FULL:-}" ] || continue
			echo "try '-x $sig@$at' ''"
		done
	done
}

kills() # LINE...
{
	for at; do
		echo "try '-x KILL@$at' '' again"
	done
}

# An experiment may start children and make objects, as a pair does.
experiment() # DIR NAME
{
	n=$(make -s -C "$1" "play-$2" 2> /dev/null | wc -l)
	experiments=$((experiments + 1))
	{
		echo "try '' ''"
		echo "try '-n 4' ''"
		# shellcheck disable=SC2046 # words
		signals $(moments "$n" $experiments)
		# shellcheck disable=SC2046 # words
		kills $(moments "$n" $((experiments + 1)))
	} > "$tmp/tries"
	is "$1/$2: however it ends, nothing is left" \
		"$(leaves "$1" "$2" < "$tmp/tries")" nothing
}

experiments=0
for dir in $(lessons); do
	for name in $(make -s -C "$dir" experiments); do
		experiment "$dir" "$name"
	done
	n=$(make -s -C "$dir" play 2>/dev/null | wc -l)
	first=$((sample % step))
	{
		echo "try '' ''"
		for few in 3 4 5 6; do
			echo "try '-n $few' ''"
		done
		# shellcheck disable=SC2046 # words
		signals $(seq $first $step $((n - 1)))
		# shellcheck disable=SC2046 # words
		kills $(seq $((step - 1 - first)) $step $((n - 1)))
	} > "$tmp/tries"
	is "$dir: however it ends, nothing is left" \
		"$(leaves "$dir" < "$tmp/tries")" nothing
	found=
	at=$((sample % 3))
	while [ $at -lt "$n" ]; do
		x=$(cd "$dir" && "$top/build/stage" $outer -p -t 30 -d . \
			-X TERM@$at $(play_of .) 2>&1 > /dev/null |
			grep 'still running\|was still running')
		[ -z "$x" ] || found="$found SIGTERM@$at: $x"
		at=$((at + 3))
	done
	is "$dir: SIGTERM to one process alone leaves no other that waits" \
		"$found" ""
	if [ -z "$tracer" ]; then
		skip "$dir: signals right behind a call that makes an object" \
			"no strace, or it may not trace: apt-get install strace"
		continue
	fi
	# Who waits for a partner that was killed there may wait for ever: that
	# is for the deadline to end, and a short one will do.
	for program in $(play_of "$dir" | grep -o '\./[^ ]*' | sort -u); do
		echo "for nth in $calls; do"
		echo ": > '$hit'; try '$inject=SIGTERM:when='\$nth $program"
		# None was sent: no process makes so many such calls.
		echo "grep -q 'SIGTERM.*SI_KERNEL' '$hit' || break"
		echo "try '$inject=SIGVTALRM:when='\$nth $program again; done"
	done > "$tmp/tries"
	is "$dir: signals right behind a call that makes an object leave nothing" \
		"$(leaves "$dir" < "$tmp/tries")" nothing
done
finish
