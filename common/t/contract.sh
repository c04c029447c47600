#!/bin/sh
# contract.sh - the form of every lesson: what docs/contributing.md asks for
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh

sections='## See it
## How it works
## The calls
## What the sources say
## When it hangs
## By hand
## Exercises
## Read more'

# Everything that is wrong with one program of a pair, a line each.
faults() # FILE
{
	awk -v file="$1" '
	function width(s,    n, i) {
		for (i = n = 0; i++ < length(s); )
			n += substr(s, i, 1) == "\t" ? 8 - n % 8 : 1
		return n
	}
	width($0) > 80 { print file ":" FNR ": over 80 columns" }
	/(^|[^a-z_])(u|nano)?sleep\(/ { print file ":" FNR ": a sleep" }
	/#include "/ && !/"..\/..\/common\/lesson.h"/ {
		print file ":" FNR ": includes more than lesson.h" }
	/^\{/ { open = FNR }
	/^\}/ && open { if (FNR - open > 29)
			print file ":" open ": a function of " FNR - open - 1 \
			      " lines"; open = 0 }
	/[^ \t]/ { lines++ }
	/^[ \t]*(\/\*|\*|\/\/)/ || /[;{,)][ \t]+(\/\/|\/\*)/ { comments++ }
	END {
		share = 100 * comments / lines
		if (share < 20 || share > 40)
			printf "%s: %d %% comments, not 20 to 40\n", file,
			       share
	}' "$1"
	head -n 2 "$1" | tail -n 1 | grep -q "^ \* $(basename "$1" .c) - " ||
		echo "$1: its header does not begin with '$(basename "$1" .c) - '"
	# It compiles alone, and where only standard C is switched on, too: what
	# it needs beyond that it asks for itself.
	${CC:-cc} "$1" -o "$tmp/alone" 2>&1
	for std in c11 c17; do
		${CC:-cc} -std=$std -Wall -Werror -fsyntax-only "$1" 2>&1 ||
			echo "$1: does not compile with -std=$std"
	done
}

for dir in lessons/[0-9][0-9]-*/README.md; do
	dir=${dir%/README.md}
	set -- "$dir"/*.c
	is "$dir: two programs and claims.c" $# 3
	ok "$dir/Makefile says what to play" grep -q '^PLAY ' "$dir/Makefile"
	for f in "$dir"/*.c; do
		[ "${f##*/}" = claims.c ] ||
			is "$f keeps the contract" "$(faults "$f")" ""
	done
	is "$dir/claims.c keeps to 80 columns" \
		"$(expand "$dir/claims.c" | awk 'length > 80 { print NR }')" ""
	is "$dir/README.md has its parts in order" \
		"$(grep '^## ' "$dir/README.md" | sed 's/ or fails$//')" \
		"$sections"
	ok "$dir/README.md is read in one sitting: at most 260 lines" \
		test "$(wc -l < "$dir/README.md")" -le 260
	ok "$dir is on the map in README.md" \
		grep -q "($dir/)" README.md
done
finish
