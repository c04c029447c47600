#!/bin/sh
# quiz.sh - which questions are asked, what is said of an answer, how it ends
#
# On a course of this test's own; then that each question of each lesson fits a
# screen with its answer.
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh
make -s build/quiz build/show build/trace || exit 1
l=lessons/07-play
copy_course "$tmp/course" Makefile
mkdir -p "$tmp/course/$l" "$tmp/course/docs"
head -n 1 docs/claims.tsv > "$tmp/course/docs/claims.tsv"
cat >> "$tmp/course/docs/claims.tsv" <<'END'
7-001	07	play	true	One is one.		e	n/a	## 숫자 > one
7-002	07	play	true	Two is two.		e	n/a	## 숫자
7-003	07	play	true	12345678 12345678 12345678 12345678 12345678 12345678 12345678 12345678 12345678 12345678 12345678 12345678		e	n/a	## 숫자는 숫자이다 숫자는 숫자이다 숫자는 숫자이다 숫자는 숫자이다 숫자는 숫자이다 숫자는 숫자이다 숫자는 숫자이다 숫자는 숫자이다
7-004	07	play	imprecise	Four is a lot.	Not of five.	e	n/a	## 숫자
7-005	07	play	imprecise	Five is odd.	As a number.	e	n/a	## 숫자
7-006	07	play	false	Six is seven.	It is six.	e	n/a	## 숫자
7-007	07	play	outdated	Seven is new.	It is old.	e	n/a	## 숫자
7-008	07	play	typo	Aight is eight.	Eight.	e	n/a	## 숫자
7-009	07	play	judgement	Nine is nice.	An opinion.	e	n/a	## 숫자
7-010	08	play	true	Ten is elsewhere.		e	n/a	## 숫자
END
cat > "$tmp/course/$l/README.md" <<'END'
# 07 Play

## Check yourself

An answer ends with the id of its proof.

1. What is `one`?
   <details><summary>Answer</summary>It is <code>1</code>. (L07-01,
   7-001)</details>
2. What is *two*?

   <details><summary>Answer</summary>2. (7-002)</details>

## The calls
END
printf 'PROGRAMS =\nEXPERIMENTS =\nPLAY = true\ninclude ../../common/lesson.mk\n' \
	> "$tmp/course/$l/Makefile"
cat > "$tmp/course/$l/claims.c" <<'END'
#include "../../common/proof/claim.h"
CLAIM("L07-01 7-001", "one is one") { EQUALS(1, 1); }
END
cp "$tmp/course/$l/claims.c" "$tmp/course/$l/play.c"
cd "$tmp/course" || exit 1

plays() # TYPED OPTION...: each \n is an Enter
{
	typed=$1
	shift
	# shellcheck disable=SC2059 # it has its ends of lines
	text=$(printf "$typed" | build/quiz "$@" $l 2>&1)
	status=$?
}

count() # REGEX
{
	echo "$text" | grep -cE "$1"
}

many() # TEXT: seven times, for as many rows
{
	printf "%7s" "" | sed "s/ /$1/g"
}
rows=$(many 't\\n\\n')

# --------------------------------------------------------- what is asked
plays "$rows\ny\n\nn\n" -s 5 -n 1000
is "no line has more than 80 columns, in which a Korean letter takes two" \
	"$(echo "$text" | while IFS= read -r line; do
		[ "$(printf '%s' "$line" | wc -L)" -le 80 ] || echo "$line"
	done)" ""
is "lines are cut between words" \
	"$(echo "$text" | grep -oE '\b[1-8]{3,8}\b' | sort -u)" 12345678
is "a statement that is true, false or not quite, and the notes: all" \
	"$(count '^--- [0-9]+ of 9 ---$')" 9
like "that there are no more is said" "$text" '^There are only 9 questions'
unlike "no slip of the pen, no opinion, no other lesson" "$text" \
	'Aight|Nine is|Ten is'
is "true is the answer of three" "$(count '^Right: it is true\.$')" 3
is "false of what is false or outdated" "$(count '^No: it is false, and')" 2
is "not quite of the imprecise" "$(count '^No: it is not quite, and')" 2
like "the correction, with the id" "$text" '^  Not of five\. \(7-004\)$'
like "what is outdated was so once" "$text" \
	'^  It was so once\. It is old\. \(7-007\)$'
