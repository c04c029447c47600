/* f_tcp.c - TCP over the loopback interface, one connection for both ways */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

enum { NAGLE, NODELAY, LARGE };		/* the variants of a stream */

static int end[2];

/* tcp_pair - what socketpair() does not give: both ends of a connection. */
static int tcp_pair(int pair[2], int large)
{
	struct sockaddr_in any = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof any;
	int s = socket(AF_INET, SOCK_STREAM, 0), bytes = 4 << 20;

	pair[0] = socket(AF_INET, SOCK_STREAM, 0);
	if (s == -1 || pair[0] == -1)
		return -1;
	if (large &&
	    (setsockopt(s, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) ||
	     setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes)))
		return -1;
	if (bind(s, (struct sockaddr *)&any, len) == -1 || listen(s, 1) == -1 ||
	    getsockname(s, (struct sockaddr *)&any, &len) == -1 ||
	    connect(pair[0], (struct sockaddr *)&any, len) == -1)
		return -1;
	pair[1] = accept(s, NULL, NULL);
	close(s);
	return pair[1];
}

static const char *setup(struct bench *b)
{
	int on = 1;

	if (tcp_pair(end, b->variant == LARGE) == -1)
		return refuse("a TCP connection over loopback");
	for (int i = 0; i < 2; i++) {
		/* A round trip has one message under way, and Nagle's rule
		 * must not hold back the last piece of a large one. */
		if ((!b->one_way || b->variant == NODELAY) &&
		    setsockopt(end[i], IPPROTO_TCP, TCP_NODELAY, &on,
			       sizeof on) == -1)
			return refuse("TCP_NODELAY");
		if (no_wait(b, end[i]) == -1)
			return refuse("O_NONBLOCK");
	}
	return NULL;
}

static void send_tcp(struct bench *b, const void *msg, size_t len)
{
	write_all(b, end[out(b)], msg, len);
}

static void recv_tcp(struct bench *b, void *msg, size_t len)
{
	read_all(b, end[!in(b)], msg, len);
}

const struct facility f_tcp = {
	.name = "tcp", .title = "TCP loopback", .family = "socket",
	.can = BLOCKS | POLLS | ONE_WAY | SELF | ROUND,
	.max = LARGEST, .copies = 2, .variant = { "NODELAY", "4 MiB" },
	.setup = setup, .send = send_tcp, .recv = recv_tcp,
};
