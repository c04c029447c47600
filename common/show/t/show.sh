#!/bin/sh
# show.sh - a sentence, the code of its proof, its result and its calls
#
# On a course of this test's own: its lesson has proofs that hold, fail, skip
# and wait, and code that is easily taken for something else. Then on the real
# one: what is shown of a proof compiles, and none of it is superfluous. With
# FULL=1 that is tried for all proofs, else for some of each lesson.
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh
make -s build/show build/trace || exit 1
top=$PWD
l=lessons/07-play
copy_course "$tmp/course"
mkdir -p "$tmp/course/$l" "$tmp/course/docs"
printf '%s\t' id lesson topic verdict claim correction evidence demo \
	> "$tmp/course/docs/claims.tsv"
cat >> "$tmp/course/docs/claims.tsv" <<'END'
section
7-001	07	play	imprecise	One is one.	Only here.	arithmetic	n/a	## 숫자 > one
7-002	07	play	typo	Wun is won.	One.	a dictionary	n/a	## 숫자
7-003	07	play	judgement	One is fine.	An opinion.	none	n/a	## 숫자
END
cat > "$tmp/course/$l/Makefile" <<'END'
PROGRAMS =
NOTES    = ../../docs/more.md
include ../../common/lesson.mk
END
cat > "$tmp/course/$l/README.md" <<'END'
# 07 Play

One is `one`, see [there](x.md). (7-001, L07-01)
Type `make show ID=L07-02` for another.

| id | the source says | so? |
|---|---|---|
| 7-002 | *wun* is won | a slip: `a \| b` |

- another item
- the word is a matter of taste:
  some like it (7-003)
END
echo 'More words. (L07-01)' > "$tmp/course/docs/more.md"
cat > "$tmp/course/$l/claims.c" <<'END'
#define _GNU_SOURCE
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

void before_all(void);
CLAIMS_NEED(before_all)

/* Not above anything. */

// Above one,
// in two lines.
enum { ONE = 1, OTHER };	/* behind one */
enum shade { PALE };
#define TWICE(x) ((x) + (x))
#define UNUSED(x) (x)
#define ALWAYS
#ifdef ALWAYS
#define MAYBE 1
#else
#define MAYBE 2
#endif
#ifdef UNUSED
#define NEVER 1
#endif

struct pair {
	int a, lonely;
};
static struct pair pairs[2] = { { 1, .lonely = 2 } };
static int (*chosen)(int);
typedef int (*taker)(int);

static int lonely(void)
{
	return 5;
}

static int same(int n)
{
	return n;
}

static int shadow(int n)
{
	return n;
}

/* Uses struct pair, and its text says "same(1) } lonely()". */
static int helper(struct pair *p, int shadow)
{
	int *pointer = &p->a, lonely = shadow;
#if MAYBE == 1
	if (*pointer == '{') {
#else
	if (*pointer == '"') {
#endif
		lonely++;
	}
	return p->lonely + lonely - shadow;
}

void before_all(void)
{
}

CLAIM("7-001 L07-01", "one is \"one\", "
      "and stays so")
{
	taker t = same;

	chosen = t;
	EQUALS(TWICE(ONE), 2);
	EQUALS(chosen(helper(pairs, 3)), 2);
}

CLAIM("L07-01", "it is so a second time") { EQUALS(lonely(), 5); }
CLAIM("L07-02", "it is not so") { EQUALS(shadow(1), 2); }
CLAIM("L07-03", "nobody can see it") { SKIP("no %s; buy one", "moon"); }
CLAIM("L07-04", "somebody waits")
{
	int fd[2];
	char c;
	pid_t child;

	HOLDS(pipe(fd) == 0);
	child = fork();
	if (child == 0)
		_exit(read(fd[0], &c, 1) != 1);
	HOLDS(blocks(child));
	HOLDS(write(fd[1], "x", 1) == 1);
	EQUALS(ends(child), 0);
}
CLAIM("L07-05", "it leaves a queue, and two who sleep, one far away")
{
	HOLDS(msgget(IPC_PRIVATE, 0612) != -1);
	if (fork() == 0)
		pause();
	if (fork() == 0 && setsid() != -1 && fork() != -1)
		pause();
	EQUALS(unlink("there"), -1);
}
CLAIM("L07-06", "an enum has a name") { enum shade s = PALE; EQUALS(s, 0); }
END
cd "$tmp/course" || exit 1

shows() # ID...
{
	text=$(build/show "$@" 2>&1)
	status=$?
}

# ------------------------------------------------------------ the code
shows -c 7-001
is "the code of a proof, with what it uses, in the order of the file" "$text" \
"$(sed -n -e '/^void before_all(void);/,/^CLAIMS_NEED/p' $l/claims.c; echo
	sed -n -e '/^\/\/ Above/,/behind one/p' $l/claims.c; echo
	sed -n -e '/^#define TWICE/p' $l/claims.c; echo
	sed -n -e '/^#define ALWAYS/,/^#endif/p' $l/claims.c; echo
	sed -n -e '/^struct pair/,/^typedef/p' $l/claims.c; echo
	sed -n -e '/^static int same/,/^}/p' $l/claims.c; echo
	sed -n -e '/^.. Uses/,/^	return p/p' $l/claims.c; echo '}'; echo
	sed -n -e '/^void before_all(void)$/,/^}/p' $l/claims.c; echo
	sed -n -e '/^CLAIM("7/,/^}/p' $l/claims.c)"