like "what is true holds" "$text" '^  It holds as it stands\. \(7-001\)$'
like "where the source says it" "$text" '^Document 7 says, under "숫자 > one":$'
is "the notes come last" "$(echo "$text" | grep '^--- \|^From the notes' |
	grep -A 1 -- '--- [89] of' | grep -c '^From the notes')" 2
is "as the notes have it, without signs" "$(count '^  What is (one|two)\?$')" 2
like "and their answer" "$text" '^  It is 1\. \(L07-01, 7-001\)$'

plays "$(many 'f\\n\\n')" -s 5 -n 7
is "who says false has two" "$(count '^Right: it is false\.$')" 2
like "the score" "$text" '^Your score: 2 of 7\.$'
plays "$(many 'NOT QUITE \\n\\n')" -s 5 -n 7
like "words do as well" "$text" '^Your score: 2 of 7\.$'
for seed in 1 2 3 4 5; do
	plays "$rows" -s $seed -n 4
	is "seed $seed: half of them are true" "$(count '^Right')" 2
done

asked() # SEED
{
	plays "$rows" -s "$1"
	echo "$text"
}
isnt "of few questions they are not always the same ones" \
	"$(for seed in 1 2 3 4 5 6; do
		plays 't\n' -s $seed -n 1
		echo "$text" | grep -o '(7-[0-9]*)'
	done | sort -u | wc -l)" 1
is "the same seed: the same questions in the same order" "$(asked 77)" \
	"$(asked 77)"
isnt "another seed: others" "$(asked 77 | grep '^  ')" \
	"$(asked 78 | grep '^  ')"
isnt "no seed: others each time" \
	"$(for _ in 1 2 3 4; do plays '' -n 2; echo "$text" | tail -n 1; done |
		sort -u | wc -l)" 1
like "how to be asked the same again" "$(asked 77)" \
	'^The same questions again: make quiz-07 SEED=77$'

# ----------------------------------------------------------- how it ends
plays '' -s 3
is "at the end of the input it ends in good order" $status 0
like "with the score so far" "$text" '^Your score: 0 of 0\. Not answered: 9\.$'
plays 't\n' -s 3
like "behind an answer" "$text" '^Your score: [01] of 1\. Not answered: 8\.$'
plays 't' -s 3
like "a last line without an end counts" "$text" '^Your score: [01] of 1\.'
plays 't\n\nq\n' -s 3
like "q ends it" "$text" '^Your score: [01] of 1\. Not answered: 8\.$'
plays 't\nquit\n' -s 3
like "so does quit behind an answer" "$text" '^Your score: [01] of 1\.'
plays 'perhaps\nt\nq\n' -s 3
is "another word: it asks again" "$(count '^That is none of these\.$')" 1
plays "$(printf '%0500d' 0)t\nq\n" -s 3
like "a line that is too long is another word" "$text" '^Your score: 0 of 0'
plays "$rows\ny\n\nn\n" -s 3
like "of the notes the reader says it" "$text" '^Your score: 4 of 9\.$'
plays "$rows\nq\n" -s 3
like "q there does not count" "$text" '^Your score: 3 of 7\.'

# ----------------------------------------------------------- on request
plays 'p\nf\np\n\nq\n' -s 3 -n 1
like "before the answer no proof is shown" "$text" '^Your answer first'
is "p shows it then" "$(count '^7-00[0-9]: a statement of document 7')" 1
like "and the quiz goes on" "$text" '^Your score: [01] of 1\.$'
plays "$rows\np\ny\n\np\ny\n" -s 3
is "of the notes those that the answer names" \
	"$(echo "$text" | grep -o '^[7L][0-9]*-[0-9]*: a s[a-z]*' | sort | xargs)" \
	"7-001: a statement 7-002: a statement L07-01: a sentence"
