/*
 * check - what one-line-at-a-time asks of desk
 *
 * The check is the client. Between two pieces it waits until desk sleeps
 * again, so desk has read the first one.
 */
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../../common/proof/check.h"

static struct sockaddr_un at = { .sun_family = AF_UNIX };

/* What is left is looked at: then at a name that no other check uses. */
static const char *kind = "desk";

/* Start desk for N clients, at a path that was never used. */
static struct prog open_desk(const struct how *how, const char *n)
{
	static int times;
	char what[16];

	snprintf(what, sizeof what, "%s%d", kind, times++);
	check_path(at.sun_path, what);
	/* A desk that left one there is told so by "clean". */
	HOLDS(unlink(at.sun_path) == 0 || errno == ENOENT);
	return start_how(how, "desk", at.sun_path, n, NULL);
}

/* A connection, or -1 if desk ends before it listens. */
static int try_call(const struct prog *p)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	HOLDS(fd != -1);
	while (connect(fd, (struct sockaddr *)&at, sizeof at) == -1) {
		if (has_ended(p)) {
			close(fd);
			return -1;
		}
		sched_yield();
	}
	return fd;
}

static int call(const struct prog *p)
{
	int fd = try_call(p);

	MUST(fd != -1, "desk ends, and nobody could connect to its path");
	return fd;
}

static void say_to(int fd, const char *text, size_t len)
{
	MUST(send(fd, text, len, MSG_NOSIGNAL) == (ssize_t)len,
	     "desk closes the connection while its client still talks");
}

/* The next answer has to be WANT; what is wrong is said with WHEN. */
static void answers(int fd, const char *want, const char *when)
{
	char got[2048];
	size_t n = 0;
	ssize_t r;

	while (n < sizeof got && (n == 0 || got[n - 1] != '\n') &&
	       (r = recv(fd, got + n, 1, 0)) == 1)
		n++;
	MUST_BYTES(when, got, n, want, strlen(want));
}

/* All until the end: the last answers, then end-of-file. */
static void answers_all(int fd, const char *want, const char *when)
{
	static char got[200000];
	size_t n = 0;
	ssize_t r;

	while (n < sizeof got &&
	       (r = recv(fd, got + n, sizeof got - n, 0)) > 0)
		n += (size_t)r;
	MUST_BYTES(when, got, n, want, strlen(want));
	close(fd);
}

CHECK(2, "lines", "each line is answered, before the next one is sent")
{
	struct prog p = open_desk(NULL, "1");
	char word[12], line[16], want[32];
	int fd = call(&p);

	for (int i = 1; i <= 5; i++) {
		random_word(word, sizeof word);
		snprintf(line, sizeof line, "%s\n", word);
		snprintf(want, sizeof want, "%d: %s\n", i, word);
		say_to(fd, line, strlen(line));
		answers(fd, want, "the answer to one line");
	}
	shutdown(fd, SHUT_WR);
	answers_all(fd, "", "what comes after the last answer");
	MUST_EXIT(&p, 0);
}

CHECK_AFTER(3, "pieces", "lines", "a line that comes in pieces is one line")
{
	struct prog p = open_desk(NULL, "1");
	int fd = call(&p);

	say_to(fd, "green ", 6);
	MUST(await_blocked(&p), "desk ends in the middle of a line");
	MUST(recv(fd, &(char){ 0 }, 1, MSG_DONTWAIT | MSG_PEEK) == -1,
	     "desk answers to \"green \", which is a piece of a line: what one "
	     "read() brings is not one line");
	say_to(fd, "tea", 3);
	MUST(await_blocked(&p), "desk ends in the middle of a line");
	say_to(fd, "\n", 1);
	answers(fd, "1: green tea\n",
		"the answer to \"green tea\\n\", sent in three pieces,");
	say_to(fd, "cake\nsa", 7);
	answers(fd, "2: cake\n", "the answer to \"cake\\n\"");
	MUST(await_blocked(&p), "desk ends in the middle of a line");
	say_to(fd, "lt\n", 3);
	answers(fd, "3: salt\n",
		"the answer to \"salt\\n\", sent in two pieces,");
	close(fd);
	MUST_EXIT(&p, 0);
}

CHECK_AFTER(3, "together", "lines", "lines that come together are several")
{
	struct prog p = open_desk(NULL, "1");
	int fd = call(&p);

	say_to(fd, "tea\ncake\n\nsalt\n", 15);
	answers(fd, "1: tea\n", "the answer to the first of four lines "
		"in one send()");
	answers(fd, "2: cake\n", "the answer to the second line");
	answers(fd, "3: \n", "the answer to the empty line");
	answers(fd, "4: salt\n", "the answer to the last of four lines");
	shutdown(fd, SHUT_WR);
	answers_all(fd, "", "what comes after the last answer");
	MUST_EXIT(&p, 0);
}

