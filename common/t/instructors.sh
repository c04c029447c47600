#!/bin/sh
# instructors.sh - docs/instructors.md and docs/exercises.md: the tables are sums
# of what the exercises say, and each command that stands in a line works
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh
page=docs/instructors.md

is "docs/exercises.md is what common/course/table writes" \
	"$(common/course/table | diff docs/exercises.md -)" ""
like "it has all exercises" "$(cat docs/exercises.md)" \
	'^\| \[25-comparing/stop-the-clock\]'

# A row of a plan: | week | lessons, "; 14 to read" | question | minutes |
minutes_of() # LESSONS
{
	sum=0
	for lesson in $(echo "${1%%;*}" | tr -d ,); do
		m=$(sed -n "s/^| $lesson-[a-z0-9-]* | [0-9]* | \([0-9]*\) |.*/\1/p" \
			docs/exercises.md)
		sum=$((sum + ${m:-1000000}))
	done
	echo $sum
}

awk -F ' *[|] *' '/^### / { plan = $0; next } /^## / { plan = "" }
	plan != "" && $2 ~ /^[0-9]+$/ { print plan "|" $2 "|" $3 "|" $5 }' $page \
	> "$tmp/plans"
is "three plans, of so many weeks" \
	"$(cut -d '|' -f 1 "$tmp/plans" | uniq -c | sed 's/^ *//')" \
	"4 ### Four weeks
8 ### Eight weeks
14 ### Fourteen weeks"
while IFS='|' read -r plan week lessons minutes; do
	is "$plan, week $week: the minutes" "$minutes" "$(minutes_of "$lessons")"
done < "$tmp/plans"

# All commands that stand in a line of text, but those with a word to fill in,
# and those of the transcripts, which another test replays.
# shellcheck disable=SC2016 # backquotes are the page's
awk '/^```/ { block = !block; next } !block' $page |
	grep -oE '`make (quiz-export|demo-)[^`]*`' | tr -d '`' | sort -u \
	> "$tmp/commands"
like "some are there" "$(cat "$tmp/commands")" '^make demo-01$'
while read -r command; do
	sh -c "$command -s" < /dev/null > "$tmp/said" 2>&1
	is "$command" "$? $([ -s "$tmp/said" ] && echo said)" "0 said"
done < "$tmp/commands"

# shellcheck disable=SC2016
is "each lesson has a place in the picture of what needs what" \
	"$(sed -n '/^```text$/,/^```$/p' $page | grep -oE '\b[0-2][0-9]\b' | sort -u |
		tr '\n' ' ')" "$(seq -w -s ' ' 0 25) "
finish