out=$(printf 'f\n' | make quiz-07 SEED=3 N=1 2>&1)
like "make quiz-07 takes SEED and N" "$out" 'make quiz-07 SEED=3 N=1$'
if command -v script > /dev/null 2>&1; then
	mkfifo "$tmp/keys"
	printf '%s\n' 'trap : INT' "stty -g > $tmp/before" \
		"build/quiz -s 1 $l" "stty -g > $tmp/after" > "$tmp/session"
	script -qefc "env --default-signal=INT sh $tmp/session" "$tmp/typescript" < "$tmp/keys" \
		> /dev/null 2>&1 &
	exec 8> "$tmp/keys"
	until_true grep -q 'q end > ' "$tmp/typescript"
	printf '\003' >&8
	until_true test -s "$tmp/after"
	exec 8>&-
	wait $!
	is "Ctrl-C: the terminal is as it was" "$(cat "$tmp/after")" \
		"$(cat "$tmp/before")"
	unlike "and the quiz is over" "$(cat "$tmp/typescript")" 'score'
else
	skip "Ctrl-C" "there is no script(1) here"
fi

# ----------------------------------------------------------- what goes wrong
one_line() # NAME REGEX OPTION...
{
	one_name=$1 one_regex=$2
	shift 2
	plays '' "$@"
	like "$one_name" "$text" "$one_regex"
	is "$one_name: one line, and a status" \
		"$(echo "$text" | wc -l) $status" "1 1"
}
one_line "a seed that is none" "^SEED 'x' is not a number from 0 to" -s x
one_line "too few questions" "^N '0' is not a number from 1 to 1000" -n 0
one_line "a number and more" "^N '5x' is not" -n 5x
is "a folder that is none" "$(build/quiz lessons/08-moon 2>&1)" \
	"'lessons/08-moon' is no folder of a lesson; one is like $l"
broken() # NAME FILE SCRIPT REGEX
{
	while_broken "$1" "$2" "$3" one_line "$1" "$4"
}
broken "a row that is damaged" docs/claims.tsv '6s/	play	/	/' \
	'^docs/claims.tsv:6: 8 columns, not 9'
broken "an answer without its end" $l/README.md 's,(7-002)</details>,(7-002),' \
	"^$l/README.md:10: this question has no answer of the form"
broken "a question without an answer" $l/README.md 's/^   <det.*(L07-01,/x/' \
	"^$l/README.md:7: this question has no answer of the form"
broken "an empty answer" $l/README.md 's/>2\. (7-002)</></' \
	"^$l/README.md:10: this question or its answer is empty"
broken "notes without that part" $l/README.md 's/^## Check.*/## Other/' \
	"^$l/README.md has no part '## Check yourself'"

# --------------------------------------------------- the lessons: a screen each
cd "$OLDPWD" || exit 1
# A screen is a question, from its number to the prompt behind the answer.
screens() # FILE
{
	rm -rf "$tmp/screens"
	mkdir "$tmp/screens"
	awk -v dir="$tmp/screens" '
	/^--- [0-9]+ of [0-9]+ ---$/ { close(file); file = dir "/" ++n }
	file != "" { print > file }
	/^Your score/ { exit }' "$1"
}
# The answers: a letter and Enter for each row, Enter and y for the notes
answers() # FOLDER
{
	number=${1#lessons/}
	awk -F '\t' -v lesson="${number%%-*}" '$2 == lesson &&
		$4 != "typo" && $4 != "judgement" { print "t\n" }' docs/claims.tsv
	awk '/^## / { on = $0 == "## Check yourself" }
		on && /^[0-9]+\. / { print "\ny" }' "$1/README.md"
}
for folder in $(lessons); do
	answers "$folder" |
		build/quiz -s 1 -n 1000 "$folder" > "$tmp/out" 2>&1
	screens "$tmp/out"
	like "$folder: all rows and notes are asked" "$(cat "$tmp/out")" \
		'^Your score: [0-9]+ of [0-9]+\.$'
	is "$folder: and no other questions" \
		"$(grep -c 'none of these' "$tmp/out")" 0
	is "$folder: each fits 24 lines with its answer" "$(wc -l "$tmp/screens"/* |
		awk '$2 != "total" && $1 > 23 { print $2 ": " $1 }')" ""
	ok "$folder: and 80 columns" test "$(wc -L < "$tmp/out")" -le 80
done
finish
