/*
 * check - what sealed asks of sealer: the checker is the receiver
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "../../../common/proof/check.h"

static int ours;			/* our end of the socket */

static struct prog seals(struct how how, int in)
{
	int s[2];
	struct prog p;

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0);
	how.in = in;
	how.fd3 = s[1];
	p = start_how(&how, "sealer", NULL);
	HOLDS(close(s[1]) == 0);
	ours = s[0];
	return p;
}

/* The descriptor that comes through the socket; -1 if none does. */
static int receive(void)
{
	_Alignas(struct cmsghdr) char note[CMSG_SPACE(8 * sizeof(int))];
	char byte;
	struct iovec part = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &part, .msg_iovlen = 1,
			      .msg_control = note,
			      .msg_controllen = sizeof note };
	struct cmsghdr *head;
	int fd = -1;

	if (recvmsg(ours, &msg, MSG_CMSG_CLOEXEC) <= 0)
		return -1;
	head = CMSG_FIRSTHDR(&msg);
	if (head && head->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(head), sizeof fd);
	return fd;
}

/* What P hands over, when it has ended well. */
static int handed(struct prog *p)
{
	int fd = receive();

	MUST_EXIT(p, 0);
	MUST(fd != -1, "it hands over no descriptor");
	HOLDS(close(ours) == 0);
	return fd;
}

static void text_is(int in, const char *want, size_t len)
{
	struct prog p = seals((struct how){ .fd3 = 0 }, in);
	int fd = handed(&p);
	char *got = malloc(len + 2);
	ssize_t n;

	HOLDS(got != NULL);
	n = pread(fd, got, len + 1, 0);
	MUST(n >= 0, "what it hands over cannot be read: %s", strerror(errno));
	MUST_BYTES("what the receiver gets", got, (size_t)n, want, len);
	free(got);
	HOLDS(close(fd) == 0);
}

CHECK(3, "text", "the receiver gets the text, whatever its size")
{
	enum { LARGE = (1 << 18) + 1 };
	static char data[200000];
	char *large;

	random_bytes(data, sizeof data);
	text_is(input_text("one\ntwo\n"), "one\ntwo\n", 8);
	text_is(input_text(""), "", 0);
	for (size_t i = 0; i < SIZES; i++)
		text_is(input(data, sizes[i]), data, sizes[i]);
	text_is(one_byte_pipe(data, 500), data, 500);
	large = malloc(LARGE);
	HOLDS(large != NULL);
	random_bytes(large, LARGE);
	text_is(input(large, LARGE), large, LARGE);
	free(large);
}

static void has(int seals, int seal, const char *name, const char *what)
{
	MUST(seals & seal, "%s is missing: the receiver can still %s it",
	     name, what);
}

CHECK_AFTER(4, "seals", "text",
	    "the receiver finds it sealed, and cannot change it")
{
	struct prog p = seals((struct how){ .fd3 = 0 }, input_text("text"));
	int fd = handed(&p);
	int s = fcntl(fd, F_GET_SEALS);
	char *map;

	MUST(s != -1, "what it hands over cannot be sealed: it is no memory "
	     "file (%s)", strerror(errno));
	MUST(s != F_SEAL_SEAL, "it has no seal but \"no further seals\": a "
	     "memory file begins so unless memfd_create() is told "
	     "MFD_ALLOW_SEALING");
	MUST(s != 0, "it has no seal at all: F_GET_SEALS says 0");
	has(s, F_SEAL_WRITE, "F_SEAL_WRITE", "write to");
	has(s, F_SEAL_GROW, "F_SEAL_GROW", "lengthen");
	has(s, F_SEAL_SHRINK, "F_SEAL_SHRINK", "cut");
	has(s, F_SEAL_SEAL, "F_SEAL_SEAL", "add seals to");
	MUST(pwrite(fd, "T", 1, 0) == -1, "the receiver could write to it");
	MUST(ftruncate(fd, 0) == -1, "the receiver could cut it");
	map = mmap(NULL, 4, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	MUST(map == MAP_FAILED, "the receiver could map it for writing");
	map = mmap(NULL, 4, PROT_READ, MAP_PRIVATE, fd, 0);
	MUST(map != MAP_FAILED && memcmp(map, "text", 4) == 0,
	     "the receiver cannot map and read it");
}

/* Who adds the seals one by one may fail at each of them. */
CHECK_AFTER(2, "first", "text", "it seals first and hands over then")
{
	struct prog whole = seals((struct how){ .fd3 = 0 }, input_text("text"));
	const int all = fcntl(handed(&whole), F_GET_SEALS);
	char fault[24];

	for (int n = 1; n <= 5; n++) {
		struct how how = { .fault = fault };
		struct prog p;
		int fd, status;

		snprintf(fault, sizeof fault, "fcntl:%d:EPERM", n);
		p = seals(how, input_text("text"));
		fd = receive();
		status = end_of(&p);
		HOLDS(close(ours) == 0);
		if (status == 0 && fd != -1 && n > 1 &&
		    fcntl(fd, F_GET_SEALS) == all)
			continue;	/* it makes fewer calls of these */
		MUST(fd == -1, "it goes on, and yet it hands over the "
		     "file, which is not sealed");
		MUST(status > 0 && status < 128, "it ends with status %d; "
		     "it has to say what failed, and end with status 1",
		     status);
	}
}

CHECK_AFTER(1, "offset", "text",
	    "the receiver's read() begins at the first byte")
{
	struct prog p = seals((struct how){ .fd3 = 0 }, input_text("text"));
	int fd = handed(&p);
	off_t at = lseek(fd, 0, SEEK_CUR);

	MUST(at == 0, "a read() would begin at byte %lld: the offset belongs "
	     "to the open file and goes with the descriptor", (long long)at);
}

CHECK_AFTER(1, "short", "text", "a write() that takes less loses nothing")
{
	struct how how = { .fault = "write:1:short,pwrite:1:short" };
	struct prog p = seals(how, input_text("one\ntwo\n"));
	char got[16];
	ssize_t n = pread(handed(&p), got, sizeof got, 0);

	HOLDS(n >= 0);
	MUST_BYTES("what the receiver gets", got, (size_t)n, "one\ntwo\n", 8);
}

static struct prog scene(const struct how *how)
{
	return seals(*how, input_text("one\ntwo\n"));
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "text", "a call that fails is noticed, and named")
{
	struct how how = { .fault = "memfd_create:1:EMFILE" };
	struct prog p = scene(&how);

	MUST_FAIL_WITH(&p, EMFILE);
	MUST_NOTICE(scene);
}

CHECK_AFTER(1, "clean", "text", "nothing is left behind")
{
	struct prog p = seals((struct how){ .fd3 = 0 }, input_text("text"));

	HOLDS(close(handed(&p)) == 0);
	nothing_left();
}
