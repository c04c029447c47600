#!/bin/sh
# told.sh - what a student is told of a check that fails
#
# An exercise of this test's own, in a copy of the course: the program does what
# its first argument says, and each check looks at one such thing.
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh

top=$tmp/'a course' ex=01-pipe/play
mkdir -p "$top/exercises/$ex" "$top/solutions/$ex"
copy_course "$top"
cd "$top" || exit 1
top=$(pwd -P)
echo $ex > exercises/order
cat > solutions/$ex/play.c <<'END'
#include <fcntl.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include "../../../common/lesson.h"

static int is(const char *what, const char *word)
{
	return strcmp(what, word) == 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	char buf[64];
	int fd[2];

	if (is(what, "careless")) {		/* and waits, if it failed */
		if (pipe(fd) == -1)
			die("pipe");
		close(0); /* HERE */
		return fcntl(0, F_GETFD) == -1 ? 0 : (int)read(fd[0], buf, 1);
	}
	if (is(what, "queue"))
		return msgget(IPC_PRIVATE, 0600) == -1;
	if (is(what, "tidy")) {			/* not if read() fails */
		int id = msgget(IPC_PRIVATE, 0600);

		if (id == -1)
			die("msgget");
		if (read(0, buf, 1) == -1) /* LEFT */
			die("read");
		if (msgctl(id, IPC_RMID, NULL) == -1)
			die("msgctl");
		if (close(0) == -1)
			die("close");
		return 0;
	}
	if (is(what, "words")) {
		for (int i = 1; i <= 5; i++)
			fprintf(stderr, "line %d\n", i);
		return 3;
	}
	if (is(what, "create")) {		/* a file, and then it waits */
		if (open("fifo", O_CREAT | O_WRONLY, 0600) == -1 || pipe(fd))
			die("open");
		return (int)read(fd[0], buf, 1);
	}
	if (is(what, "wait"))
		return pipe(fd) || (int)read(fd[0], buf, 1);
	if (is(what, "refuse"))
		quit("fifo: ENOENT");
	if (is(what, "binary"))
		return fwrite("\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89"
			      "\x8a\x8b\x8c\x8d\x8e\x8f\x90\x91\x92\x93"
			      "\x94\x95\x96\x97\x98\x99\x9a\x9b\x9c\x9d",
			      1, 30, stdout) != 30;
	return is(what, "ok") ? 0 : 3;
}
END
cp solutions/$ex/play.c exercises/$ex/play.c
printf '# Play\n\nfind the bug · 1 minutes · [lesson 01](x)\n' \
	> exercises/$ex/README.md
for n in 1 2 3; do printf '## %d\n\nLook at `x`.\n\n' $n; done \
	> exercises/$ex/hints.md
cp "$OLDPWD/exercises/01-pipe/close-the-ends/Makefile" exercises/$ex
cat > exercises/$ex/check.c <<'END'
#define _GNU_SOURCE
#include <sys/msg.h>
#include "../../../common/proof/check.h"

static struct prog careless(const struct how *base)
{
	struct how how = *base;

	how.in = input_text("x");
	return start_how(&how, "play", "careless", NULL);
}
static struct prog tidy(const struct how *how)
{
	return start_how(how, "play", "tidy", NULL);
}
static const char *made(void)
{
	return access("fifo", F_OK) == 0 ? "it made a file where no FIFO was" :
					   NULL;
}
static void ends_well(const char *what)
{
	struct prog p = start("play", what, NULL);

	MUST_EXIT(&p, 0);
}

MAY_FAIL("msgctl");
CHECK(1, "careless", "a call that fails is noticed") { MUST_NOTICE(careless); }
CHECK(1, "other", "read() is noticed") { MUST_NOTICE(tidy); }
CHECK(1, "tidy", "nothing is left when a call fails")
{
	MUST_NOTICE(tidy);
	no_object_left();
}
CHECK(1, "queue", "no run leaves a queue")
{
	ends_well("ok");
	ends_well("queue");
	ends_well("ok");
	no_object_left();
}
CHECK(1, "words", "what it says is quoted") { ends_well("words"); }
CHECK(1, "differs", "what differs is marked")
{
	struct prog p = start("play", "binary", NULL);

	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d"
		 "\x8e\x8f\x90\x91\x92\x93 and so on, for a long time");
}
CHECK(1, "deed", "without a FIFO it fails")
{
	struct prog p = start("play", "create", NULL);

	MUST_REFUSE(&p, ENOENT, made);
}
CHECK(1, "waits", "without a FIFO it fails")
{
	struct prog p = start("play", "wait", NULL);

	MUST_REFUSE(&p, ENOENT, made);
}
CHECK(1, "refuses", "without a FIFO it fails")
{
	struct prog p = start("play", "refuse", NULL);

	MUST_REFUSE(&p, ENOENT, made);
}
END
make -s course || exit 1
out=build/exercises/$ex
said=$(common/course/build $ex exercises/$ex/play.c $out 2>&1)
is "it builds without a word" "$said" ""

line() # MARK: where it stands in play.c
{
	grep -n "/\* $1 \*/" exercises/$ex/play.c | cut -d: -f1
}

# Of check $1 alone: what is told, in one line.
told()
{
	"$out/check" "$1" | tr -s ' \n' ' '
}

# ------------------------------------------- what we did comes first
all=$(told careless)
like "a fault of ours is told first, with its place" "$all" \
	'because we made its close\(\) number 1 fail with EIO \(play.c, line '"$(line HERE)"'\), and then '
like "without addr2line, without the place" \
	"$(PATH=/nonexistent "$out/check" careless | command -p tr -s ' \n' ' ')" \
	'number 1 fail with EIO, and then '
