/*
 * f_vmsplice.c - vmsplice(2): pages into a pipe without a copy
 *
 * The kernel keeps a reference to the page, so the writer must leave it alone
 * until it has been read. A pipe of 1 MiB holds 256 pages: a page that was
 * sent 256 pages ago is free again. So the pages go around, and the writer
 * fills each one anew, as a real writer would.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#include "bench.h"

enum { PIPE = 1 << 20, AROUND = 2 * PIPE };

static int end[2];
static unsigned char *pages;
static size_t at;

static const char *setup(struct bench *b)
{
	long page = sysconf(_SC_PAGESIZE);

	if (b->size % (size_t)page)
		return "moves whole pages only";
	if (pipe(end) == -1)
		return refuse("pipe");
	if (fcntl(end[1], F_SETPIPE_SZ, PIPE) == -1)
		return refuse("F_SETPIPE_SZ 1 MiB");
	if (posix_memalign((void **)&pages, (size_t)page, AROUND))
		return "no memory for the pages";
	memset(pages, 0, AROUND);
	at = 0;
	return NULL;
}

static void put(struct bench *b, const void *msg, size_t len)
{
	struct iovec v = { pages + at, len };
	ssize_t n;

	memcpy(v.iov_base, msg, len);
	while (v.iov_len) {
		n = vmsplice(end[1], &v, 1, 0);
		if (n == -1)
			fail(b, "vmsplice");
		v.iov_base = (unsigned char *)v.iov_base + n;
		v.iov_len -= (size_t)n;
	}
	at = (at + len) % AROUND;
}

static void get(struct bench *b, void *msg, size_t len)
{
	read_all(b, end[0], msg, len);
}

const struct facility f_vmsplice = {
	.name = "vmsplice", .title = "pipe by vmsplice", .family = "pipe",
	.can = BLOCKS | ONE_WAY | LADDER,
	.max = 65536, .copies = 2, .setup = setup, .send = put, .recv = get,
};