shows -c L07-06
is "a type with a tag, and its constants" "$text" \
"$(sed -n -e '/^void before_all(void);/,/^CLAIMS_NEED/p' $l/claims.c; echo
	sed -n -e '/^enum shade/p' $l/claims.c; echo
	sed -n -e '/^void before_all(void)$/,/^}/p' $l/claims.c; echo
	sed -n -e '/^CLAIM("L07-06/p' $l/claims.c)"

# ------------------------------------------------- the statement, the result
shows l07-02
is "a proof that fails is no failure of show" $status 0
like "what is proven" "$text" '^  proven is +it is not so$'
like "not ok, with the diagnostic" "$text" \
	'^  claims\.c:[0-9]+: shadow\(1\) is 1, not 2'
unlike "a command to type is no place" "$text" 'README'
shows L07-03
like "a skip has its reason" "$text" '^skip: .*: no moon; buy one$'
unlike "and no calls" "$text" 'calls in time'
shows 7-001
like "a row: where the source says it, by letters two columns wide" "$text" \
	'^  stands under +숫자 > one$'
like "what it says" "$text" '^  it says +One is one\.$'
like "the verdict" "$text" '^  verdict +imprecise: right in the main'
like "what is so" "$text" '^  what is so +Only here\.$'
like "where the notes have it" "$text" "^  the notes +$l/README.md:3$"
like "what is proven, with its quotes" "$text" \
	'^  proven is +one is "one", and stays so$'
like "its result" "$text" '^ok: it holds'
shows L07-01
like "two proofs of one id" "$text" '^--- proof 2 of 2: .*/claims.c:[0-9]+ -+$'
is "both have a result" "$(echo "$text" | grep -c '^ok: ')" 2
like "pages that the Makefile names are notes" "$text" 'docs/more.md:1$'
shows 7-002
like "a row that nothing proves says so" "$text" \
	'^No proof runs this: it is a slip of the pen'
like "its place" "$text" "^$l/README.md:8:$"
like "its words: the row of the table" "$text" '^  so\?: a slip: a \| b$'
shows 7-003
like "its words: an item of a list, and the place of the id" "$text" "^$l/README.md:12:$"
is "and no more than the item" "$(echo "$text" | tail -n 1)" \
	'  - the word is a matter of taste: some like it (7-003)'
shows 7-001 L07-03
is "several ids, one after the other" \
	"$(echo "$text" | grep -o '^7-001:\|^L07-03:' | xargs)" "7-001: L07-03:"

