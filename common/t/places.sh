#!/bin/sh
# places.sh - the course where people put it: in a folder with any name, with
# any TMPDIR and umask, built by root first and used by somebody else
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh
CFLAGS=-O0		# a name is as odd without optimizing
export CFLAGS
make -s course build/bench > /dev/null || exit 1

# A small course, with its tools as they were built: one lesson with one
# experiment, and one exercise.
copy() # TO
{
	copy_course "$1" lessons/01-pipe
	sed 's/^\(EXPERIMENTS *= *[a-z]*\) .*/\1/' lessons/01-pipe/Makefile \
		> "$1/lessons/01-pipe/Makefile"
	make -s -C "$1/lessons/01-pipe" clean > /dev/null
	copy_exercise "$1" 00-start/first-check
}

# COMMAND in the course that lies in PLACE, or in FOLDER of it; said is what it
# says.
in_place() # FOLDER COMMAND [WORD...]
{
	said=$(cd "$place/$1" && shift && "$@" 2>&1)
}

works() # NAME FOLDER REGEX COMMAND [WORD...]
{
	what="$1: $4 ${5:-} ${6:-}"
	folder=$2
	regex=$3
	shift 3
	in_place "$folder" "$@"
	is "$what: its status" $? 0
	like "$what: what it says" "$said" "$regex"
}

# ------------------------------------------------- names of the folder
everything() # NAME
{
	exercise=exercises/00-start/first-check
	works "$1" . 'end-of-file' make 01
	works "$1" lessons/01-pipe 'end-of-file' make 01
	works "$1" . '^ok ' make claims-01
	works "$1" lessons/01-pipe '^ok 2 ' ./claims L01-10 L01-11
	works "$1" . '6 of 6 points' make check
	works "$1" $exercise '6 of 6 points' make check
	works "$1" $exercise '^hello, a b' make run ARGS="'a b'"
	works "$1" $exercise 'edit +greet.c' make
	works "$1" $exercise '1 of 3' make hint
	works "$1" . '1 of 1 exercises' make list
	works "$1" . 'why' make solution
	works "$1" . 'already' make reset EX=first-check YES=1
	works "$1" . 'System V IPC' make doctor
	works "$1" . 'is blocked|is running|waits|may not' make why PID=$$
	if strace -o /dev/null true 2> /dev/null; then
		works "$1" lessons/01-pipe 'drawn: ' make trace-01
	else
		skip "$1: make trace-01" "strace is not here, or may not look"
	fi
	works "$1" . 'waiting|Waiting' \
		sh -c 'make watch EX=first-check < /dev/null'
	in_place . make next
	like "$1: make next" "$said" 'That was the last|is not passed yet'
	works "$1" . 'round trip' build/bench -t -k trip -f pipe
	works "$1" . '' make clean
}

tab=$(printf '\t')
place="$tmp/a b'c\"d\$e\$(id);f:g%h(i)j\\k&l${tab}m#n"
copy "$place"
everything "an odd name"
rm -rf "$place"
place="$tmp/two
lines"
copy "$place"
works "a newline in it" . 'end-of-file' make 01
works "a newline in it" . '6 of 6 points' make check
rm -rf "$place"

# ----------------------------------------------------- TMPDIR and umask
place=$tmp/plain
copy "$place"
mkdir "$tmp/t m p"
long=$tmp/$(printf '%060d' 0)
mkdir "$long"
for dir in "$tmp/t m p" "$tmp/nowhere" . "$long"; do
	short=${dir#"$tmp/"}
	short=$(printf '%s' "$short" | cut -c 1-9)
	works "TMPDIR $short" . 'end-of-file' env TMPDIR="$dir" make 01
	works "TMPDIR $short" . '6 of 6 points' env TMPDIR="$dir" make check
	if strace -o /dev/null true 2> /dev/null; then
		works "TMPDIR $short" . 'drawn: ' \
			env TMPDIR="$dir" make trace-01
	else
		skip "TMPDIR $short: trace" "strace is not here"
	fi
done
is "the scratch folder is in TMPDIR" \
	"$(TMPDIR=$tmp build/stage -p -B pwd | cut -d / -f 1-3)" \
	"$(echo "$tmp" | cut -d / -f 1-3)"
ok "nothing stays in it" test -z "$(ls -A "$tmp/t m p")"
works "umask 077" . '6 of 6 points' sh -c 'umask 077; make check'
in_place . sh -c 'umask 777; make check'
like "umask 777 is named" "$said" '^Your umask, 0*777, hides .*umask 022'
if [ "$(id -u)" = 0 ] && unshare -m true 2> /dev/null; then
	# /tmp goes away with all below it: work where it is not.
	elsewhere=$(mktemp -d /var/tmp/ipc-XXXXXX)
	at_end 'rm -rf "$elsewhere"'
	cp build/stage "$elsewhere"
	out=$(unshare -m sh -c 'mount -t tmpfs -o ro none /tmp && {
		"$1/stage" -B true
		TMPDIR=$1 "$1/stage" -p -B pwd
		}' sh "$elsewhere" 2>&1)
	like "a read-only /tmp: what and what to do" "$out" \
		'no scratch folder .*Read-only.*set TMPDIR'
	like "and TMPDIR cures it" "$out" \
		'^/var/tmp/ipc-[^/]*/ipc-stage'
else
	skip "a read-only /tmp" "no mount namespaces here"
fi

# -------------------------------------------------- root built it before
if [ "$(id -u)" = 0 ] && command -v setpriv > /dev/null 2>&1; then
	chmod 755 "$tmp"
	as_user()
	{
		in_place . setpriv --reuid 65534 --regid 65534 --clear-groups \
			env HOME="$tmp" TMPDIR= "$@"
	}
	make -s -C "$place" 01 > /dev/null
	# The whole is the user's, but for what root has made since.
	for mine in build lessons/01-pipe/scout progress \
		exercises/00-start/first-check/greet.c; do
		chown -R 65534:65534 "$place"
		touch "$place/$mine"
		chown -R 0:0 "$place/$mine"
		chmod -R go-w "$place/$mine"
		case $mine in
		lessons*)
			touch "$place/lessons/01-pipe/scout.c"
			set -- 01 ;;
		build) set -- 01 check trace-01 claims-01 bench ;;
		*) set -- check ;;
		esac
		for command; do
			as_user make $command
			isnt "root's $mine: make $command fails" $? 0
			like "root's $mine: make $command says who, and the cure" \
				"$said" "${mine##*/}.* belongs to root, and you are .*: sudo chown -R"
			is "root's $mine: make $command says one line" \
				"$(printf '%s\n' "$said" | grep -vc '^make')" 1
		done
	done
else
	skip "root built it before" "it needs root and setpriv"
fi
finish
