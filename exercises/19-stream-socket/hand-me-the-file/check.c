/*
 * check - what hand-me-the-file asks of counter
 *
 * The check is the client: it holds the other end of counter's descriptor 3.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "../../../common/proof/check.h"

static struct prog start_counter(const struct how *base, int *client)
{
	struct how how = { 0 };
	struct prog p;
	int s[2];

	if (base)
		how = *base;
	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0);
	how.fd3 = s[1];
	p = start_how(&how, "counter", NULL);
	close(s[1]);
	*client = s[0];
	return p;
}

static unsigned char byte = 'f';	/* of the next request */

/* Send one byte, and the N descriptors at FILE with it. */
static ssize_t hand(int client, const int *file, size_t n)
{
	_Alignas(struct cmsghdr) char note[CMSG_SPACE(64 * sizeof(int))];
	struct iovec part = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *head;

	if (n > 0) {
		memset(note, 0, sizeof note);
		msg.msg_control = note;
		msg.msg_controllen = CMSG_SPACE(n * sizeof(int));
		head = CMSG_FIRSTHDR(&msg);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(n * sizeof(int));
		memcpy(CMSG_DATA(head), file, n * sizeof(int));
	}
	return sendmsg(client, &msg, MSG_NOSIGNAL);
}

static void answers(int client, const char *want, const char *when)
{
	char got[256];
	size_t n = 0;

	while (n < sizeof got && (n == 0 || got[n - 1] != '\n') &&
	       recv(client, got + n, 1, 0) == 1)
		n++;
	MUST_BYTES(when, got, n, want, strlen(want));
}

/* A file of LEN bytes, some of them newlines; it stands at AT. WANT is the
 * answer that is right. */
static int some_file(size_t len, size_t at, char *want, size_t size)
{
	static char data[200000];
	size_t lines = 0;
	int fd = memfd_create("file", MFD_CLOEXEC);

	HOLDS(fd != -1);
	for (size_t i = 0; i < len; i++) {
		data[i] = (char)(random_below(9) ? random_below(256) : '\n');
		lines += i >= at && data[i] == '\n';
	}
	HOLDS(write(fd, data, len) == (ssize_t)len);
	HOLDS(lseek(fd, (off_t)at, SEEK_SET) == (off_t)at);
	snprintf(want, size, "%zu lines, %zu bytes\n", lines, len - at);
	return fd;
}

static void count_one(int client, size_t len, size_t at, const char *when)
{
	char want[64];
	int fd = some_file(len, at, want, sizeof want);

	MUST(hand(client, &fd, 1) == 1, "counter has left its connection");
	close(fd);
	answers(client, want, when);
}

CHECK(3, "counts", "it counts the file that it is handed")
{
	int client;
	struct prog p = start_counter(NULL, &client);

	count_one(client, 1000, 0, "the answer for a file of 1000 bytes");
	close(client);
	MUST_EXIT(&p, 0);
}

CHECK_AFTER(2, "sizes", "counts",
	    "files of all sizes, one after another, and an empty one")
{
	int client;
	struct prog p = start_counter(NULL, &client);

	for (size_t i = 0; i < SIZES; i++)
		count_one(client, sizes[i], 0, "the answer for a file");
	count_one(client, 0, 0, "the answer for an empty file");
	close(client);
	MUST_EXIT(&p, 0);
}

CHECK_AFTER(1, "offset", "counts", "it begins where the descriptor stands")
{
	int client;
	struct prog p = start_counter(NULL, &client);

	count_one(client, 1000, 1 + random_below(900), "the answer for a file "
		  "whose first part was read already");
	close(client);
	MUST_EXIT(&p, 0);
}

CHECK_AFTER(1, "pipe", "counts", "a pipe is a descriptor, too")
{
	int client, fd[2];
	struct prog p = start_counter(NULL, &client);

	HOLDS(pipe2(fd, O_CLOEXEC) == 0);
	HOLDS(write(fd[1], "one\n", 4) == 4);
	MUST(hand(client, &fd[0], 1) == 1, "counter has left");
	HOLDS(write(fd[1], "two\n", 4) == 4);
	close(fd[0]);
	close(fd[1]);
	answers(client, "2 lines, 8 bytes\n", "the answer for a pipe");
	close(client);
	MUST_EXIT(&p, 0);
}

/* Requests, some of them without a descriptor, wait there before the first one
 * is answered. */
