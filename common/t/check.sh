#!/bin/sh
# check.sh - does a checker give each program its verdict, and the right words?
#
# An exercise of this test's own, in a copy of the course: the program does what
# its first argument says, and each check looks at one such thing.
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh

top=$tmp/course ex=01-pipe/play
mkdir -p "$top/exercises/$ex" "$top/solutions/$ex"
copy_course "$top"
cd "$top" || exit 1
echo $ex > exercises/order
cat > solutions/$ex/play.c <<'END'
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include "../../../common/lesson.h"

static void leave(int sig)
{
	(void)sig;
	_exit(0);
}

static void *later(void *fd)
{
	poll(NULL, 0, 300);
	return write(((int *)fd)[1], "x", 1) == 1 ? fd : NULL;
}

/* To each line an answer; it takes a while to be thought of. */
static void *answer(void *none)
{
	char line[64];

	while (read(0, line, sizeof line) > 0) {
		for (volatile int i = 0; i < 10 * 1000 * 1000; i++)
			;
		if (write(1, "yes\n", 4) != 4)
			break;
	}
	exit(0);
	return none;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	char buf[64];
	int fd[2];

	if (strcmp(what, "hello") == 0)
		return puts("hello") == EOF;
	if (strcmp(what, "hang") == 0)
		return pipe(fd) || read(fd[0], buf, 1) != 1;
	if (strcmp(what, "zombie") == 0) {
		if (fork() == 0)
			_exit(0);
		return waitid(P_ALL, 0, NULL, WEXITED | WNOWAIT) == -1;
	}
	if (strcmp(what, "helper") == 0) {	/* a thread answers */
		pthread_t t;

		return pipe(fd) || pthread_create(&t, NULL, answer, NULL) ||
		       read(fd[0], buf, 1) != 1;
	}
	if (strcmp(what, "splice") == 0) {	/* the child waits in state D */
		if (pipe(fd) == -1)
			return 1;
		if (fork() == 0)
			return read(fd[0], buf, 1) != 1;
		return splice(0, NULL, fd[1], NULL, 1, 0) != 1 ||
		       wait(NULL) == -1;
	}
#ifdef SYS_vfork
	if (strcmp(what, "vfork") == 0) {	/* in state D, but for no pipe */
		if (syscall(SYS_vfork, 0L) == 0)
			for (;;)
				pause();
		_exit(0);
	}
#endif
	if (strcmp(what, "alarm") == 0) {	/* ends the read() in 0.3 s */
		signal(SIGALRM, leave);
		setitimer(ITIMER_REAL, &(struct itimerval){ { 0, 0 },
			  { 0, 300000 } }, NULL);
		return pipe(fd) || read(fd[0], buf, 1) != 1;
	}
	if (strcmp(what, "thread") == 0) {	/* writes after 0.3 s */
		pthread_t t;

		return pipe(fd) || pthread_create(&t, NULL, later, fd) ||
		       read(fd[0], buf, 1) != 1;
	}
	if (strcmp(what, "queue") == 0)
		return msgget(IPC_PRIVATE, 0600) == -1;
	if (strcmp(what, "unread") == 0) {	/* it does not look at n */
		ssize_t n = read(0, buf, sizeof buf);

		(void)n;
		return 0;
	}
	if (strcmp(what, "read") == 0 && read(0, buf, sizeof buf) == -1)
		die("read");
	return strcmp(what, "read") == 0 ? 0 : 3;
}
END
cp solutions/$ex/play.c exercises/$ex/play.c
cat > exercises/$ex/check.c <<'END'
#include <sys/socket.h>
#include <sys/syscall.h>
#include "../../../common/proof/check.h"

