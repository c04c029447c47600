/* f_unix.c - AF_UNIX sockets: stream, datagram and seqpacket */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

static int end[2];			/* one pair carries both ways */

static const char *make_pairs(struct bench *b, int type)
{
	/* A datagram must fit in the sender's buffer, with room for the
	 * kernel's own; for a stream that is a matter of speed only. */
	int bytes = b->variant ? 4 << 20 : 0;

	if (type != SOCK_STREAM && b->size > 32768 && !bytes)
		bytes = 1 << 20;
	if (socketpair(AF_UNIX, type, 0, end) == -1)
		return refuse("socketpair");
	for (int i = 0; i < 2; i++) {
		if (no_wait(b, end[i]) == -1)
			return refuse("O_NONBLOCK");
		/* Above net.core.wmem_max only with CAP_NET_ADMIN. */
		if (bytes && setsockopt(end[i], SOL_SOCKET, SO_SNDBUFFORCE,
					&bytes, sizeof bytes) == -1 &&
		    setsockopt(end[i], SOL_SOCKET, SO_SNDBUF, &bytes,
			       sizeof bytes) == -1)
			return refuse("SO_SNDBUF");
	}
	return NULL;
}

static const char *setup_stream(struct bench *b)
{
	return make_pairs(b, SOCK_STREAM);
}

static const char *setup_dgram(struct bench *b)
{
	return make_pairs(b, SOCK_DGRAM);
}

static const char *setup_packet(struct bench *b)
{
	return make_pairs(b, SOCK_SEQPACKET);
}

static void send_stream(struct bench *b, const void *msg, size_t len)
{
	write_all(b, end[out(b)], msg, len);
}

static void recv_stream(struct bench *b, void *msg, size_t len)
{
	read_all(b, end[!in(b)], msg, len);
}

static void send_one(struct bench *b, const void *msg, size_t len)
{
	ssize_t n;

	do
		n = send(end[out(b)], msg, len, 0);
	while (n == -1 && errno == EAGAIN);
	if (n != (ssize_t)len)
		fail(b, "send of one message");
}

static void recv_one(struct bench *b, void *msg, size_t len)
{
	ssize_t n;

	do
		n = recv(end[!in(b)], msg, len, 0);
	while (n == -1 && errno == EAGAIN);
	if (n != (ssize_t)len)
		fail(b, "recv of one message");
}

const struct facility f_unix_stream = {
	.name = "unix-stream", .title = "AF_UNIX stream", .family = "socket",
	.can = BLOCKS | POLLS | ONE_WAY | SELF | ROUND,
	.max = LARGEST, .copies = 2, .variant = { "4 MiB" },
	.setup = setup_stream, .send = send_stream, .recv = recv_stream,
};

const struct facility f_unix_dgram = {
	.name = "unix-dgram", .title = "AF_UNIX datagram", .family = "socket",
	.can = BLOCKS | POLLS | ONE_WAY | SELF | ROUND,
	.max = 65536, .copies = 2, .variant = { "4 MiB" },
	.setup = setup_dgram, .send = send_one, .recv = recv_one,
};

const struct facility f_unix_seqpacket = {
	.name = "unix-seqpacket", .title = "AF_UNIX seqpacket",
	.family = "socket",
	.can = BLOCKS | POLLS | ONE_WAY | SELF | ROUND,
	.max = 65536, .copies = 2, .variant = { "4 MiB" },
	.setup = setup_packet, .send = send_one, .recv = recv_one,
};
