/*
 * f_udp.c - UDP over the loopback interface, connected at both ends
 *
 * UDP drops what does not fit in the receiver's buffer and tells nobody. A
 * stream that loses is void, so here the receiver grants credit: it answers
 * each WINDOW / 2 messages, and the sender has never more than WINDOW of them
 * under way. That is what any protocol on top of UDP must do in some form.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

static int end[2];
static long window, under_way, taken;

/* The kernel counts its own buffers too: a power of two that holds message,
 * headers and notes, and 512 bytes. And what has been read it gives back only
 * when a quarter of the whole has come together: so count on 128 of 208 KiB. */
static long room(size_t size)
{
	size_t buffer = 1024;

	while (buffer < size + 1024)
		buffer *= 2;
	return (128 << 10) / (long)(buffer + 512);
}

static const char *setup(struct bench *b)
{
	struct sockaddr_in at[2];
	socklen_t len = sizeof at[0];
	int bytes = 4 << 20, least = 256 << 10;

	for (int i = 0; i < 2; i++) {
		at[i] = (struct sockaddr_in){ .sin_family = AF_INET,
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		end[i] = socket(AF_INET, SOCK_DGRAM, 0);
		if (end[i] == -1 ||
		    bind(end[i], (struct sockaddr *)&at[i], len) == -1 ||
		    getsockname(end[i], (struct sockaddr *)&at[i], &len) == -1)
			return refuse("a UDP socket on loopback");
		if (no_wait(b, end[i]) == -1)
			return refuse("O_NONBLOCK");
		if (b->variant && setsockopt(end[i], SOL_SOCKET,
		    SO_RCVBUFFORCE, &bytes, sizeof bytes) == -1)
			return refuse("SO_RCVBUFFORCE");
	}
	for (int i = 0; i < 2; i++)
		if (connect(end[i], (struct sockaddr *)&at[!i], len) == -1)
			return refuse("connect of UDP");
	len = sizeof least;
	getsockopt(end[0], SOL_SOCKET, SO_RCVBUF, &least, &len);
	window = room(b->size) * (b->variant ? 16 : 1);
	if (b->one_way && window < 2)
		return "two messages do not fit in the receiver's buffer";
	under_way = taken = 0;
	return NULL;
}

static void send_udp(struct bench *b, const void *msg, size_t len)
{
	ssize_t n;

	do
		n = send(end[out(b)], msg, len, 0);
	while (n == -1 && errno == EAGAIN);
	if (n != (ssize_t)len)
		fail(b, "send of one datagram");
}

static void recv_udp(struct bench *b, void *msg, size_t len)
{
	ssize_t n;

	do
		n = recv(end[!in(b)], msg, len, 0);
	while (n == -1 && errno == EAGAIN);
	if (n != (ssize_t)len)
		fail(b, "recv of one datagram");
}

static void put(struct bench *b, const void *msg, size_t len)
{
	char credit;

	if (under_way == window) {
		recv_udp(b, &credit, 1);
		under_way -= window / 2;
	}
	send_udp(b, msg, len);
	under_way++;
}

static void get(struct bench *b, void *msg, size_t len)
{
	recv_udp(b, msg, len);
	if (++taken == window / 2) {
		send_udp(b, "", 1);
		taken = 0;
	}
}

const struct facility f_udp = {
	.name = "udp", .title = "UDP loopback", .family = "socket",
	.can = BLOCKS | POLLS | ONE_WAY | SELF | ROUND,
	.max = 65507, .copies = 2, .variant = { "4 MiB" },
	.setup = setup, .send = send_udp, .recv = recv_udp,
	.put = put, .get = get,
};
