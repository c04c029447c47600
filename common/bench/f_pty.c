/* f_pty.c - a pseudoterminal in raw mode: the master against the slave */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "bench.h"

static int end[2];			/* 0: the master, PING's */

static const char *setup(struct bench *b)
{
	struct termios raw;
	const char *name;

	end[0] = posix_openpt(O_RDWR | O_NOCTTY);
	if (end[0] == -1 || grantpt(end[0]) || unlockpt(end[0]))
		return refuse("posix_openpt");
	name = ptsname(end[0]);
	end[1] = name ? open(name, O_RDWR | O_NOCTTY) : -1;
	if (end[1] == -1 || tcgetattr(end[1], &raw) == -1)
		return refuse("open of the slave");
	/* Raw: no echo, no lines, no translation, bytes as they are. */
	cfmakeraw(&raw);
	if (tcsetattr(end[1], TCSANOW, &raw) == -1 ||
	    no_wait(b, end[0]) == -1 || no_wait(b, end[1]) == -1)
		return refuse("tcsetattr");
	return NULL;
}

static void send_pty(struct bench *b, const void *msg, size_t len)
{
	write_all(b, end[out(b)], msg, len);
}

static void recv_pty(struct bench *b, void *msg, size_t len)
{
	read_all(b, end[!in(b)], msg, len);
}

const struct facility f_pty = {
	.name = "pty", .title = "pseudoterminal", .family = "pipe",
	.can = BLOCKS | POLLS | ONE_WAY | SELF | ROUND | HELPED,
	.max = 65536, .copies = 3,
	.setup = setup, .send = send_pty, .recv = recv_pty,
};
