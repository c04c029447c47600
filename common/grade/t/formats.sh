#!/bin/sh
# formats.sh - is each format read by what is made to read it, also with the words
# of a program that wants to be something else there? Are its points the record's?
cd "$(dirname "$0")/../../.." || exit 1
. common/grade/t/setup
ex=00-start/first-check file=greet.c
hand_in honest "solutions/$ex/greet.c"
common/course/answer solutions/$ex/wrong/no-newline.patch | hand_in partly
for name in forges says-anything; do
	hand_in $name common/grade/t/hostile/$name.c
done
printf '#error "</failure>]]>\\033[2J\n%s\n' '#include "a|b`<c>"' | hand_in refuses
mkdir "$subs/=1+1" "$subs/a,\"b" "$subs/nobody"
grade FORMAT='csv moodle gradescope classroom50 junit tap md' SEED=11
cp "$tmp/said" "$tmp/stdout"
is "all are graded" $status 0
is "who has handed in nothing too" "$(wc -l < "$out/grades.jsonl")" 8
unlike "no record has a byte that a terminal obeys" \
	"$(LC_ALL=C grep -c '[^ -~	]' "$out/report.md")" '^[1-9]'
record=$out/results/$(id_of says-anything)
is "a record is bounded" "$(find "$record" -size +64k)" ""
ok "and is UTF-8" iconv -f UTF-8 -t UTF-8 -o "$tmp/utf8" "$out/grades.jsonl"

# What the record says: the points of all, in the order of ids
want=$(jq -r '"\(.id) \(.points)"' "$out/grades.jsonl" | sort)
checks=$(jq -r '.exercises[].checks[] | .verdict' "$out/grades.jsonl" | wc -l)
passed=$(jq -r '.exercises[].checks[] | select(.verdict == "pass") | .id' \
	"$out/grades.jsonl" | wc -l)

# ------------------------------------------------------------ CSV

if command -v python3 > /dev/null && python3 -c 'import csv' 2> /dev/null; then
	python3 - "$out/gradebook.csv" "$out/moodle.csv" > "$tmp/read" <<-'END'
	import csv, sys
	rows = list(csv.DictReader(open(sys.argv[1], newline='', encoding='utf-8')))
	for r in rows: print('book', r['id'], r['points'])
	print('first', list(rows[0])[:2])
	print('formula', any(r['name'][0] in '=+-@' for r in rows))
	rows = list(csv.DictReader(open(sys.argv[2], newline='', encoding='utf-8')))
	print('moodle', len(rows), sum(int(r['Grade']) for r in rows))
	END
	is "a CSV reader sees the points" \
		"$(sed -n 's/^book //p' "$tmp/read" | sort)" "$want"
	is "the name first, then the points" "$(grep first "$tmp/read")" \
		"first ['name', 'points']"
	is "no name is a formula" "$(grep formula "$tmp/read")" "formula False"
	is "Moodle's has all" "$(grep moodle "$tmp/read")" \
		"moodle 8 $(echo "$want" | awk '{ n += $2 } END { print n }')"
else
	skip "a CSV reader sees the points" "there is no python3 here"
fi
is "it is what stdout has" "$(cat "$tmp/stdout")" "$(cat "$out/gradebook.csv")"

# ------------------------------------------------------------ JSON

is "Gradescope: scores" "$(for f in "$out"/gradescope/*.json; do
	name=${f##*/}
	echo "${name%.json} $(jq .score "$f")"
done | sort)" "$want"
is "Gradescope: the sum of its tests" "$(jq -s 'all(.score ==
	([.tests[].score] | add) and all(.tests[]; .score <= .max_score and
	(.status | IN("passed", "failed")) and (.name | type) == "string"))' "$out"/gradescope/*.json)" true
is "Classroom 50: scores are whole, and the sum of its tests" \
	"$(jq -s 'all(.schema == "classroom50/result/v1" and
	.score == ([.tests[].score] | add) and
	."max-score" == ([.tests[]."max-score"] | add) and
	(.score | floor) == .score and all(.tests[]; (.passed | type) == "boolean"
	and (."test-name" | utf8bytelength) <= 100))' "$out"/classroom50/*.json)" true
is "Classroom 50: all are there" "$(for f in "$out"/classroom50/*.json; do
	jq -r '"\(.owner) \(.score)"' "$f"
done | sort)" "$want"

# ------------------------------------------------------------ JUnit, TAP

if command -v xmllint > /dev/null; then
	ok "JUnit: XML" xmllint --noout "$out/junit.xml"
	is "JUnit: a case for each check" "$(xmllint --xpath \
		'count(//testcase)' "$out/junit.xml")" "$checks"
	is "JUnit: as many pass" "$(xmllint --xpath \
		'count(//testcase[not(failure) and not(error)])' \
		"$out/junit.xml")" "$passed"
	is "JUnit: it counts itself right" "$(xmllint --xpath \
		'sum(//testsuite/@tests) - sum(//testsuite/@failures)' \
		"$out/junit.xml")" "$passed"
	is "JUnit: nothing else" "$(xmllint --xpath \
		'count(//*[not(self::testsuites or self::testsuite or
		self::testcase or self::failure or self::properties or
		self::property)])' "$out/junit.xml")" 0
else
	skip "JUnit" "there is no xmllint here"
fi
prove -v -e cat "$out/results.tap" > "$tmp/prove" 2>&1
like "TAP: prove reads it all" "$(cat "$tmp/prove")" \
	"^Failed $((checks - passed))/$checks subtests"
unlike "TAP: without a fault of form" "$(cat "$tmp/prove")" \
	'Parse errors|Bail|TODO passed|Bad plan|skipped'

# ------------------------------------------------------------ a page for each

is "a page for each" "$(find "$out/md" -name '*.md' | wc -l)" 8
page=$out/md/$(id_of says-anything).md
is "one heading says the points, and it is ours" "$(grep -c '^# ' "$page")" 1
like "it is" "$(head -n 1 "$page")" '^# 0 of 5 points$'
is "what a program said is indented" "$(grep -E 'script|TODO' "$page" |
	grep -vcE '^    |^\| `')" 0
like "a page has the sentences of make check" \
	"$(cat "$out/md/$(id_of partly).md")" \
	'^      FAIL   2  hello      it greets whoever is named'

# What could not be graded is no zero in any of them.
jq -c '.status = "error" | .exercises[].status = "error"
	| .exercises[].checks[].verdict = "error"' "$out/grades.jsonl" > "$tmp/errors"
jq -c '[.exercises[] | .exercise as $e | .checks[] | {exercise: $e, id, of}]' \
	"$out/grades.jsonl" | head -n 1 > "$tmp/columns"
echo '{}' > "$tmp/names"
as() # PROGRAM
{
	jq -rn -L common/grade --slurpfile names "$tmp/names" --argjson columns \
		"$(cat "$tmp/columns")" --argjson tests "$checks" \
		-f "common/grade/$1.jq" < "$tmp/errors"
}
is "an error has no score at Gradescope" "$(as gradescope |
	jq -s 'any(has("score") or any(.tests[]; has("score")))')" false
is "no result at Classroom 50" "$(as classroom50)" ""
is "an empty cell in the gradebook" "$(as csv | sed 1d | cut -d , -f 2 |
	sort -u)" ""
is "none at Moodle" "$(as moodle | sed 1d | cut -d , -f 5 | sort -u)" ""
is "an error in JUnit" "$(as junit | grep -c '<error ')" "$checks"
finish
