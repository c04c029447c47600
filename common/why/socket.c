/*
 * socket.c - sockets: of which kind is one, and has it a time limit?
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "inside.h"

/* How the kernel calls its protocol, "TCPv6", into NAME; "" if that cannot be
 * read. */
static void read_protocol(pid_t tid, int fd, char *name, size_t size)
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)tid, fd);
	n = getxattr(path, "system.sockprotoname", name, size - 1);
	name[n > 0 ? n : 0] = '\0';
}

/* Which time limit counts: SO_RCVTIMEO, which accept() obeys, too, or
 * SO_SNDTIMEO? */
static int limit_of(const struct wait *w, enum way way)
{
	if (strcmp(w->is->call, "connect") == 0)
		return SO_SNDTIMEO;
	return way == WRITES || way == PUTS ? SO_SNDTIMEO : SO_RCVTIMEO;
}

/* What a copy of the socket tells of its time limits. */
struct limits {
	int is_known;
	double seconds;		/* of the call; 0: there is none */
	int gives_up;		/* TCP does so if the peer takes nothing */
};

static void read_limits(const struct wait *w, int fd, int option, int is_tcp,
			struct limits *l)
{
	struct timeval t = { .tv_sec = 0 };
	socklen_t size = sizeof t;
	unsigned ms = 0;
	int copy = fd_copy(w->task.tid, fd);

	if (copy == -1)
		return;
	if (getsockopt(copy, SOL_SOCKET, option, &t, &size) == 0)
		l->is_known = 1;
	l->seconds = (double)t.tv_sec + (double)t.tv_usec / 1e6;
	size = sizeof ms;
	if (is_tcp) {
		if (getsockopt(copy, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms,
			       &size) == -1)
			l->is_known = 0;
	}
	l->gives_up = ms > 0;
	close(copy);
}

static void say_limit(struct wait *w, double limit, int option)
{
	w->is->left_s = WHY_SOME_LIMIT;
	wait_ends(w);
	words_add(&w->words, "; it waits for %g s at most (%s)", limit,
		  option == SO_RCVTIMEO ? "SO_RCVTIMEO" : "SO_SNDTIMEO");
}

/* Sockets that have no peer in a process of this system, or of which nobody
 * lists it. */
static void tell_other(struct wait *w, const struct end *end,
		       const char *protocol)
{
	wait_object(w, "socket", end->fd, "");
	if (strcmp(protocol, "NETLINK") == 0)
		words_add(&w->words, "fd %d, a netlink socket: the kernel, or "
			  "a process that sends by way of it, answers",
			  end->fd);
	else if (strcmp(protocol, "PACKET") == 0)
		words_add(&w->words, "fd %d, a packet socket: it waits for "
			  "what comes over the network", end->fd);
	else if (strncmp(protocol, "RAW", 3) == 0)
		words_add(&w->words, "fd %d, a raw socket: it waits for what "
			  "comes over the network", end->fd);
	else if (strstr(protocol, "VSOCK"))
		words_add(&w->words, "fd %d, a vsock socket: its peer is in "
			  "another machine, or in the host of this one",
			  end->fd);
	else if (*protocol)
		words_add(&w->words, "fd %d, a socket (%s)", end->fd,
			  protocol);
	else
		words_add(&w->words, "fd %d, a socket", end->fd);
}

/* "UNIX-STREAM", "TCP", "TCPv6" ... */
static void tell(struct wait *w, const struct end *end, const char *protocol)
{
	if (strncmp(protocol, "UNIX", 4) == 0)
		unix_fd(w, end);
	else if (strncmp(protocol, "TCP", 3) == 0)
		inet_fd(w, end, SOCKS_TCP);
	else if (strcmp(protocol, "UDP") == 0 || strcmp(protocol, "UDPv6") == 0)
		inet_fd(w, end, SOCKS_UDP);
	else
		tell_other(w, end, protocol);
}

void socket_fd(struct wait *w, int fd, const char *link, enum way way)
{
	struct end end = { .fd = fd, .way = way };
	struct limits limits = { 0, 0, 0 };
	int option = limit_of(w, way);
	char protocol[32];
	int is_tcp;

	end.ino = strtoull(link + strlen("socket:["), NULL, 10);
	read_protocol(w->task.tid, fd, protocol, sizeof protocol);
	is_tcp = strncmp(protocol, "TCP", 3) == 0;
	read_limits(w, fd, option, is_tcp, &limits);
	if (w->watches)			/* poll() has a limit of its own */
		limits.seconds = 0;
	end.may_end = !limits.is_known || limits.seconds > 0 ||
		      limits.gives_up;
	tell(w, &end, protocol);
	if (limits.seconds > 0)
		say_limit(w, limits.seconds, option);
}
