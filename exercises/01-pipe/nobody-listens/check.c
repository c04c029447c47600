/*
 * check - what nobody-listens asks of deliver
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/ioctl.h>

#include "../../../common/proof/check.h"

/* The program's stdout is the pipe FD: nobody else has its write end. */
static struct prog deliver(int fd[2], const char *count, const char *path)
{
	struct how how = { .in = 0 };
	struct prog p;

	how.out = fd[1];
	p = start_how(&how, "deliver", count, path, NULL);
	HOLDS(close(fd[1]) == 0);
	return p;
}

static void must_report(int taken, int count)
{
	char want[64];

	snprintf(want, sizeof want, "%d of %d lines taken\n", taken, count);
	MUST(strstr(err_text(), want), "the report on stderr is missing, or "
	     "it is another one than: deliver: %s", want);
}

/* How many of the numbered lines are LEN bytes. */
static int lines_in(long len)
{
	char line[32];
	int n = 0;

	while (len > 0)
		len -= snprintf(line, sizeof line, "parcel %d\n", ++n);
	MUST(len == 0, "what it wrote until the pipe was full does not end "
	     "with a whole line: one write() a line, not what stdio gathers");
	return n;
}

static long read_some(int fd)
{
	static char buf[1 << 20];
	ssize_t n = read(fd, buf, sizeof buf);

	HOLDS(n >= 0);
	return n;
}

CHECK(2, "all", "a reader that stays gets every line, in order")
{
	int count = 5000 + (int)random_below(5000), fd[2];
	static char want[200000], got[200000];
	size_t len = 0, have = 0;
	struct prog p;
	char text[12];
	ssize_t n;

	snprintf(text, sizeof text, "%d", count);
	for (int i = 1; i <= count; i++)
		len += (size_t)snprintf(want + len, sizeof want - len,
					"parcel %d\n", i);
	HOLDS(pipe2(fd, O_CLOEXEC) == 0);
	p = deliver(fd, text, "lock");
	while ((n = read(fd[0], got + have, sizeof got - have)) > 0)
		have += (size_t)n;
	MUST_EXIT(&p, 0);
	MUST_BYTES("what the reader got", got, have, want, len);
	must_report(count, count);
	MUST(access("lock", F_OK) == -1, "the lock is left behind");
}

/* It writes until the pipe is full and sleeps: so we know what was taken.
 * READS times we make room. */
static void leaves(int reads)
{
	int count = 20000 + (int)random_below(10000), fd[2], inside;
	struct prog p;
	char text[12];
	long taken = 0;

	snprintf(text, sizeof text, "%d", count);
	HOLDS(pipe2(fd, O_CLOEXEC) == 0);
	HOLDS(fcntl(fd[1], F_SETPIPE_SZ, 4096) != -1);
	p = deliver(fd, text, "lock");
	while (reads-- > 0) {
		MUST(await_blocked(&p), "it ends while its reader is there");
		taken += read_some(fd[0]);
	}
	MUST(await_blocked(&p), "it ends while its reader is there");
	MUST(access("lock", F_OK) == 0, "there is no lock while it works");
	HOLDS(ioctl(fd[0], FIONREAD, &inside) == 0);
	HOLDS(close(fd[0]) == 0);		/* the reader leaves */
	MUST_EXIT(&p, 3);
	must_report(lines_in(taken + inside), count);
	MUST(access("lock", F_OK) == -1, "the lock is left behind");
}

CHECK(4, "left", "when the reader leaves, it reports, cleans up, and says 3")
{
	leaves(0);
	leaves(2);
}

/* The reader leaves before call number N of the program. Returns 0 if there is
 * no such call any more. */
static int leaves_before(int n)
{
	int fd[2], inside, lines;
	struct how how = { .fault = NULL };
	char fault[32];
	struct prog p;

	snprintf(fault, sizeof fault, "any:%d:stop", n);
	how.fault = fault;
	HOLDS(pipe2(fd, O_CLOEXEC) == 0);
	how.out = fd[1];
	p = start_how(&how, "deliver", "5", "lock", NULL);
	HOLDS(close(fd[1]) == 0);
	if (!await_stop(&p)) {
		end_of(&p);
		HOLDS(close(fd[0]) == 0);
		return 0;
	}
	HOLDS(ioctl(fd[0], FIONREAD, &inside) == 0);
	HOLDS(close(fd[0]) == 0);
	go_on(&p);
	lines = lines_in(inside);
	MUST_EXIT(&p, lines == 5 ? 0 : 3);
	must_report(lines, 5);
	MUST(access("lock", F_OK) == -1, "the lock is left behind");
	return 1;
}

CHECK_AFTER(1, "moment", "left", "so it does at whatever moment the reader "
	    "leaves")
{
	for (int n = 1; leaves_before(n); n++)
		;
}

CHECK(1, "nobody", "if nobody reads from the start, no line was taken")
{
	struct prog p;
	int fd[2];

	HOLDS(pipe2(fd, O_CLOEXEC) == 0);
	HOLDS(close(fd[0]) == 0);
	p = deliver(fd, "10", "lock");
	MUST_EXIT(&p, 3);
	must_report(0, 10);
	MUST(access("lock", F_OK) == -1, "the lock is left behind");
}

CHECK_AFTER(1, "full", "all", "a full disk is no reader that left: status 1")
{
	struct how how = { .out = open("/dev/full", O_WRONLY | O_CLOEXEC) };
	struct prog p;

	HOLDS(how.out != -1);
	p = start_how(&how, "deliver", "10", "lock", NULL);
	MUST_EXIT(&p, 1);
	must_report(0, 10);
	MUST(access("lock", F_OK) == -1, "the lock is left behind");
}

static const char *unlocked(void)
{
	return access("lock", F_OK) == 0 ? NULL :
	       "it removed the lock of somebody else";
}

CHECK_AFTER(1, "locked", "all", "it refuses to work where the lock exists")
{
	struct prog p;
	int fd = open("lock", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	HOLDS(fd != -1);
	p = start("deliver", "10", "lock", NULL);
	MUST_REFUSE(&p, 0, unlocked);
	MUST_SAY(&p, "");
}

/* Somebody else makes the lock before call number N of the program, if that has
 * not made it by then. Returns 0 if it has. */
static int comes_before(int n)
{
	struct how how = { .fault = NULL };
	char fault[32];
	struct prog p;
	int fd = -1;

	snprintf(fault, sizeof fault, "any:%d:stop", n);
	how.fault = fault;
	p = start_how(&how, "deliver", "10", "lock", NULL);
	if (await_stop(&p)) {
		fd = open("lock", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			  0600);
		go_on(&p);
	}
	if (fd == -1) {
		end_of(&p);
		HOLDS(unlink("lock") == 0 || errno == ENOENT);
		return 0;
	}
	HOLDS(close(fd) == 0);
	MUST_REFUSE(&p, 0, unlocked);
	MUST_SAY(&p, "");
	HOLDS(unlink("lock") == 0);
	return 1;
}

CHECK_AFTER(1, "race", "locked", "so it does if the lock comes a moment before")
{
	for (int n = 1; comes_before(n); n++)
		;
}

static struct prog scene(const struct how *how)
{
	static int n;
	char path[16];

	snprintf(path, sizeof path, "lock%d", n++);
	return start_how(how, "deliver", "3", path, NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "all", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}
