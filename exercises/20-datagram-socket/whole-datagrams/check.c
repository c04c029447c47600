/*
 * check - what whole-datagrams asks of keeper
 *
 * The check sends. What it sends it also writes into `want', as keeper should.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/check.h"

enum { LONGEST = 100000 };

static struct sockaddr_un at = { .sun_family = AF_UNIX };
static char want[4 * 1024 * 1024];
static size_t want_len;

static struct prog start_keeper(const struct how *how, const char *n)
{
	static int times;
	char what[16];

	snprintf(what, sizeof what, "box%d", times++);
	check_path(at.sun_path, what);
	want_len = 0;
	return start_how(how, "keeper", at.sun_path, n, NULL);
}

/* A socket whose peer is keeper, or -1 if that ends before it is there. */
static int try_sender(const struct prog *p)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

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

static int sender(const struct prog *p)
{
	int fd = try_sender(p);

	MUST(fd != -1, "keeper ends, and no socket was at its path");
	return fd;
}

/* If keeper has left, its output will show what is missing. */
static void post(int fd, const void *data, size_t len)
{
	HOLDS(send(fd, data, len, MSG_NOSIGNAL) == (ssize_t)len ||
	      errno == ECONNREFUSED || errno == ECONNRESET ||
	      errno == ENOTCONN || errno == EPIPE);
	want_len += (size_t)sprintf(want + want_len, "%zu bytes: ", len);
	memcpy(want + want_len, data, len);
	want_len += len;
	want[want_len++] = '\n';
}

static void must_be_right(const struct prog *p)
{
	size_t n;
	char *got = out_text(p, &n);

	MUST_BYTES("what keeper wrote down", got, n, want, want_len);
}

static void must_have_kept(struct prog *p)
{
	MUST_EXIT(p, 0);
	must_be_right(p);
}

/* All are there before keeper takes the first. */
CHECK(1, "keeps", "datagrams that wait there together stay apart")
{
	struct prog p = start_keeper(NULL, "4");
	int fd = sender(&p);
	char word[100];

	HOLDS(kill(p.pid, SIGSTOP) == 0);
	for (size_t len = 20; len <= 80; len += 20) {
		random_word(word, len + 1);
		post(fd, word, len);
	}
	HOLDS(kill(p.pid, SIGCONT) == 0);
	must_have_kept(&p);
}

CHECK_AFTER(3, "empty", "keeps", "an empty datagram is one, and not the end")
{
	struct prog p = start_keeper(NULL, "4");
	int fd = sender(&p);

	post(fd, "one", 3);
	MUST_SLEEP(&p, "keeper ends before it has taken all its datagrams");
	post(fd, "", 0);
	post(fd, "", 0);
	post(fd, "two", 3);
	MUST_EXIT(&p, 0);
	MUST(out_lines(&p) >= 2, "of 4 datagrams the second one was empty, "
	     "and keeper ended there: recv() returned 0, which is no "
	     "end-of-file here");
	must_be_right(&p);
}

CHECK_AFTER(3, "long", "keeps", "a long datagram is kept whole")
{
	static char data[LONGEST];
	static const size_t some[] = { 512, 513, 5000, 65536, LONGEST };
	struct prog p = start_keeper(NULL, "6");
	int fd = sender(&p);
	size_t n, sum = 0;
	char *got;

	for (size_t i = 0; i < 5; i++) {
		random_word(data, some[i]);
		data[some[i] - 1] = '.';
		post(fd, data, some[i]);
		sum += some[i];
	}
	post(fd, "last", 4);
	MUST_EXIT(&p, 0);
	got = out_text(&p, &n);
	MUST(n == 0 || got[n - 1] != '\n' || n >= sum || out_lines(&p) < 6,
	     "6 datagrams with %zu bytes were sent, and keeper's 6 records "
	     "have only %zu: the rest of a datagram that finds no room is "
	     "lost, without a word", sum + 4, n);
	must_be_right(&p);
}

CHECK_AFTER(2, "random", "empty long",
	    "40 datagrams of any bytes and lengths, in their order")
{
	static char data[LONGEST];
	struct prog p = start_keeper(NULL, "40");
	int fd = sender(&p);

	random_bytes(data, sizeof data);
	for (int i = 0; i < 40; i++) {
		size_t len = random_below(i % 4 ? 700 : LONGEST);
		size_t from = random_below((uint32_t)(LONGEST - len));

		post(fd, data + from, len);
	}
	must_have_kept(&p);
}

CHECK_AFTER(1, "short", "keeps", "a write() that takes less loses nothing")
{
	struct how how = { .fault = "write:1:short,write:3:short" };
	struct prog p = start_keeper(&how, "1");
	int fd = sender(&p);

	post(fd, "a fine day", 10);
	must_have_kept(&p);
}

static struct prog scene(const struct how *base)
{
	struct prog p = start_keeper(base, "2");
	int fd = try_sender(&p);

	if (fd != -1) {
		send(fd, "one", 3, MSG_NOSIGNAL);
		send(fd, "", 0, MSG_NOSIGNAL);
	}
	return p;
}

MAY_FAIL("unlink");

CHECK_AFTER(1, "errors", "empty", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
	no_object_left();
}

CHECK_AFTER(1, "clean", "keeps", "the path is gone at the end")
{
	struct prog p = start_keeper(NULL, "1");
	int fd = sender(&p);

	post(fd, "one", 3);
	must_have_kept(&p);
	nothing_left();
}
