#!/bin/sh
# answer.sh - a page of questions: what is an answer, and what is told
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh

top=$tmp/course ex=01-pipe/page
mkdir -p "$top/exercises/$ex" "$top/solutions/$ex"
copy_course "$top"
cd "$top" || exit 1
echo $ex > exercises/order
printf '# Page\n\npredict · 5 minutes · [lesson 01](x)\n' \
	> exercises/$ex/README.md
cat > solutions/$ex/shows.c <<'END'
#include <stdio.h>

int main(void)
{
	puts("number: 10");
	puts("below: -1");
	puts("word: Broken Pipe");
	puts("zero: 0");
	return 0;
}
END
cat > exercises/$ex/check.c <<'END'
#include "../../../common/proof/answer.h"

static const char *shows(const char *label)
{
	struct prog p = start("shows", NULL);

	return fact(&p, label);
}
CHECK(1, "q1", "a") { MUST_ANSWER("1", shows("number: "), "Look at the first."); }
CHECK(1, "q2", "b") { MUST_ANSWER("2", shows("below: "), "Look at the second."); }
CHECK(1, "q3", "c") { MUST_ANSWER("3", shows("word: "), "Look at the third."); }
CHECK(1, "q4", "d") { MUST_ANSWER("4", shows("zero: "), "Look at the fourth."); }
END
cat > solutions/$ex/answers.txt <<'END'
# A remark, 1: 77
//> solution
1: 10
2: -1
3: Broken Pipe
4: 0
//> starter
//|1:
//|2:
//|3:
//|4:
//> end
END
common/course/course starters
make -s course || exit 1
page=exercises/$ex/answers.txt
is "the page has no answers" "$(grep -c ': *[^ ]' $page)" 1

verdicts() # one letter for each question, p or f
{
	common/course/build $ex $page build/exercises/$ex > "$tmp/said" 2>&1
	build/exercises/$ex/check -o "$tmp/verdict" >> "$tmp/said"
	cut -c 1 "$tmp/verdict" | tr -d '\n'
}
said() # NUMBER: what is told of that question
{
	cut -f 4 "$tmp/verdict" | sed -n "$1p"
}

is "an empty page" "$(verdicts)" ffff
like "an empty page: it says so" "$(said 1)" \
	'^question 1 has no answer yet: write it behind "1:" in answers.txt$'
printf '1: 10\n2: -1\n3: Broken Pipe\n4: 0\n' > $page
is "the right ones" "$(verdicts)" pppp
printf '\n# x\n  1 :   10 bytes.\n\n2 = "-1"\r\n3: broken  PIPE.\n4:\t0\n\n' > $page
is "blanks, case, quotes, remarks, a number with its unit" "$(verdicts)" pppp
printf '4: none\n3: pipe\n2: 1\n1: 10 or 11\n' > $page
is "wrong ones, in another order" "$(verdicts)" ffff
is "the failure says where to look, and does not give it away" "$(said 1)" \
	'question 1: "10 or 11" is not what it prints. Look at the first.'
unlike "nor is it in what is shown" "$(cat "$tmp/said")" 'expected|Broken'
printf '1: 100\n2: -10\n3: Broken Pipes\n4: 00 0\n' > $page
is "nearly right is wrong" "$(verdicts)" ffff
printf '1: 10\n1: 11\n3: Broken Pipe\n4: 0\n' > $page
is "a line that is double, and one that is gone" "$(verdicts)" ffpp
like "a line that is double: it says so" "$(said 1)" '2 lines "1:"; leave one'
like "a line that is gone: it says so" "$(said 2)" \
	'no line "2:" any more; make reset brings the page back'
: > $page
is "nothing at all" "$(verdicts)" ffff
head -c 5000 /dev/zero > $page
is "bytes that are no page" "$(verdicts)" ffff
awk 'BEGIN { printf "1:"; for (i = 0; i < 5000; i++) printf "x"; print "" }' > $page
is "a very long line" "$(verdicts)" ffff

# ------------------------------------ what is right is what it prints
common/course/course starters
awk -v want=solution -f common/course/cut.awk solutions/$ex/answers.txt > $page
sed -i 's/number: 10/number: 12/' exercises/$ex/shows.c
is "a program that was played with: the shown one counts" "$(verdicts)" pppp
like "make run plays with hers" "$(make run EX=page)" '^number: 12$'
out=$(make reset EX=page YES=1)
like "make reset brings both back" "$out" 'shows.c is back at the start, too'
ok "it does" cmp -s exercises/$ex/shows.c solutions/$ex/shows.c
sed -i 's/number: 10/number: 12/' solutions/$ex/shows.c
awk -v want=solution -f common/course/cut.awk solutions/$ex/answers.txt > $page
is "another program has other right answers" "$(verdicts)" fppp
sed -i 's/number: /nobody: /' solutions/$ex/shows.c
is "a program that does not say it is no fault of hers" "$(verdicts)" eppp
finish
