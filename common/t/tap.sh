# shellcheck shell=sh
# tap.sh - TAP for the tests that are written in sh. Each begins so:
#
#	cd "$(dirname "$0")/../.." || exit 1	# the course
#	. common/t/tap.sh
#
# Then it has a scratch folder, $tmp, that goes away with it, and at_end for
# more that has to: see common/tools/begin.
#
#	ok NAME COMMAND...	COMMAND succeeds
#	is NAME GOT WANT	two texts are the same
#	like NAME TEXT REGEX	a line of TEXT matches (grep -E)
#	unlike NAME TEXT REGEX	no line of TEXT does
#	skip NAME WHY		this system cannot show it
#	on_its_way TEXT		by what stage says in TEXT, one process of its
#				run had not come so far when the deadline passed
#	copy_build FOLDER	what is built goes into a copy of the course
#	finish			the plan: the last line of every test, so that
#				a script that stops early is a failure

. common/tools/begin
scratch

# What a tool says is read here, so it says it in one language.
LC_ALL=C.UTF-8
export LC_ALL
# A make that a test calls is not a part of the one that runs the tests.
unset MAKEFLAGS MAKELEVEL MFLAGS MAKEOVERRIDES
# What a student may have set for the commands of the course is none of a
# test's. CC, CFLAGS and LDFLAGS stay: they say what to build the course with.
unset EX HERE ONLY SEED PLAIN FORCE YES TAP POLL ARGS N PID QUICK PROGRESS
unset NO_COLOR

tap_n=0
tap_failed=0

tap_line() # STATUS NAME
{
	tap_n=$((tap_n + 1))
	if [ "$1" -eq 0 ]; then
		printf '%s\n' "ok $tap_n - $2"
	else
		tap_failed=$((tap_failed + 1))
		printf '%s\n' "not ok $tap_n - $2"
	fi
}

tap_note() # LABEL TEXT
{
	printf '%s\n' "$2" | cut -c 1-400 | sed "s/^/# $1: /"
}

ok()
{
	tap_name=$1
	shift
	"$@"
	tap_line $? "$tap_name"
}

is()
{
	[ "$2" = "$3" ]
	set -- $? "$@"
	tap_line "$1" "$2"
	[ "$1" -eq 0 ] || {
		tap_note got "$3"
		tap_note want "$4"
	}
}

like()
{
	printf '%s\n' "$2" | grep -Eq -e "$3"
	set -- $? "$@"
	tap_line "$1" "$2"
	[ "$1" -eq 0 ] || {
		tap_note got "$3"
		tap_note 'no line matches' "$4"
	}
}

unlike()
{
	! printf '%s\n' "$2" | grep -Eq -e "$3"
	set -- $? "$@"
	tap_line "$1" "$2"
	[ "$1" -eq 0 ] || {
		tap_note got "$3"
		tap_note 'a line matches' "$4"
	}
}

skip()
{
	tap_n=$((tap_n + 1))
	printf '%s\n' "ok $tap_n - $1 # SKIP $2"
}

# It ran, or waited for the disk, or in between, or for its partner: see gate
# in common/stage/t/hostile.c.
on_its_way() # TEXT
{
	printf '%s\n' "$1" | grep -Eq 'is running: |\(state |\[eventfd\]'
}

# The files of build/ without its folders, which may be large: whole systems lie
# there where on-system has run.
copy_build() # FOLDER
{
	mkdir -p "$1/build" &&
		find build -maxdepth 1 -type f -exec cp -p {} "$1/build" \;
}

finish()
{
	echo "1..$tap_n"
	[ "$tap_failed" -eq 0 ]
}
