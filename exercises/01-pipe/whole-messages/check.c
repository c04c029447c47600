/*
 * check - what whole-messages asks of inbox
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/check.h"

enum { MAX = 200000, STREAM = 4 << 20 };

/* A stream, and what inbox has to print for it. */
static unsigned char stream[STREAM];
static size_t len;
static char want[8192];

static void add_head(uint32_t n)
{
	uint32_t head = htonl(n);

	HOLDS(len + sizeof head <= sizeof stream);
	memcpy(stream + len, &head, sizeof head);
	len += sizeof head;
}

/* Put a message of N random bytes at the end of the stream. */
static void add(uint32_t n)
{
	size_t at = strlen(want);
	unsigned sum = 0;

	add_head(n);
	HOLDS(len + n <= sizeof stream);
	random_bytes(stream + len, n);
	for (size_t i = 0; i < n; i++)
		sum += stream[len + i];
	len += n;
	snprintf(want + at, sizeof want - at, "%u bytes, sum %u\n",
		 (unsigned)n, sum);
}

/* inbox reads all of it by IN and reports all of it. WHEN says what is hard
 * about it. */
static void reports(const char *fault, int in, const char *when)
{
	struct how how = { .fault = fault, .in = in };
	struct prog p = start_how(&how, "inbox", NULL);
	int status = end_of(&p);

	MUST(status == 0, "%s; then it ends with status %d, not 0, and says: "
	     "%.200s", when, status, err_text());
	MUST_SAY(&p, want);
}

CHECK(1, "several", "it tells apart messages that one read() could get")
{
	for (uint32_t i = 0; i < 20; i++)
		add(1 + random_below(100));
	reports(NULL, input(stream, len), "all messages are there at once");
}

CHECK(3, "bytes", "it puts together what comes byte by byte")
{
	for (uint32_t i = 0; i < 5; i++)
		add(1 + random_below(100));
	reports(NULL, one_byte_pipe(stream, len),
		"each read() returns one byte, whatever it is asked for");
}

/* A pipe gives at most its 64 KiB to one read(). */
CHECK(2, "large", "it puts together a message that no pipe can hold")
{
	int fd[2];

	add(MAX);
	add(5000);
	HOLDS(pipe2(fd, O_CLOEXEC) == 0);
	if (fork() == 0) {
		signal(SIGPIPE, SIG_DFL);
		close(fd[0]);
		for (size_t at = 0; at < len; ) {
			ssize_t n = write(fd[1], stream + at, len - at);

			if (n <= 0)
				_exit(1);
			at += (size_t)n;
		}
		_exit(0);
	}
	close(fd[1]);
	reports(NULL, fd[0], "a read() returns no more than lies in the pipe");
}

CHECK(1, "sizes", "a message has any size from 0 to 200000")
{
	add(0);
	for (size_t i = 0; i < SIZES; i++) {
		add((uint32_t)sizes[i]);
		add(0);
	}
	reports(NULL, input(stream, len), "all messages are there at once");
}

CHECK_AFTER(1, "at-once", "several", "it reports a message before the next")
{
	struct how how = { .in = 0 };
	struct prog p;
	int fd[2];

	HOLDS(pipe2(fd, O_CLOEXEC) == 0);
	HOLDS(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	how.in = fd[0];
	p = start_how(&how, "inbox", NULL);
	for (size_t n = 1; n <= 3; n++) {
		size_t at = len;

		add(1 + random_below(100));
		HOLDS(write(fd[1], stream + at, len - at) != -1 ||
		      errno == EPIPE);
		MUST(await_blocked(&p), "it ends although its writer is there");
		MUST_NOT_POLL(&p, "while the next message is long in coming");
		MUST(out_lines(&p) == n, "it has got %zu whole messages, "
		     "and waits for more after it has reported %zu", n,
		     out_lines(&p));
	}
	HOLDS(close(fd[1]) == 0);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, want);
}

/* Cut the last message off after each of its first bytes, and one before its
 * end; after 0 bytes it is no cut. */
