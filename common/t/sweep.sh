#!/bin/sh
# sweep.sh - what happens to a program at any moment must not break a pair
#
# Each program of each pair is stopped and continued behind a line of output:
# the output and the end stay as they are. It is killed there: nobody waits for
# it for ever. A second one is started beside it: nobody hangs or crashes, and
# one of them ends well. Of an experiment's processes all are stopped and
# continued, and the first one is killed.
#
# It happens behind one line, another one from sample to sample; with LESSON=NN
# behind three, with FULL=1 behind each. A lesson whose meaning is
# to wait for others names those that may wait for ever in its Makefile:
# MAY_WAIT = depot. A lesson that measures has MEASURES = yes there, or the names
# of the experiments that do: their figures are other ones each time, and are
# not compared.
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh

# Play in FOLDER with OPTIONS: $said, $status and $out are what came of it.
play() # FOLDER OPTIONS WORDS
{
	# shellcheck disable=SC2086 # words
	out=$(cd "$1" && "$top/build/stage" $tier -p -t 10 $2 -d . $3 \
		2> "$tmp/said")
	status=$?
	said=$(grep '^stage:' "$tmp/said")
}

sampled
turn=0
top=$PWD
tier=-A
build/stage -A true > /dev/null 2>&1 || tier=-B

# Lines of one program keep their order; those of two may change places.
lanes()
{
	printf '%s\n' "$1" | sort -s -k 1,1 | sed -E "$figures"
}

hangs() # SAID
{
	printf '%s\n' "$1" | grep 'still running\|did not end\|deadline\|waits'
}

each_moment() # NAME FOLDER WORDS PROGRAM...
{
	name=$1 folder=$2 words=$3 stops=
	figures=
	case $(sed -n 's/^MEASURES *= */ /p' "${2%/experiments}/Makefile")" " in
	*" yes "*|*" ${1##*/} "*) figures='s/[0-9]+/<n>/g' ;;
	esac
	case $(sed -n 's/^SHOWS_STOPS *= */ /p' "${2%/experiments}/Makefile")" " in
	*" ${1##*/} "*) stops=shown ;;
	esac
	shift 3
	play "$folder" '' "$words"
	as_it_was=$out
	whole=$(lanes "$out")
	n=$(printf '%s\n' "$out" | wc -l)
	is "$name ends well" "$status" 0
	bad=
	for program; do
		turn=$((turn + 1))
		for k in $(moments "$n" $turn); do
			play "$folder" "-x PAUSE@$k${program:+:$program}" "$words"
			[ "$status" = 0 ] && {
				[ -n "$stops" ] ||
					[ "$out" = "$as_it_was" ] ||
					[ "$(lanes "$out")" = "$whole" ]
			} ||
				bad="$bad
PAUSE@$k:$program: status $status
$out
$(cat "$tmp/said")"
		done
	done
	is "$name: a stop and a continue changes nothing" "$bad" ""
	bad=
	for program; do
		turn=$((turn + 1))
		for k in $(moments "$n" $turn); do
			may_wait "$folder" "$program" && continue
			play "$folder" "-X KILL@$k${program:+:$program}" "$words"
			found=$(hangs "$said")
			[ -z "$found" ] || bad="$bad
KILL@$k:$program: $out
$found"
		done
	done
	is "$name: one is killed, and no other waits for ever" "$bad" ""
}

# May one wait for ever when PROGRAM, another one, is killed?
may_wait() # FOLDER PROGRAM
{
	# shellcheck disable=SC2013 # words
	for who in $(sed -n 's/^MAY_WAIT *= *//p' "$1/Makefile" 2> /dev/null); do
		[ "$who" = "$2" ] || return 0
	done
	return 1
}

# The words with one more ./PROGRAM behind the first one
doubled() # PROGRAM WORDS
{
	printf '%s' "$2" | awk -v it="./$1" '{
		n = split($0, part, / *:: */)
		for (i = 1; i <= n; i++) {
			line = line (i > 1 ? " :: " : "") part[i]
			if (!done && (" " part[i] " ") ~ (" " it " ")) {
				own = part[i]
				sub(/^-[sf] /, "", own)
				line = line " :: " own
				done = 1
			}
		}
		print line }'
}

two_of_a_kind() # DIR WORDS PROGRAM
{
	case " $2 " in
	*" ./$3 "*) ;;
	*) return ;;	# its partner starts it
	esac
	play "$1" '' "$(doubled "$3" "$2")"
	# A service is told to end by SIGTERM, and that is no crash.
	is "$1: two of $3 at once: no hang, no crash, nothing left" \
		"$(hangs "$said"; printf '%s\n' "$said" |
			grep 'killed by\|left behind' |
			case $2 in
			"-s "*) grep -v 'killed by SIGTERM' ;;
			*) cat ;;
			esac)" ""
	like "$1: two of $3 at once: one does its work" "$out" "^$3 *\\| "
}

for dir in $(lessons); do
	words=$(make -s -C "$dir" words-play)
	programs=$(sed -n 's/^PROGRAMS *= *//p' "$dir/Makefile")
	# shellcheck disable=SC2086 # words
	each_moment "$dir" "$dir" "$words" $programs
	for program in $programs; do
		two_of_a_kind "$dir" "$words" "$program"
	done
	for name in $(make -s -C "$dir" experiments); do
		each_moment "$dir/$name" "$dir/experiments" \
			"$(make -s -C "$dir" "words-$name")" ''
	done
done
finish
