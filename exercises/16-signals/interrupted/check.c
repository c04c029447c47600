/*
 * check - what interrupted asks of ferry
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "../../../common/proof/check.h"

static char data[20000];

/* Run it with FAULT: all must come out. */
static void carries(const char *fault, size_t len)
{
	struct how how = { .fault = fault };
	struct prog p;
	size_t n;
	char *got;

	random_bytes(data, len);
	how.in = input(data, len);
	p = start_how(&how, "ferry", NULL);
	MUST_EXIT(&p, 0);
	got = out_text(&p, &n);
	MUST_BYTES("the output of any bytes, some of the value 0,", got, n,
		   data, len);
}

CHECK(1, "copies", "what goes in comes out")
{
	carries(NULL, 1);
	carries(NULL, sizeof data);
}

CHECK_AFTER(1, "read", "copies", "an interrupted read() loses nothing")
{
	carries("read:1:EINTR@0", 9000);
	carries("read:2:EINTR@0", 9000);
	carries("read:1:EINTR@1", 9000);
	carries("read:2:EINTR@1", 9000);
}

CHECK_AFTER(1, "write", "copies",
	    "an interrupted write() loses nothing and doubles nothing")
{
	carries("write:1:EINTR@0", 9000);
	carries("write:2:EINTR@0", 9000);
	carries("write:1:EINTR@1", 9000);
}

CHECK_AFTER(2, "short", "copies",
	    "a write() that takes a part is followed by the rest")
{
	carries("write:1:short@0", 9000);
	carries("write:1:short@1,write:2:short@1", 9000);
}

CHECK_AFTER(1, "wait", "copies", "an interrupted waitpid() waits again")
{
	carries("waitpid:1:EINTR", 10);
}

CHECK_AFTER(1, "twice", "read write wait",
	    "it may be interrupted several times in a row")
{
	carries("read:1:EINTR@0,read:2:EINTR@0,read:3:EINTR@0,"
		"write:1:EINTR@1,write:2:EINTR@1,write:3:EINTR@1,"
		"waitpid:1:EINTR,waitpid:2:EINTR", 9000);
}

enum { SIGNALS = 30 };

/* The child waits for the next bytes: it catches a signal, and waits on. */
static void signal_child(const struct prog *p)
{
	pid_t child = first_child(p->pid);

	MUST(child > 0 && blocks(child), "its child ended before the parent");
	HOLDS(kill(child, SIGUSR1) == 0);
	MUST(blocks(child), "a signal that the child catches while it reads "
	     "ends it");
}

CHECK_AFTER(2, "real", "copies",
	    "a real signal, caught while it waits, is counted and does no harm")
{
	int fd[2];
	struct how how = { .in = 0 };
	char want[8 * SIGNALS] = "";
	struct prog p;

	HOLDS(pipe2(fd, O_CLOEXEC) == 0);
	HOLDS(fcntl(fd[0], F_DUPFD_CLOEXEC, 10) != -1);
	how.in = fd[0];
	p = start_how(&how, "ferry", NULL);
	for (int i = 0; i < SIGNALS; i++) {
		MUST(await_blocked(&p), "it ended before its input did");
		MUST(pipe_fds(p.pid, 'r') == 1, "besides its stdin the parent "
		     "holds a read end: it may not");
		HOLDS(kill(p.pid, SIGUSR1) == 0);
		if (!await_blocked(&p)) {
			MUST_EXIT(&p, 0);
			MUST(0, "a signal that it catches while it reads ends "
			     "it, with too early an end of the output");
		}
		signal_child(&p);
		HOLDS(write(fd[1], "line\n", 5) == 5);
		strcat(want, "line\n");
	}
	HOLDS(close(fd[1]) == 0);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, want);
	snprintf(want, sizeof want, "%d signals", SIGNALS);
	MUST(strstr(err_text(), want), "of %d signals to the parent it says "
	     "on stderr: %s", SIGNALS, err_text());
}

/* The child dies while it waits; then the input ends. */
CHECK_AFTER(1, "killed", "copies",
	    "if the child is killed, the end is no success")
{
	int fd[2];
	struct how how = { .in = 0 };
	struct prog p;
	pid_t child;
	int status;

	HOLDS(pipe2(fd, O_CLOEXEC) == 0);
	how.in = fd[0];
	p = start_how(&how, "ferry", NULL);
	MUST(await_blocked(&p), "it ended before its input did");
	child = first_child(p.pid);
	MUST(child > 0, "it waits for input, and has no child");
	HOLDS(kill(child, SIGKILL) == 0);
	HOLDS(close(fd[1]) == 0);
	status = end_of(&p);
	MUST(status == 1, "SIGKILL ended its child, and it ended with status "
	     "%d, not 1: WEXITSTATUS() means something only if WIFEXITED() "
	     "says so", status);
}

static struct prog scene(const struct how *base)
{
	struct how how = *base;

	how.in = input_text("one\ntwo\n");
	return start_how(&how, "ferry", NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "copies", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}