unlike "no word of how it was done" "$all" 'SHAKE|shaken|@'
like "the command is as one types it" "$all" ' run \./play careless '
like "and its input" "$all" ' input 1 bytes: "x" '

# --------------------------------------- the evidence of the guilty run
all=$(told queue)
like "what left an object is told, not what came last" "$all" \
	'run \./play queue '
all=$(told tidy)
like "and so is the fault in which it was left" "$all" \
	'because we made its read\(\) number 1 fail with EIO \(play.c, line '"$(line LEFT)"'\), and then this is left behind: System V message queue'
like "with what it said then" "$all" ' it said play: read: EIO'
like "which is right when nothing is left" "$(told other)" 'pass 1 other'

# ------------------------------------------------------ its own words
like "the last lines on stderr are quoted" "$(told words)" \
	'it said line 3 line 4 line 5 again'
"$out/check" -o "$tmp/verdict" words > /dev/null
like "and the last in the record" "$(cat "$tmp/verdict")" \
	'status 0 is right here; it says: line 5$'

# --------------------------------------------------------- the deed
like "what it did is told, not the wait behind it" "$(told deed)" \
	'because it has to fail here with ENOENT, and it made a file where no FIFO was'
like "a wait without a deed" "$(told waits)" \
	'because it has to fail here with ENOENT, and does not end: play .*in read'
like "a refusal passes" "$(told refuses)" 'pass 1 refuses'

# -------------------------------------------------------- a screen
"$out/check" differs > "$tmp/out"
mark=$(sed -n 's/^\( *\)^$/\1/p' "$tmp/out")
is "what differs is marked, in one line each" "$(sed -n \
	'/^      expected/,/\^/s/^ *\([a-z^]*\).*/\1/p' "$tmp/out" |
	tr '\n' ' ')" 'expected got ^ '
at=$((${#mark} + 1))
is "the mark is where it begins to differ" "$(sed -n \
	's/^      \(expected\|got     \) *[0-9]* bytes: //p' "$tmp/out" |
	cut -c 1-20 | uniq | wc -l; sed -n '/^      got/p' "$tmp/out" |
	cut -c $at-$((at + 3)))" "1
\\x94"

fits() # NAME
{
	make check > "$tmp/out" 2>&1
	is "$1: status" $? 1
	ok "$1: it leaves a line of 24 for the prompt ($(wc -l < "$tmp/out"))" \
		test "$(wc -l < "$tmp/out")" -le 23
	is "$1: in 80 columns" "$(awk 'length > 80' "$tmp/out")" ""
	unlike "$1: no word of make's" "$(cat "$tmp/out")" '\*\*\*'
}
fits "seven of nine fail"
like "seven fail: the others are named" "$(tr -s ' \n' ' ' < "$tmp/out")" \
	'FAIL 6 tidy, queue, words, differs, deed, waits|FAIL .*tidy'

# The same nine, of which one fails, with an answer of some lines.
cp exercises/$ex/check.c "$tmp/check.c"
{
	sed -n '1,/^static void ends_well/p' "$tmp/check.c" | sed '$d'
	echo 'static void run(const char *what)
	{ struct prog p = start("play", what, NULL); MUST_EXIT(&p, 0); }'
	for n in 1 2 3 4 5 6 7 8; do
		echo "CHECK(1, \"check-$n\", \"the sentence of check number $n takes more than half a line\") { run(\"ok\"); }"
	done
	sed -n '/^CHECK(1, "differs"/,/^}/p' "$tmp/check.c"
	echo 'CHECK_AFTER(1, "last", "differs", "x") { (void)careless; (void)tidy; (void)made; }'
} > exercises/$ex/check.c
fits "one of ten fails"
like "one fails: the sentences that pass have room" "$(cat "$tmp/out")" 'pass'
sed -i 's/^CHECK(1, "check-\([1-8]\)",/CHECK_AFTER(1, "check-\1", "differs",/' \
	exercises/$ex/check.c
fits "nine come later"
is "nine come later: they share a line or two" \
	"$(grep -c 'later' "$tmp/out")" 1

# --------------------------------------------- again, in any folder
cp "$tmp/check.c" exercises/$ex/check.c
again()
{
	sed -n 's/^      again *//p' "$tmp/out"
}
mkdir "$tmp/away"
for from in "$top" "$top/exercises/$ex" "$top/common" "$tmp/away"; do
	cd "$from" || exit 1
	here=$(echo "$from" | sed "s,$tmp/,,")
	make='make'
	[ -e Makefile ] || make="make -C '$top'"
	[ "$from" != "$top/common" ] || make="make -C .."
	sh -c "$make check" > "$tmp/out" 2>&1
	first=$(sed -n 's/^  FAIL *1  //p' "$tmp/out" | head -n 1)
	sh -c "$(again)" > "$tmp/out2" 2>&1
	is "from $here: 'again' shows the same failure" \
		"$(sed -n 's/^  FAIL *1  //p' "$tmp/out2")" "$first"
	log=$(sed -n 's/^      log *//p' "$tmp/out")
	ok "from $here: the log is where it says" test -s "$log"
	edit=$(sed -n 's/^Edit \(.*\), then:/\1/p' "$tmp/out")
	ok "from $here: and so is what to edit" test -s "$edit"
done
cd "$top" || exit 1

# ------------------------------------------------------- TAP, and words
like "TAP has what is wrong" "$("$out/check" -t words)" '^# play ended with'
all=$(make check 2>&1)
unlike "no word that nobody explains" "$all" 'tier|seed '
if ! build/stage -A /bin/true > /dev/null 2>&1; then
	skip "a system without a room apart says so" "it is this one"
else
	like "a system without a room apart says so" \
		"$("$out/check" -B refuses)" 'lets no program run apart'
fi
finish
