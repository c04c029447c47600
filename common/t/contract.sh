#!/bin/sh
# contract.sh - the form of every lesson: what docs/contributing.md asks for
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh

# The sections of the notes. Where EXPERIMENTS stands, each experiment has one.
sections='## See it
## Step by step
EXPERIMENTS
## Mistakes that everybody makes once
## Check yourself
## The calls
## When it hangs
## By hand
## Exercises
## Read more'
# What is wrong with a program of a pair or an experiment, a line each. It may
# include the C library and HEADERS (a regular expression). A pair waits in the
# calls of its facility: it does not look and yield.
program() # FILE HEADERS
{
	name=${1##*/}
	awk -v file="$1" -v headers="$2" -v name="${name%.c}" '
	function width(s,    n, i) {
		for (i = n = 0; i++ < length(s); )
			n += substr(s, i, 1) == "\t" ? 8 - n % 8 : 1
		return n
	}
	function wrong(what) { print file ":" FNR ": " what }
	length > 10 && width($0) > 80 { wrong("over 80 columns") }
	/(^|[^a-z_])(u|nano)?sleep\(/ { wrong("a sleep") }
	/#include "/ && $0 !~ "\"(../)+common/" headers "\"" {
		wrong("includes more than it may")
	}
	/sched_yield|pthread_yield/ && file !~ /\/experiments\// {
		wrong($0 " (a loop that looks)")
	}
	FNR == 2 { header = index($0, " * " name " - ") == 1 }
	END {
		if (!header)
			print file ": its header does not begin with \047" \
				name " - \047"
	}' "$1"
	# It compiles alone, and where only standard C is switched on, too: what
	# it needs beyond that it asks for itself.
	silently "$1 common/lesson.h common/experiment.h common/t/contract.sh" \
		alone "$1"
}

alone() # FILE
{
	case $1 in
	*/experiments/*) ${CC:-cc} -fsyntax-only "$1" ;;
	*) ${CC:-cc} "$1" -o "$tmp/alone" ;;
	esac
	${CC:-cc} -std=c11 -Wall -Werror -fsyntax-only "$1" ||
		echo "$1: does not compile with -std=c11"
}

# The lines of FILE's prose that are wider than 80 columns: no tables, no code.
wide() # FILE
{
	LC_ALL=C.UTF-8 awk '/^ *```/ { code = !code }
		!code && !/^ *\|/ && !/^#/ && length > 80 { print FILENAME ":" FNR }' "$1"
}

# The headings of FILE; those between "Step by step" and the mistakes are one.
headings() # FILE
{
	grep '^## ' "$1" | sed 's/^\(## When it hangs\) or fails$/\1/' |
		awk '/^## Mistakes/ { between = 0 }
		!between
		/^## Step by step/ { between = 1; print "EXPERIMENTS" }'
}

# Pair, experiments and notes
form() # DIR
{
	notes=$1/README.md number=${1#lessons/}
	number=${number%%-*}
	text=$(cat "$notes")
	experiments=$(make -s -C "$1" experiments | tr ' ' '\n' | grep .)
	is "$1/Makefile names its experiments" \
		"$(echo "$experiments" | sort)" \
		"$(ls "$1/experiments" | sed -n 's/\.c$//p' | sort)"
	is "$1: an experiment's name has at most 8 letters" \
		"$(echo "$experiments" | grep -vx '[a-z]\{1,8\}')" ""
	for f in "$1"/*.c; do
		[ "${f##*/}" = claims.c ] ||
			is "$f keeps the contract" \
				"$(program "$f" lesson.h)" ""
	done
	for f in "$1"/experiments/*.c; do
		is "$f keeps the contract" \
			"$(program "$f" '(lesson|experiment).h')" ""
		name=${f##*/}
		name=${name%.c}
		like "$notes shows what make $number-$name plays" \
			"$text" "^\\$ make $number-$name\$"
		like "$notes leads to $name.c" "$text" \
			"\(experiments/$name\.c\)"
	done
	is "$notes has its parts in order" "$(headings "$notes")" "$sections"
	like "$notes asks before it shows" \
		"$(sed '/^## See it/q' "$notes")" '^> \*\*Stop and think\.\*\*'
	is "$notes and sources.md: prose has at most 80 columns" \
		"$(wide "$notes"; wide "$1/sources.md")" ""
	ok "$1: the pair says what it does in at most 12 lines" \
		test "$(make -s -C "$1" play 2>&1 | wc -l)" -le 12
	is "$1/sources.md bears the lesson's name" "$(head -n 1 "$1/sources.md")" \
		"# What the sources say: $(sed -n '1s/^# //p' "$notes")"
	is "$1/sources.md ends with what is proven besides" \
		"$(grep '^## ' "$1/sources.md" | tail -n 1)" \
		"## More that is proven"
}

for dir in $(lessons); do
	set -- "$dir"/*.c
	is "$dir: two programs and claims.c" $# 3
	ok "$dir/Makefile says what to play" grep -q '^PLAY ' "$dir/Makefile"
	is "$dir/claims.c keeps to 80 columns" \
		"$(expand "$dir/claims.c" | awk 'length > 80 { print NR }')" ""
	like "$dir/README.md leads to what lesson.h does" \
		"$(cat "$dir/README.md")" '\(\.\./\.\./docs/lesson-h\.md\)'
	ok "$dir is on the map in README.md" \
		grep -q "($dir/)" README.md
	form "$dir"
done
finish