CHECK_AFTER(2, "last", "lines", "the last line counts without a newline, too")
{
	static char line[1000], want[1100];
	struct prog p = open_desk(NULL, "1");
	int fd = call(&p);

	say_to(fd, "tea\nca", 6);
	answers(fd, "1: tea\n", "the answer to \"tea\\n\"");
	MUST(await_blocked(&p), "desk ends in the middle of a line");
	say_to(fd, "ke", 2);
	shutdown(fd, SHUT_WR);
	answers_all(fd, "2: cake\n", "the answer to \"cake\" and the end");
	MUST_EXIT(&p, 0);

	/* The longest one: with its newline it would have 1000 bytes. */
	p = open_desk(NULL, "1");
	fd = call(&p);
	random_word(line, sizeof line);
	say_to(fd, line, strlen(line));
	shutdown(fd, SHUT_WR);
	snprintf(want, sizeof want, "1: %s\n", line);
	answers_all(fd, want, "the answer to 999 bytes and the end");
	MUST_EXIT(&p, 0);
}

/* Lines of all lengths, cut anywhere. */
CHECK_AFTER(2, "random", "pieces together",
	    "100 lines of up to 1000 bytes, cut anywhere, are answered")
{
	static char text[100000], want[110000], line[1000];
	struct prog p = open_desk(NULL, "1");
	size_t len = 0, out = 0, max, n;
	int fd = call(&p);

	for (int i = 1; i <= 100; i++) {
		n = i % 10 ? 1 + random_below(300) : 1000;
		random_word(line, n);
		len += (size_t)sprintf(text + len, "%s\n", line);
		out += (size_t)sprintf(want + out, "%d: %s\n", i, line);
	}
	for (size_t done = 0; done < len; done += n) {
		max = random_below(8) ? 40 : 5000;
		n = 1 + random_below((uint32_t)max);
		n = n < len - done ? n : len - done;
		say_to(fd, text + done, n);
	}
	shutdown(fd, SHUT_WR);
	answers_all(fd, want, "the list of answers");
	MUST_EXIT(&p, 0);
}

CHECK_AFTER(1, "next", "lines", "each client begins anew, at number 1")
{
	struct prog p = open_desk(NULL, "2");
	int a = call(&p), b;

	say_to(a, "tea\nhalf", 8);
	shutdown(a, SHUT_WR);
	while (recv(a, &(char){ 0 }, 1, 0) == 1)
		;
	close(a);
	b = call(&p);
	say_to(b, "cake\n", 5);
	answers(b, "1: cake\n", "the answer to the second client's line");
	close(b);
	MUST_EXIT(&p, 0);
}

/* A client says LEN bytes without a newline, behind a line that is right, and
 * then END, and waits. The first line is answered, and the rest is not. */
static void too_long(size_t len, const char *end)
{
	static char line[5000];
	struct prog p = open_desk(NULL, "2");
	int a = call(&p), b;
	ssize_t n;

	memset(line, 'x', len);
	say_to(a, "tea\n", 4);
	answers(a, "1: tea\n", "the answer to a line before a long one");
	say_to(a, line, len);
	if (*end)
		send(a, end, strlen(end), MSG_NOSIGNAL);
	when_it_hangs("1000 bytes have come without a newline, and desk waits "
		      "for more: it has to close the connection");
	n = recv(a, &(char){ 0 }, 1, 0);
	when_it_hangs(NULL);
	MUST(n <= 0, "%zu bytes without a newline%s are answered", len,
	     *end ? ", and then one," : "");
	close(a);
	b = try_call(&p);
	MUST(b != -1, "desk ends when a client's line is too long");
	say_to(b, "cake\n", 5);
	answers(b, "1: cake\n", "the answer to the next client");
	close(b);
	MUST_EXIT(&p, 0);
}

CHECK_AFTER(1, "long", "lines",
	    "a line over 1000 bytes ends its client's turn, not desk")
{
	too_long(5000, "");
	too_long(1000, "");
	too_long(1000, "\n");
}

CHECK_AFTER(1, "short", "lines", "a write() that takes less loses nothing")
{
	struct how how = { .fault = "write:1:short,send:1:short" };
	struct prog p = open_desk(&how, "1");
	int fd = call(&p);

	say_to(fd, "green tea\n", 10);
	shutdown(fd, SHUT_WR);
	answers_all(fd, "1: green tea\n", "the answer, when the first "
		    "write() takes half of it,");
	MUST_EXIT(&p, 0);
}

/* The answer fits into the socket: nobody has to read it. */
static struct prog scene(const struct how *base)
{
	struct prog p = open_desk(base, "1");
	int fd = try_call(&p);

	if (fd != -1) {
		send(fd, "tea\ncake", 8, MSG_NOSIGNAL);
		shutdown(fd, SHUT_WR);
	}
	return p;
}

MAY_FAIL("unlink");

CHECK_AFTER(1, "errors", "lines", "a call that fails is noticed and named")
{
	kind = "error";
	MUST_NOTICE(scene);
	no_object_left();
}

CHECK_AFTER(1, "clean", "lines", "the path is gone at the end")
{
	struct prog p;
	int fd;

	kind = "clean";
	p = open_desk(NULL, "1");
	fd = call(&p);
	say_to(fd, "tea\n", 4);
	answers(fd, "1: tea\n", "the answer");
	close(fd);
	MUST_EXIT(&p, 0);
	nothing_left();
}
