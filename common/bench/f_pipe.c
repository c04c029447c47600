/* f_pipe.c - pipe(2): two of them, one for each direction */
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

#include "bench.h"

static int end[CHANNELS][2];

static const char *setup(struct bench *b)
{
	for (int c = 0; c < CHANNELS; c++) {
		if (pipe(end[c]) == -1)
			return refuse("pipe");
		if (b->variant && fcntl(end[c][1], F_SETPIPE_SZ, 1 << 20) == -1)
			return refuse("F_SETPIPE_SZ 1 MiB");
		if (no_wait(b, end[c][0]) == -1 || no_wait(b, end[c][1]) == -1)
			return refuse("O_NONBLOCK");
	}
	return NULL;
}

static void send_pipe(struct bench *b, const void *msg, size_t len)
{
	write_all(b, end[out(b)][1], msg, len);
}

static void recv_pipe(struct bench *b, void *msg, size_t len)
{
	read_all(b, end[in(b)][0], msg, len);
}

const struct facility f_pipe = {
	.name = "pipe", .title = "pipe", .family = "pipe",
	.can = BLOCKS | POLLS | ONE_WAY | SELF | ROUND,
	.max = LARGEST, .copies = 2, .variant = { "1 MiB" },
	.setup = setup, .send = send_pipe, .recv = recv_pipe,
};