CHECK(3, "cut", "if the stream ends within a message, it says so and fails")
{
	size_t whole;
	char said[sizeof want];

	add(7);
	whole = len;
	snprintf(said, sizeof said, "%s", want);
	add(20);
	for (size_t n = 1; n < 24; n += n < 6 ? 1 : 17) {
		struct how how = { .in = input(stream, whole + n) };
		struct prog p = start_how(&how, "inbox", NULL);

		MUST(end_of(&p) == 1, "the stream ends %zu bytes after a "
		     "message, that is within the next %s; it must end with "
		     "status 1", n, n < 4 ? "length" : "message");
		MUST(*err_text(), "the stream ends within a message, and "
		     "nothing on stderr says so");
		MUST_SAY(&p, said);
	}
	want[strlen(said)] = '\0';
	reports(NULL, input(stream, whole),
		"the stream ends between two messages");
}

CHECK_AFTER(1, "eintr", "several", "a read() that a signal interrupts is made "
	    "again")
{
	char fault[32];

	add(5);
	add(300);
	for (int i = 1; i <= 5; i++) {
		snprintf(fault, sizeof fault, "read:%d:EINTR", i);
		reports(fault, input(stream, len),
			"a signal interrupts a read()");
	}
}

/* Only the length of a message of N bytes comes, and the writer stays. */
static void refuses_head(uint32_t n)
{
	struct how how = { .in = 0 };
	struct prog p;
	int fd[2];

	HOLDS(pipe2(fd, O_CLOEXEC) == 0);
	len = 0;
	add_head(n);
	HOLDS(write(fd[1], stream, len) == (ssize_t)len);
	how.in = fd[0];
	p = start_how(&how, "inbox", NULL);
	MUST(!await_blocked(&p), "a message of %u bytes is announced, and it "
	     "waits for them, instead of refusing it at once. Which type has "
	     "the length that it compares?", (unsigned)n);
	MUST_FAIL(&p);
	MUST(!strstr(err_text(), "EFAULT") &&
	     !strstr(err_text(), strerror(EFAULT)), "a message of %u bytes is "
	     "announced, and it tries to read it (EFAULT), instead of refusing "
	     "it. Which type has the length that it compares?", (unsigned)n);
	MUST_SAY(&p, "");
	HOLDS(close(fd[1]) == 0);
}

CHECK_AFTER(1, "long", "several", "it refuses a message that is too long")
{
	static const uint32_t more[] = { MAX + 1, 300000, 3 << 20 };
	static const uint32_t heads[] = { MAX + 1, INT32_MAX,
					  INT32_MAX + UINT32_C(1),
					  INT32_MAX + UINT32_C(6),
					  UINT32_MAX };

	for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
		struct how how = { .in = 0 };
		struct prog p;

		len = 0;
		add(more[i]);
		how.in = input(stream, len);
		p = start_how(&how, "inbox", NULL);
		MUST_FAIL(&p);
		MUST_SAY(&p, "");
	}
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		refuses_head(heads[i]);
}

static struct prog scene(const struct how *base)
{
	struct how how = *base;

	len = 0;
	add(5);
	how.in = input(stream, len);
	return start_how(&how, "inbox", NULL);
}

/* Who reads by stdio makes no call that could be made to fail. */
static int calls_read(void)
{
	struct how how = { .log = "log" };
	struct prog p = scene(&how);

	MUST_EXIT(&p, 0);
	return unlink("log") == 0;
}

MAY_FAIL("");

/* read() of a folder is EISDIR, whoever calls it. */
CHECK_AFTER(1, "errors", "several", "a read() that fails is not the end of "
	    "the stream")
{
	struct how how = { .in = open(".", O_RDONLY | O_CLOEXEC) };
	struct prog p;

	HOLDS(how.in != -1);
	p = start_how(&how, "inbox", NULL);
	MUST_FAIL(&p);
	MUST_SAY(&p, "");
	if (calls_read())
		MUST_NOTICE(scene);
}
