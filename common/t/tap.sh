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
#	isnt NAME GOT OTHER	two texts differ
#	like NAME TEXT REGEX	a line of TEXT matches (grep -E)
#	unlike NAME TEXT REGEX	no line of TEXT does
#	skip NAME WHY		this system cannot show it
#	finish			the plan: the last line of every test, so that
#				a script that stops early is a failure
#
#	lessons			the folders of all lessons, a line each; with
#				LESSON=NN in the environment that of one
#	pages_of FOLDER		the README.md of a lesson, and the pages in docs/
#				that its Makefile names as NOTES
#	sampled			a test of samples says this first: SAMPLE=N
#				in the environment takes sample N again, else
#				it is another one each second
#	moments N TURN		which of N lines of output, from 0 on, a signal
#				comes after: the first, the middle or the last,
#				one after the other from TURN to TURN and from
#				sample to sample; with LESSON=NN these three,
#				with FULL=1 all lines
#	until_true COMMAND...	asks until COMMAND succeeds
#	later "SECONDS..." SEEN COMMAND...
#				runs COMMAND with each $deadline until SEEN
#	on_its_way TEXT		by what stage says in TEXT, one process of its
#				run had not come so far when the deadline passed
#
#	silently "FILE..." COMMAND...
#				what COMMAND says, which compiles FILEs. A text
#				that it is silent about is noted in build/silent/
#				and not compiled again
#
#	copy_course FOLDER WHAT...	a copy to play in, with these parts
#	copy_exercise FOLDER EXERCISE	one more into it, as a student gets it
#	while_broken NAME FILE SCRIPT COMMAND...
#				COMMAND, while FILE is broken by the sed SCRIPT
#	cut_blocks LANG PAGE	the fenced blocks of a page

. common/tools/begin
scratch

# What a tool says is read here, so it says it in one language.
LC_ALL=C.UTF-8
export LC_ALL
# A make that a test calls is not a part of the one that runs the tests.
unset MAKEFLAGS MAKELEVEL MFLAGS MAKEOVERRIDES
# What a student may have set for the commands of the course is none of a
# test's. CC, CFLAGS and LDFLAGS stay: they say what to build the course with.
unset EX HERE WHAT STANDS CMD ONLY SEED PLAIN FORCE YES TAP POLL ARGS N ID PID
unset QUICK PROGRESS NO_COLOR PAGER

tap_n=0
tap_failed=0
sample=

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

isnt()
{
	[ "$2" != "$3" ]
	set -- $? "$@"
	tap_line "$1" "$2"
	[ "$1" -eq 0 ] || tap_note 'got just' "$3"
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

pages_of() # FOLDER
{
	printf '%s\n' "$1/README.md"
	# shellcheck disable=SC2013 # words
	for tap_page in $(sed -n 's/^NOTES *= *//p' "$1/Makefile"); do
		case $tap_page in
		../../docs/*) printf '%s\n' "${tap_page#../../}" ;;
		esac
	done
}

lessons()
{
	# shellcheck disable=SC2231 # a number has no blank
	for tap_notes in lessons/${LESSON:-[0-9][0-9]}-*/README.md; do
		printf '%s\n' "${tap_notes%/README.md}"
	done
}

sampled()
{
	sample=${SAMPLE:-$(date +%s)}
	case $sample in
	'' | *[!0-9]*)
		echo "SAMPLE=$sample is not a number; it is one of the samples" \
			"that a test has named, such as SAMPLE=7" >&2
		exit 1 ;;
	esac
	# Without zeros in front, which would make it an octal number.
	# shellcheck disable=SC2003 # "08" is a number here, and no octal one
	sample=$(expr "$sample" % 60) || :
	echo "# SAMPLE=$sample"
}

moments() # N TURN
{
	[ -z "${FULL:-}" ] || {
		seq 0 $(($1 - 1))
		return
	}
	[ -z "${LESSON:-}" ] || {
		printf '%s\n' 0 $(($1 / 2)) $(($1 - 1)) | sort -nu
		return
	}
	case $((($2 + sample) % 3)) in
	0) echo 0 ;;
	1) echo $(($1 / 2)) ;;
	*) echo $(($1 - 1)) ;;
	esac
}