# ------------------------------------------------------- its calls in time
if strace -o /dev/null true 2> /dev/null; then
	shows L07-04
	calls=$(echo "$text" | sed '1,/ its system calls in time/d')
	like "it begins with the proof" "$calls" '^ +1 +0\.000 .*pipe'
	like "a wait, and who ends it" "$calls" '"x" +\(waited .*  < [0-9]+|= 1, "x"'
	like "a look at another process is a word" "$calls" \
		'waits until [0-9]+$|\(waits until [0-9]+ sleeps'
	unlike "and no calls" "$calls" '/proc/|mark|proof: '
	unlike "nor what runs around the proof" "$calls" 'execve|exit_group\(0\) .*claims 1'
	is "no more than 80 columns" \
		"$(echo "$text" | expand | awk 'length > 80')" ""
	unlike "all of them, since they are few" "$text" ' rows \.\.\.$'
	shows -k 3 L07-04
	like "of many calls the first and the last" "$text" \
		'^ +\.\.\. [0-9]+ rows \.\.\.$'
	shows -k 0 L07-04
	unlike "or all" "$text" ' rows \.\.\.$'
	shows L07-02
	like "one that fails under strace says so" "$text" \
		'^under strace the proof: ended with status 101$'
	like "and which result counts" "$text" '^strace stops a program at each'
	shows L07-05
	like "what a proof leaves is no hang" "$text" '^ +[0-9]+ .*unlink\("there"'
	like "nor does it wait" "$(echo "$text" | tail -n 1)" '^< 25 '
	unlike "its end is not drawn" "$text" 'SIGKILL|still running'
	unlike "and nothing of it stays" "$(ipcs -q)" ' 612 '
else
	skip "its calls in time" "strace is not here, or may not trace"