CHECK(1, "good", "hello is said")
{
	struct prog p = start("play", "hello", NULL);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "hello\n");
}
CHECK(1, "differs", "another word is said")
{
	struct prog p = start("play", "hello", NULL);
	MUST_SAY((end_of(&p), &p), "help\n");
}
CHECK(1, "status", "it ends with 0")
{
	struct prog p = start("play", "other word", NULL);
	MUST_EXIT(&p, 0);
}
CHECK(1, "hang", "it ends")
{
	struct prog p = start("play", "hang", NULL);
	MUST_EXIT(&p, 0);
}
CHECK(1, "alarm", "a timer of its own ends the wait")
{
	struct prog p = start("play", "alarm", NULL);
	MUST_EXIT(&p, 0);
}
CHECK(1, "thread", "another thread ends the wait")
{
	struct prog p = start("play", "thread", NULL);
	MUST_EXIT(&p, 0);
}
CHECK(1, "helper", "what a thread does is waited for")
{
	int s[2];
	struct how how = { .in = 0 };
	struct prog p;

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0);
	how.in = s[1];
	p = start_how(&how, "play", "helper", NULL);
	for (size_t i = 1; i < 9; i++) {
		HOLDS(write(s[0], "?\n", 2) == 2);
		MUST(await_blocked(&p), "it ends");
		MUST(out_lines(&p) == i, "%zu answers", out_lines(&p));
	}
	close(s[0]);
	MUST_EXIT(&p, 0);
}
CHECK(1, "splice", "who waits for a pipe in state D is asleep")
{
	int s[2];
	struct how how = { .in = 0 };
	struct prog p;

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0);
	how.in = s[1];
	p = start_how(&how, "play", "splice", NULL);
	MUST(await_blocked(&p), "it ends");
	while (children_of(p.pid) != 1)
		sched_yield();
	MUST(blocks(first_child(p.pid)), "its child ends");
	HOLDS(write(s[0], "x", 1) == 1);
	MUST_EXIT(&p, 0);
}
/* The first argument of its call is 0, and its stdin a socket: so it is in
 * exit_group(0), too, which a busy machine holds up in state D. */
CHECK(1, "no-splice", "who is in state D elsewhere is not asleep")
{
#ifdef SYS_vfork
	char path[64], line[256], *end = NULL;
	struct how how = { .in = 0 };
	struct prog p;
	int s[2];
	FILE *f;

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0);
	how.in = s[1];
	p = start_how(&how, "play", "vfork", NULL);
	snprintf(path, sizeof path, "/proc/%d/stat", (int)p.pid);
	while (!end || end[2] != 'D') {
		MUST(!has_ended(&p), "it ends");
		f = fopen(path, "re");
		end = f && fgets(line, sizeof line, f) ? strrchr(line, ')') :
		      NULL;
		if (f)
			fclose(f);
	}
	while (children_of(p.pid) != 1)
		sched_yield();
	MUST(is_blocked(p.pid) == 0, "it is taken for asleep");
	/* The two have had one stack: what it would do now is chance. */
	HOLDS(kill(first_child(p.pid), SIGKILL) == 0);
	end_by(&p, SIGKILL);
