#!/bin/sh
# ledger.sh - docs/claims.tsv, the notes and the proofs against each other
#
#	ledger.sh		TAP
#	ledger.sh --count	one line: how much is proven, named, open
#
# A row is *proven* when a CLAIM carries its id, *named* when only the notes
# of its lesson cite it (README.md, sources.md, and what the lesson's Makefile
# names: NOTES = ../README.md), *open* while its lesson is not written. Naming is
# enough only for what nothing can show: a judgement, a slip of the pen, or a
# row whose way to show it is n/a.
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh


# proven: LESSON ID     cited: LESSON ID     written: LESSON
: > "$tmp/proven"
: > "$tmp/cited"
: > "$tmp/written"
for dir in lessons/[0-9][0-9]-*/README.md; do
	dir=${dir%/README.md}
	n=${dir#lessons/}
	n=${n%%-*}
	echo "$n" >> "$tmp/written"
	"$dir/claims" -l | cut -f 1 | tr ' ' '\n' | sed "s/^/$n /" \
		>> "$tmp/proven"
	notes=$(sed -n 's/^NOTES *= *//p' "$dir/Makefile")
	# shellcheck disable=SC2086 # words
	(cd "$dir" && cat README.md sources.md $notes 2> /dev/null) |
		grep -oE '(^|[^0-9A-Za-z-])(L[0-9]{2}-[0-9]{2}|[0-4]-[0-9]{3})\b' |
		grep -oE '(L[0-9]{2}|[0-4])-[0-9]+' |
		sort -u | sed "s/^/$n /" >> "$tmp/cited"
done

# What is wrong, a line each, and the numbers in a last line.
awk -F '\t' -v dir="$tmp" '
function load(file, set, both,    f) {
	while ((getline line < (dir "/" file)) > 0) {
		split(line, f, " ")
		set[both ? f[2] : f[1]] = set[both ? f[2] : f[1]] " " f[1]
		if (both)
			pair[file, f[1], f[2]] = 1
	}
}
BEGIN {
	load("written", written, 0)
	load("proven", proven, 1)
	load("cited", cited, 1)
}
FNR == 1 { next }
{
	id = $1; lesson = $2; row[id] = lesson; all++
	if (id in proven) {
		n_proven++
	} else if (!(lesson in written)) {
		n_open++
	} else if (!(("cited", lesson, id) in pair)) {
		print "row " id " (lesson " lesson ") is neither proven nor" \
		      " named in the notes: " $5
	} else if ($4 == "judgement" || $4 == "typo" || $8 ~ /^n\/a/) {
		n_named++
	} else {
		print "row " id " (lesson " lesson ") is only named; it can" \
		      " be shown, so prove it: " $8
	}
}
END {
	for (id in proven)
		if (id ~ /^L/) {
			split(proven[id], f, " ")
			own++
			if (substr(id, 2, 2) != f[1])
				print "own claim " id " stands in lesson " f[1]
			if (!(("cited", f[1], id) in pair))
				print "own claim " id " is not cited in the" \
				      " notes of lesson " f[1]
		} else if (!(id in row)) {
			print "a proof names " id ", which is no row"
		}
	for (id in cited)
		if (id ~ /^L/ ? !(id in proven) : !(id in row))
			print "the notes of lesson" cited[id] " cite " id \
			      ", which " (id ~ /^L/ ? "nothing proves" : \
			      "is no row")
	printf "the sources: %d of %d statements proven, %d named in the" \
	       " notes, %d open (their lessons are not written); %d claims" \
	       " of our own proven\n", n_proven, all, n_named, n_open, own
}' docs/claims.tsv > "$tmp/found"

if [ "${1-}" = --count ]; then
	tail -n 1 "$tmp/found"
	exit 0
fi

dup=$(cut -f 1 docs/claims.tsv | sort | uniq -d)
is "every id in the ledger stands there once" "$dup" ""
is "ledger, notes and proofs agree" "$(sed '$d' "$tmp/found" | sort)" ""
echo "# $(tail -n 1 "$tmp/found")"
finish
