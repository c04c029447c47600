/*
 * check - what close-the-ends asks of count
 */
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "../../../common/proof/check.h"

/* Feed DATA by the descriptor IN, and look at what comes out. */
static void counts(int in, const char *data, size_t len)
{
	struct how how = { .in = in };
	struct prog p = start_how(&how, "count", NULL);
	size_t lines = 0;
	char want[64];

	for (size_t i = 0; i < len; i++)
		lines += data[i] == '\n';
	snprintf(want, sizeof want, "%zu lines, %zu bytes\n", lines, len);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, want);
}

CHECK(3, "eof", "it counts what it is given, and ends")
{
	counts(input_text("one\ntwo\nthree\n"), "one\ntwo\nthree\n", 14);
}

CHECK_AFTER(2, "sizes", "eof", "from one byte to 200000, no byte is lost")
{
	static char data[200000];

	/* Any byte, zeros too. Many ends of lines: one that is counted twice
	 * shows. */
	random_bytes(data, sizeof data);
	for (size_t i = 0; i < sizeof data; i++)
		if (random_below(2))
			data[i] = '\n';
	for (size_t i = 0; i < SIZES; i++)
		counts(input(data, sizes[i]), data, sizes[i]);
	counts(one_byte_pipe(data, 500), data, 500);
}

/* Up to PIPE_BUF bytes the pipe takes whole, and shake lets it. */
CHECK_AFTER(1, "short", "eof", "a write() that takes less loses nothing")
{
	struct how how = { .fault = "write:1:short" };
	static char data[60000];
	struct prog p;

	memset(data, '\n', sizeof data);
	how.in = input(data, sizeof data);
	p = start_how(&how, "count", NULL);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "60000 lines, 60000 bytes\n");
}

/* P has stopped, and a line comes to its stdin, whose other end is TO. Nobody
 * may take it meanwhile: the child reads from the pipe. */
static void must_not_read(pid_t child, const struct prog *p, int to)
{
	int status, unread;

	HOLDS(kill(p->pid, SIGSTOP) == 0);
	HOLDS(waitpid(p->pid, &status, WUNTRACED) == p->pid);
	HOLDS(WIFSTOPPED(status));
	HOLDS(write(to, "two\n", 4) == 4);
	MUST(blocks(child), "the child ended before its parent's input did");
	HOLDS(ioctl(to, SIOCOUTQ, &unread) == 0);
	MUST(unread > 0, "the child reads stdin itself: what it counts has not "
	     "come through the pipe");
	HOLDS(kill(p->pid, SIGCONT) == 0);
}

/* stdin is a socket here, so that every pipe we see is the program's own. */
CHECK(3, "ends", "each process holds the end it needs, and no other")
{
	int s[2];
	struct how how = { .fd3 = 0 };
	struct prog p;
	pid_t child;

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0);
	how.in = s[1];
	p = start_how(&how, "count", NULL);
	HOLDS(write(s[0], "one\n", 4) == 4);
	MUST(await_blocked(&p), "it ended before its input did");
	MUST(children_of(p.pid) == 1, "it has %d children, not 1",
	     children_of(p.pid));
	child = first_child(p.pid);
	MUST(blocks(child), "the child ended before its parent's input did");
	MUST(pipe_fds(child, 'r') == 1, "the child reads from %d pipes, not 1",
	     pipe_fds(child, 'r'));
	MUST(pipe_fds(child, 'w') == 0, "the child still holds a write end: "
	     "while it does, it waits for itself");
	MUST(pipe_fds(p.pid, 'w') == 1, "the parent writes to %d pipes, not 1",
	     pipe_fds(p.pid, 'w'));
	MUST(pipe_fds(p.pid, 'r') == 0, "the parent still holds a read end: "
	     "while it does, it is not told when the child has gone");
	must_not_read(child, &p, s[0]);
	HOLDS(close(s[0]) == 0);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "2 lines, 8 bytes\n");
}

static struct prog scene(const struct how *base)
{
	struct how how = *base;

	how.in = input_text("one\ntwo\n");
	return start_how(&how, "count", NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "eof", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}

CHECK_AFTER(1, "clean", "eof", "no process is left, all are waited for")
{
	struct how how = { .in = input_text("one\n") };
	struct prog p = start_how(&how, "count", NULL);

	MUST_EXIT(&p, 0);
	nothing_left();
}