#endif
}
CHECK_AFTER(1, "later", "good hang", "comes after a hang") { }
CHECK(1, "zombie", "no zombie")
{
	struct prog p = start("play", "zombie", NULL);
	end_of(&p);
	nothing_left();
}
CHECK(1, "queue", "no queue")
{
	struct prog p = start("play", "queue", NULL);
	MUST_EXIT(&p, 0);
	nothing_left();
}
CHECK(1, "spare", "a queue counts, a zombie does not")
{
	struct prog p = start("play", "zombie", NULL);
	end_of(&p);
	no_object_left();
}
CHECK(1, "tool", "the checker itself is wrong") { HOLDS(1 == 2); }
CHECK(1, "crash", "the checker itself crashes") { raise(SIGSEGV); }
CHECK(1, "moon", "needs a moon") { SKIP("no moon; wait for one"); }
MAY_FAIL("");
static struct prog unread(const struct how *h)
{
	return start_how(h, "play", "unread", NULL);
}
static struct prog reads(const struct how *h)
{
	return start_how(h, "play", "read", NULL);
}
CHECK(1, "unread", "a failing read is noticed") { MUST_NOTICE(unread); }
CHECK(1, "noticed", "a failing read is noticed") { MUST_NOTICE(reads); }
CHECK(1, "named", "the error is named")
{
	struct prog p = reads(&(struct how){ .fault = "read:1:EIO" });
	MUST_FAIL_WITH(&p, EIO);
}
CHECK(1, "unnamed", "another error is named")
{
	struct prog p = reads(&(struct how){ .fault = "read:1:EIO" });
	MUST_FAIL_WITH(&p, ENOENT);
}
CHECK(1, "spared", "what is excepted may fail")
{
	may_fail("read");
	MUST_NOTICE(unread);
}
CHECK(1, "bytes", "one at a time, and chance")
{
	char buf[8], again[8] = { 0 };
	int fd = one_byte_pipe("abc", 3);
	EQUALS(read(fd, buf, 8), 1);
	EQUALS(read(fd, buf, 8), 1);
	EQUALS(buf[0], 'b');
	random_bytes(again, 8);
	HOLDS(memcmp(again, "\0\0\0\0\0\0\0", 8) != 0);
}
END
make -s course || exit 1
out=build/exercises/$ex
said=$(common/course/build $ex exercises/$ex/play.c $out 2>&1)
is "it builds without a word" "$said" ""

verdict()
{
	awk -F '\t' -v id="$1" '$2 == id { print $1 }' "$tmp/verdict"
}
for tier in -A -B; do
	build/stage $tier /bin/true > /dev/null 2>&1 || {
		skip "tier $tier" "not to be had here"
		continue
	}
	text=$($out/check $tier -s 7 -o "$tmp/verdict")
	is "$tier: the checker's own failure is status 2" $? 2
	for want in good:pass differs:fail status:fail hang:fail \
		alarm:pass thread:pass helper:pass splice:pass no-splice:pass later:unchecked zombie:fail queue:fail spare:pass tool:error \
		crash:error moon:skip unread:fail noticed:pass spared:pass \
		named:pass unnamed:fail bytes:pass; do
		is "$tier: ${want%:*}" "$(verdict "${want%:*}")" "${want#*:}"
	done
	message=$(cut -f 4 "$tmp/verdict")
	like "$tier: the first difference" "$message" 'first in byte 3'
	like "$tier: what ended how" "$message" 'play ended with status 3'
	like "$tier: why it hangs" "$message" \
		'in read\(\) on fd [0-9]*, a pipe; its write end is still open in the same process'
	unlike "$tier: the checker is not in it" "$message" 'check \(process'
	like "$tier: what comes first" "$message" "first comes 'hang'"
	like "$tier: the zombie's cure" "$message" 'waitpid'
	like "$tier: the queue's cure" "$message" 'IPC_RMID'
	like "$tier: the call that failed" "$message" \
		'^we made its read\(\) number 1 fail with EIO \(play.c, line [0-9]+\), and then it ends with status 0'
	like "$tier: the error that is not named" "$message" \
		'fails with ENOENT .*, and play does not name that error'
	like "$tier: the first failure is told whole" "$text" \
		'^ *expected +5 bytes: "help\\n"'
	like "$tier: the way to see it again" "$text" \
		'make check EX=play ONLY=differs SEED=7'
	like "$tier: points" "$text" '^  11 of 23 points, 1 skipped; 2 checks could not'
done
is "one check: status 0" "$($out/check good > /dev/null; echo $?)" 0
is "one check that fails: status 1" "$($out/check hang > /dev/null; echo $?)" 1
like "no such check: the list" "$($out/check god 2>&1)" "there is no check 'god'"
like "a seed that is none" "$($out/check -s x 2>&1)" "SEED 'x' is not a number"
like "TAP" "$($out/check -t good)" '^ok 1 - good: hello is said'
like "TAP of a check that is named twice" "$($out/check -t good good)" '^1\.\.1$'
like "TAP of two checks" "$($out/check -t good status)" '^1\.\.2$'
is "the list" "$($out/check -l | head -n 1)" "good	1	hello is said"
finish