# Four minutes are for ever. Runs in the shared tier take turns, and a busy
# machine may have other suites of this user waiting.
until_true() # COMMAND...
{
	until_end=$(($(date +%s) + 240))
	until "$@"; do
		[ "$(date +%s)" -lt $until_end ] || {
			echo "# in vain: $*"
			return 1
		}
	done
}

# On a busy machine a program may not have come to where it is to be seen when
# the deadline passes: then once more, with a later one.
later() # "SECONDS..." SEEN COMMAND...
{
	later_seconds=$1
	later_seen=$2
	shift 2
	# shellcheck disable=SC2034 # COMMAND uses it
	for deadline in $later_seconds; do
		"$@"
		"$later_seen" && return
	done
}

# It ran, or waited for the disk, or in between, or for its partner: see gate
# in common/stage/t/hostile.c.
on_its_way() # TEXT
{
	printf '%s\n' "$1" | grep -Eq 'is running: |\(state |^gate \('
}

# Is the C library a glibc before 2.N?
glibc_before() # N
{
	glibc_minor=$(getconf GNU_LIBC_VERSION 2> /dev/null |
		sed -n 's/^glibc 2\.\([0-9]*\).*/\1/p')
	[ "${glibc_minor:-$1}" -lt "$1" ]
}

# What a compiler is, is its first line and the library that it is for.
silently() # "FILE..." COMMAND...
{
	[ -e "$tmp/cc" ] || {
		${CC:-cc} --version | head -n 1
		getconf GNU_LIBC_VERSION 2> /dev/null
	} > "$tmp/cc"
	# shellcheck disable=SC2086 # words
	silent_key=$({
		printf '%s\n' "${CC:-cc}" "$@"
		cat "$tmp/cc" $1
	} | sha256sum)
	silent_key=build/silent/${silent_key%% *}
	[ ! -e "$silent_key" ] || return 0
	shift
	"$@" > "$tmp/silent" 2>&1
	silent_status=$?
	cat "$tmp/silent"
	[ $silent_status -ne 0 ] || [ -s "$tmp/silent" ] || {
		mkdir -p build/silent
		: > "$silent_key"
	}
	return $silent_status
}

# Of build/ the files without its folders, which may be large: whole systems
# lie there where on-system has run.
copy_course() # FOLDER WHAT...
{
	copy_to=$1
	shift
	mkdir -p "$copy_to/build"
	find build -maxdepth 1 -type f -exec cp -p {} "$copy_to/build" \;
	for copy_part in Makefile README.md VERSION common "$@"; do
		mkdir -p "$copy_to/$(dirname "$copy_part")"
		cp -Rp "$copy_part" "$copy_to/$copy_part"
	done
}

# Nothing of it is done yet, and it is the last of the way through them.
copy_exercise() # FOLDER EXERCISE
{
	mkdir -p "$1/exercises/${2%/*}" "$1/solutions/${2%/*}"
	cp -Rp "exercises/$2" "$1/exercises/${2%/*}"
	cp -Rp "solutions/$2" "$1/solutions/${2%/*}"
	echo "$2" >> "$1/exercises/order"
	(cd "$1" && common/course/course starters)
}

while_broken() # NAME FILE SCRIPT COMMAND...
{
	broken_name=$1
	broken_file=$2
	cp -p "$2" "$tmp/kept"
	sed "$3" "$tmp/kept" > "$2"
	shift 3
	if cmp -s "$broken_file" "$tmp/kept"; then
		tap_line 1 "$broken_name: nothing was broken"
	else
		"$@"
	fi
	cp -p "$tmp/kept" "$broken_file"
	touch "$broken_file"
}

# $tmp/list has the number and the line of each, $tmp/blocks/NUMBER its text.
cut_blocks() # LANG PAGE
{
	rm -rf "$tmp/blocks"
	mkdir "$tmp/blocks"
	awk -f common/t/blocks.awk -v lang="$1" -v dir="$tmp/blocks" "$2" \
		> "$tmp/list"
}

finish()
{
	echo "1..$tap_n"
	[ "$tap_failed" -eq 0 ] || [ -z "$sample" ] ||
		echo "$0: SAMPLE=$sample does it again" >&2
	[ "$tap_failed" -eq 0 ]
}
