/* f_fifo.c - mkfifo(3): a pipe with a name, opened by each side */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lesson.h"
#include "bench.h"

static int end[CHANNELS][2], both[CHANNELS];

/* The name goes as soon as it has done its work, so that nobody else can find
 * the FIFO; who has it open opens it again through /proc. */
static const char *setup(struct bench *b)
{
	char path[OWN_PATH], what[32];

	(void)b;
	for (int c = 0; c < CHANNELS; c++) {
		snprintf(what, sizeof what, "bench%d-%d", (int)getpid(), c);
		own_path(path, what);
		if (mkfifo(path, 0600) == -1)
			return refuse("mkfifo");
		both[c] = open(path, O_RDWR);
		unlink(path);
		if (both[c] == -1)
			return refuse("open of the FIFO");
	}
	return NULL;
}

static int open_end(struct bench *b, int c, int mode)
{
	char path[64];
	int fd;

	snprintf(path, sizeof path, "/proc/self/fd/%d", both[c]);
	fd = open(path, mode);
	if (fd == -1 || no_wait(b, fd) == -1)
		fail(b, "open of the FIFO");
	return fd;
}

static void join(struct bench *b)
{
	for (int c = 0; c < CHANNELS; c++) {
		end[c][0] = open_end(b, c, O_RDONLY);
		end[c][1] = open_end(b, c, O_WRONLY);
		if (b->variant && fcntl(end[c][1], F_SETPIPE_SZ, 1 << 20) == -1)
			fail(b, "F_SETPIPE_SZ 1 MiB");
	}
}

static void send_fifo(struct bench *b, const void *msg, size_t len)
{
	write_all(b, end[out(b)][1], msg, len);
}

static void recv_fifo(struct bench *b, void *msg, size_t len)
{
	read_all(b, end[in(b)][0], msg, len);
}

const struct facility f_fifo = {
	.name = "fifo", .title = "FIFO", .family = "pipe",
	.can = BLOCKS | POLLS | ONE_WAY | SELF | ROUND,
	.max = LARGEST, .copies = 2, .variant = { "1 MiB" },
	.setup = setup, .join = join, .send = send_fifo, .recv = recv_fifo,
};