fi
# A PATH with no strace in it
mkdir "$tmp/bin"
for tool in make cc gcc as ld sh env cat sed grep awk mkdir rm id uname sort tr \
	dirname basename head cut ls touch mktemp ar mv cp test expr stat printf; do
	where=$(command -v $tool) && case $where in
	/*) ln -s "$where" "$tmp/bin/$tool" ;;
	esac
done
text=$(PATH=$tmp/bin build/show L07-04 2>&1)
like "without strace the calls are skipped, with the cure" "$text" \
	'^skip: There is no strace here: apt-get install'
like "and the result is there" "$text" '^ok: it holds'
is "nothing is left in build/" "$(find build -name 'tmp.*')" ""

# ------------------------------------------------------------- what goes wrong
one_line() # NAME REGEX ID...
{
	one_name=$1 one_regex=$2
	shift 2
	shows "$@"
	like "$one_name" "$text" "$one_regex"
	is "$one_name: one line, and a status" \
		"$(echo "$text" | wc -l) $status" "1 1"
}
one_line "an unknown id: the nearest" \
	'^No sentence has the id L07-09; near it are: L07-0' L07-09
one_line "a row that is not there" 'near it are: 7-00' 7-009
one_line "a word" "^'moon' is no id: one is like L09-07" moon
one_line "no id" '^Which sentence\? make show ID=' ''
one_line "bytes for a terminal" "^'a\?\[2J" "$(printf 'a\033[2J')"
broken() # NAME FILE SCRIPT REGEX
{
	while_broken "$1" "$2" "$3" one_line "$1" "$4" -c 7-001
}
broken "a row with a tab too few" docs/claims.tsv '3s/	play//' \
	'^docs/claims.tsv:3: 8 columns, not 9'
broken "a verdict that is none" docs/claims.tsv '2s/imprecise/perhaps/' \
	"^docs/claims.tsv:2: 'perhaps' is no verdict"
broken "an id that is none" docs/claims.tsv '4s/^7-003/7-3/' \
	"^docs/claims.tsv:4: '7-3' is no id"
broken "a correction that is missing" docs/claims.tsv '2s/Only here\.//' \
	'^docs/claims.tsv:2: it is imprecise, and what is so is missing'
broken "a header that is gone" docs/claims.tsv 1d \
	'^docs/claims.tsv:1: the first line does not name'
broken "a bracket that is missing" $l/claims.c '/^	return 5/,/^}/d' \
	"^$l/claims.c:[0-9]+: what begins here has no end"
broken "an #if without end" $l/claims.c '/^#define NEVER/,/^#endif/d' \
	"^$l/claims.c: an #if has no #endif"
head -c 180 docs/claims.tsv > part && mv docs/claims.tsv kept
mv part docs/claims.tsv
one_line "a ledger of which the end is missing" \
	'^docs/claims.tsv:3: the last line has no end' 7-001
mv kept docs/claims.tsv
cp $l/claims.c kept
echo 'int x = y;' >> $l/claims.c
shows 7-001
like "proofs that cannot be built: what the compiler says" "$text" 'error: .*y'
like "and which lesson's" "$text" '^The proofs of lesson 07 cannot be built\.$'
is "with a status" $status 1
mv kept $l/claims.c
touch $l/claims.c

# ---------------------------------------------------------------- the terminal
if command -v script > /dev/null 2>&1; then
	cat > "$tmp/pager" <<-'END'
	#!/bin/sh
	echo "pager: $(wc -l)"
	END
	chmod +x "$tmp/pager"
	on_terminal() # LINES
	{
		PAGER=$tmp/pager script -qec "stty rows $1 columns 80
			build/show 7-002" /dev/null < /dev/null | tr -d '\r'
	}
	like "on a terminal what fits needs no pager" "$(on_terminal 40)" \
		'^No proof runs'
	like "what does not goes through it" "$(on_terminal 12)" '^pager: [0-9]+$'
	unlike "all of it" "$(on_terminal 12)" '^No proof runs'
else
	skip "on a terminal" "there is no script(1) here"
fi
unlike "a pipe gets it plain" "$(PAGER="$tmp/pager" build/show 7-002 2>&1)" pager

# Told to stop, it ends what it started.
cp $l/claims.c kept
cat >> $l/claims.c <<'END'
CLAIM("L07-08", "it waits for ever") { execlp("sleep", "sleep", "987", NULL); }
END
STAGE_TIMEOUT_MUL=100 build/show L07-08 > /dev/null 2>&1 &
shown=$!
has_ended()
{
	! grep -q '^State:[[:space:]]*[^Z[:space:]]' "/proc/$shown/status" 2> /dev/null
}
until_true pgrep -x -f "sleep 987" > /dev/null
kill -TERM $shown
until_true has_ended
is "and leaves nobody" "$(pgrep -x -f 'sleep 987')" ""
kill -KILL $(pgrep -x -f 'sleep 987') 2> /dev/null
wait $shown
is "told to stop: it dies of it" $? 143
mv kept $l/claims.c

# --------------------------------------------------- the proofs of the lessons
cd "$top" || exit 1
# The ids of FILE that no other file proves: all of them, or every 40th.
ids_of() # FILE
{
	sed -n 's/^CLAIM("\([^"]*\)".*/\1/p' "$1" | tr ' ' '\n' | sort -u |
		grep -vxFf "$tmp/several" |
		awk -v every="${FULL:+1}" 'NR % (every ? 1 : 40) == 0 || every'
}
for file in lessons/*/claims.c; do
	sed -n 's/^CLAIM("\([^"]*\)".*/\1/p' "$file" | tr ' ' '\n' | sort -u
done | sort | uniq -d > "$tmp/several"
for folder in $(lessons); do
	grep '^#define _GNU_SOURCE\|^#include' "$folder/claims.c" > "$tmp/head"
	for id in $(ids_of "$folder/claims.c"); do
		{ cat "$tmp/head"; build/show -c "$id"; } > "$tmp/code.c"
		${CC:-cc} -std=gnu11 -fsyntax-only -I "$folder" -Wall -Wextra \
			-Werror -Wunused-macros "$tmp/code.c" 2>&1 |
			grep 'error: ' | grep -v '_GNU_SOURCE' |
			sed "s/^[^:]*/$id/"
	done > "$tmp/bad"
	is "$folder: what is shown of a proof compiles, and all of it is used" \
		"$(cat "$tmp/bad")" ""
done
finish