CHECK_AFTER(1, "queue", "counts", "each request gets its own answer, in order")
{
	static const char kinds[] = "fff--f--f";
	int client, fd;
	char want[sizeof kinds - 1][64];
	struct prog p = start_counter(NULL, &client);

	HOLDS(kill(p.pid, SIGSTOP) == 0);
	for (size_t i = 0; kinds[i]; i++) {
		strcpy(want[i], "refused\n");
		if (kinds[i] == '-') {
			MUST(hand(client, NULL, 0) == 1, "counter has left");
			continue;
		}
		fd = some_file(100 * i + 50, 0, want[i], sizeof want[i]);
		MUST(hand(client, &fd, 1) == 1, "counter has left");
		close(fd);
	}
	HOLDS(kill(p.pid, SIGCONT) == 0);
	when_it_hangs("requests wait there at once, and some get no answer: "
		      "each byte is a request of its own");
	for (size_t i = 0; kinds[i]; i++)
		answers(client, want[i], "the answer to one of nine requests "
			"that were there at once");
	when_it_hangs(NULL);
	close(client);
	MUST_EXIT(&p, 0);
}

CHECK_AFTER(1, "value", "counts", "the byte may have any value")
{
	int client;
	struct prog p = start_counter(NULL, &client);
	char when[64];

	for (int i = 0; i < 256; i++) {
		byte = (unsigned char)i;
		snprintf(when, sizeof when, "the answer to a byte of the value "
			 "%d", i);
		count_one(client, 30, 0, when);
	}
	close(client);
	MUST_EXIT(&p, 0);
}

CHECK_AFTER(2, "none", "counts", "a byte without a descriptor is refused")
{
	int client;
	struct prog p = start_counter(NULL, &client);

	count_one(client, 10, 0, "the answer for the first file");
	MUST(hand(client, NULL, 0) == 1, "counter has left");
	answers(client, "refused\n", "the answer to a byte without descriptor");
	count_one(client, 20, 0, "the answer for the next file");
	close(client);
	MUST_EXIT(&p, 0);
}

/* Hand N files at once: refused, and none of them stays open. */
static void too_many(int client, struct prog *p, size_t n, const char *when)
{
	int fd[40] = { 0 }, before, after;
	char want[64];

	MUST(await_blocked(p), "counter ends while its client is there");
	before = open_fds(p->pid);
	for (size_t i = 0; i < n; i++)
		fd[i] = some_file(10, 0, want, sizeof want);
	MUST(hand(client, fd, n) == 1, "counter has left");
	for (size_t i = 0; i < n; i++)
		close(fd[i]);
	answers(client, "refused\n", when);
	MUST(await_blocked(p), "counter ends while its client is there");
	after = open_fds(p->pid);
	MUST(after == before, "of %zu descriptors that came at once, %d stay "
	     "open in counter: close what you do not want", n, after - before);
}

CHECK_AFTER(3, "many", "counts",
	    "two descriptors, or 40, are refused, and all of them closed")
{
	int client;
	struct prog p = start_counter(NULL, &client);

	too_many(client, &p, 2, "the answer to two descriptors at once");
	too_many(client, &p, 3, "the answer to three descriptors at once");
	too_many(client, &p, 40, "the answer to 40 descriptors at once");
	count_one(client, 20, 0, "the answer for the next file");
	close(client);
	MUST_EXIT(&p, 0);
}

CHECK_AFTER(3, "leak", "counts", "after 50 files no more is open than before")
{
	int client, before, after;
	struct prog p = start_counter(NULL, &client);

	MUST(await_blocked(&p), "counter ends while its client is there");
	before = open_fds(p.pid);
	for (int i = 0; i < 50; i++)
		count_one(client, 30, 0, "the answer for a file");
	MUST(await_blocked(&p), "counter ends while its client is there");
	after = open_fds(p.pid);
	MUST(after == before, "%d descriptors were open in counter before the "
	     "first file, and %d after 50 files: each one that is handed over "
	     "is a new one, to be closed", before, after);
	close(client);
	MUST_EXIT(&p, 0);
}

CHECK_AFTER(1, "short", "counts", "a write() that takes less loses nothing")
{
	struct how how = { .fault = "write:1:short,send:1:short" };
	char want[64];
	int client, fd = some_file(100, 0, want, sizeof want);
	struct prog p = start_counter(&how, &client);

	MUST(hand(client, &fd, 1) == 1, "counter has left its connection");
	shutdown(client, SHUT_WR);
	answers(client, want, "the answer, when the first write() takes half "
		"of it,");
	close(fd);
	close(client);
	MUST_EXIT(&p, 0);
}

static struct prog scene(const struct how *base)
{
	int client, fd;
	char want[64];
	struct prog p = start_counter(base, &client);

	fd = some_file(20, 0, want, sizeof want);
	hand(client, &fd, 1);
	hand(client, NULL, 0);
	close(fd);
	shutdown(client, SHUT_WR);
	return p;
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "counts", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
	nothing_left();
}
