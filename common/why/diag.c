/*
 * diag.c - the sockets of a network namespace, as the kernel lists them
 *
 * sock_diag(7) tells of each socket its peer and how full it is, but only of
 * our own network namespace. So a child of ours asks in that of another
 * process, if it may enter. If not, the files in /proc/PID/net tell a part.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inside.h"

/* A place for one more; NULL if there is no memory. */
static struct sock *add(struct socks *all)
{
	if (all->n == all->size) {
		size_t larger = all->size ? 2 * all->size : 64;
		struct sock *more = realloc(all->v, larger * sizeof *more);

		if (!more)
			return NULL;
		all->v = more;
		all->size = larger;
	}
	memset(&all->v[all->n], 0, sizeof *all->v);
	return &all->v[all->n++];
}

/* ----------------------------------------------- what sock_diag(7) tells */

static struct rtattr *next_attribute(struct rtattr *a, int *left)
{
	int step = (int)RTA_ALIGN(a->rta_len);

	*left -= step;
	return (struct rtattr *)((char *)a + step);
}

/* A name without a file begins with a zero byte, and may have more of them.
 * What would break the line is one '?'. */
static void copy_name(char *to, size_t size, const char *from, size_t n)
{
	if (n >= size)
		n = size - 1;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)from[i];

		if (c == 0)
			c = '@';
		to[i] = c < ' ' ? '?' : (char)c;
	}
	to[n] = '\0';
}

/* A path ends with a zero byte, and a name without a file does not. */
static void read_name(struct sock *s, const char *from, size_t n)
{
	if (n > 0 && from[0] != '\0')
		n = strnlen(from, n);
	copy_name(s->name, sizeof s->name, from, n);
}

/* Clients in the queue of listener INO. */
static void read_queue(struct socks *all, unsigned long long ino,
		       const struct rtattr *a)
{
	const uint32_t *client = RTA_DATA(a);
	size_t n = RTA_PAYLOAD(a) / sizeof *client;

	for (size_t i = 0; i < n; i++) {
		struct sock *s = add(all);

		if (!s)
			return;
		s->state = SOCK_QUEUED;
		s->ino = client[i];
		s->peer = ino;
	}
}

static void read_unix_attribute(struct sock *s, const struct rtattr *a)
{
	const void *data = RTA_DATA(a);
	size_t n = RTA_PAYLOAD(a);
	struct unix_diag_rqlen queue;
	struct unix_diag_vfs vfs;
	uint32_t peer;
	uint32_t memory[SK_MEMINFO_SNDBUF + 1];

	if (a->rta_type == UNIX_DIAG_NAME) {
		read_name(s, data, n);
	} else if (a->rta_type == UNIX_DIAG_VFS && n >= sizeof vfs) {
		memcpy(&vfs, data, sizeof vfs);
		s->file = vfs.udiag_vfs_ino;
	} else if (a->rta_type == UNIX_DIAG_PEER && n >= sizeof peer) {
		memcpy(&peer, data, sizeof peer);
		s->peer = peer;
	} else if (a->rta_type == UNIX_DIAG_RQLEN && n >= sizeof queue) {
		memcpy(&queue, data, sizeof queue);
		s->to_read = queue.udiag_rqueue;
		s->room = queue.udiag_wqueue;
	} else if (a->rta_type == UNIX_DIAG_MEMINFO && n >= sizeof memory) {
		memcpy(memory, data, sizeof memory);
		s->sent = memory[SK_MEMINFO_WMEM_ALLOC];
		s->may_send = memory[SK_MEMINFO_SNDBUF];
	}
}

static void read_unix(struct socks *all, const struct nlmsghdr *h)
{
	const struct unix_diag_msg *m = NLMSG_DATA(h);
	int left = (int)(h->nlmsg_len - NLMSG_LENGTH(sizeof *m));
	struct rtattr *a = (struct rtattr *)(uintptr_t)(m + 1);
	struct sock s = { .ino = m->udiag_ino, .type = m->udiag_type,
			  .state = m->udiag_state };
	struct sock *place;

	while (RTA_OK(a, left)) {
		if (a->rta_type == UNIX_DIAG_ICONS)
			read_queue(all, s.ino, a);
		else
			read_unix_attribute(&s, a);
		a = next_attribute(a, &left);
	}
	place = add(all);
	if (place)
		*place = s;
}

/* All addresses are written as those of IPv6; one of IPv4 as ::ffff:1.2.3.4. */
static void set_end(struct inet_end *end, int family, const void *address,
		    unsigned port)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

	memset(end, 0, sizeof *end);
	if (family == AF_INET) {
		memcpy(end->address, mapped, sizeof mapped);
		memcpy(end->address + sizeof mapped, address, 4);
	} else {
		memcpy(end->address, address, sizeof end->address);
	}
	end->port = port;
}

static void read_inet(struct socks *all, const struct nlmsghdr *h, int type)
{
	const struct inet_diag_msg *m = NLMSG_DATA(h);
	struct sock *s = add(all);

	if (!s)
		return;
	s->ino = m->idiag_inode;
	s->type = type;
	s->state = m->idiag_state;
	s->to_read = m->idiag_rqueue;
	s->sent = m->idiag_wqueue;
	if (s->state == SOCK_LISTENS)
		s->room = m->idiag_wqueue;
	set_end(&s->from, m->idiag_family, m->id.idiag_src,
		ntohs(m->id.idiag_sport));
	set_end(&s->to, m->idiag_family, m->id.idiag_dst,
		ntohs(m->id.idiag_dport));
}

/* One message of an answer: 1 while more will come, 0 at its end, -1 if the
 * kernel refuses. */
static int read_message(struct socks *all, const struct nlmsghdr *h, int type)
{
	if (h->nlmsg_type == NLMSG_DONE)
		return 0;
	if (h->nlmsg_type == NLMSG_ERROR)
		return -1;
	if (h->nlmsg_type != SOCK_DIAG_BY_FAMILY)
		return 1;
	if (type == 0)
		read_unix(all, h);
	else
		read_inet(all, h, type);
	return 1;
}

/* SIZE bytes from AT on are some messages: the same for all of them. */
static int read_messages(struct socks *all, const char *at, size_t size,
			 int type)
{
	int more = 1;

	while (more == 1 && size >= NLMSG_HDRLEN) {
		const struct nlmsghdr *h =
			(const struct nlmsghdr *)(const void *)at;
		size_t step = NLMSG_ALIGN(h->nlmsg_len);

		if (h->nlmsg_len < NLMSG_HDRLEN || h->nlmsg_len > size)
			return -1;
		more = read_message(all, h, type);
		step = step < size ? step : size;
		at += step;
		size -= step;
	}
	return more;
}

/* Read the whole answer: 0, or -1. */
static int read_answer(struct socks *all, int link, int type)
{
	static long buffer[32768 / sizeof(long)];	/* aligned for all */
	int more = 1;

	while (more == 1) {
		ssize_t got = recv(link, buffer, sizeof buffer, 0);

		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			return -1;
		more = read_messages(all, (const char *)buffer, (size_t)got,
				     type);
	}
	return more;
}

/* Ask for all sockets of a kind: 0, or -1. */
static int ask(struct socks *all, int link, const void *what, size_t size,
	       int type)
{
	struct {
		struct nlmsghdr h;
		char what[64];
	} m;
	size_t whole = NLMSG_LENGTH(size);
	ssize_t sent;

	memset(&m, 0, sizeof m);
	m.h.nlmsg_len = (uint32_t)whole;
	m.h.nlmsg_type = SOCK_DIAG_BY_FAMILY;
	m.h.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	memcpy(NLMSG_DATA(&m.h), what, size);
	sent = send(link, &m, whole, 0);
	if (sent != (ssize_t)whole)
		return -1;
	return read_answer(all, link, type);
}

static int ask_unix(struct socks *all, int link)
{
	const struct unix_diag_req r = {
		.sdiag_family = AF_UNIX,
		.udiag_states = ~0U,
		.udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_VFS |
			      UDIAG_SHOW_PEER | UDIAG_SHOW_ICONS |
			      UDIAG_SHOW_RQLEN | UDIAG_SHOW_MEMINFO,
	};

	return ask(all, link, &r, sizeof r, 0);
}

/* A system without IPv6 has no sockets of it. */
static int ask_inet(struct socks *all, int link, int type)
{
	struct inet_diag_req_v2 r = {
		.sdiag_family = AF_INET,
		.sdiag_protocol = type == SOCK_STREAM ? IPPROTO_TCP :
							IPPROTO_UDP,
		.idiag_states = ~0U,
	};

	if (ask(all, link, &r, sizeof r, type) == -1)
		return -1;
	r.sdiag_family = AF_INET6;
	ask(all, link, &r, sizeof r, type);
	return 0;
}

static int ask_kernel(struct socks *all, enum socks_kind kind)
{
	int link = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
			  NETLINK_SOCK_DIAG);
	int status;

	if (link == -1)
		return -1;
	if (kind == SOCKS_UNIX)
		status = ask_unix(all, link);
	else
		status = ask_inet(all, link, kind == SOCKS_TCP ?
				  SOCK_STREAM : SOCK_DGRAM);
	close(link);
	return status;
}

/* ------------------------------------------- in another network namespace */

static int write_all(int fd, const void *from, size_t n)
{
	const char *at = from;

	while (n > 0) {
		ssize_t put = write(fd, at, n);

		if (put == -1 && errno == EINTR)
			continue;
		if (put <= 0)
			return -1;
		at += put;
		n -= (size_t)put;
	}
	return 0;
}

/* The child: enter the namespace that SPACE is open on, ask there, and tell.
 * Whoever reads takes it for whole only if the status is 0. */
_Noreturn static void ask_there(int space, enum socks_kind kind, int to)
{
	struct socks all = { .n = 0 };

	if (setns(space, CLONE_NEWNET) == -1)
		_exit(1);
	if (ask_kernel(&all, kind) == -1)
		_exit(1);
	if (write_all(to, all.v, all.n * sizeof *all.v) == -1)
		_exit(1);
	_exit(0);
}

/* Take what comes from FROM, up to its end: 0, or -1. */
static int take_all(struct socks *all, int from)
{
	struct sock s;
	size_t have = 0;

	for (;;) {
		ssize_t n = read(from, (char *)&s + have, sizeof s - have);
		struct sock *place;

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 && have == 0 ? 0 : -1;
		have += (size_t)n;
		if (have < sizeof s)
			continue;
		have = 0;
		place = add(all);
		if (!place)
			return -1;
		*place = s;
	}
}

/* Whoever called us may have been told of the child's end, and have fetched it:
 * then what was read counts. */
static int child_failed(pid_t child)
{
	pid_t got;
	int status = 0;

	do
		got = waitpid(child, &status, 0);
	while (got == -1 && errno == EINTR);
	return got == child && status != 0;
}

static int ask_in(struct socks *all, int space, enum socks_kind kind)
{
	int end[2];
	int status;
	pid_t child;

	if (pipe2(end, O_CLOEXEC) == -1)
		return -1;
	child = fork();
	if (child == 0)
		ask_there(space, kind, end[1]);
	close(end[1]);
	status = take_all(all, end[0]);
	close(end[0]);
	if (child == -1)
		return -1;
	if (child_failed(child))
		return -1;
	return status;
}

static int ask_space_of(struct socks *all, pid_t pid, enum socks_kind kind)
{
	char path[64];
	int space;
	int status;

	if (ns_is_ours(pid, "net") != 0)
		return ask_kernel(all, kind);
	snprintf(path, sizeof path, "/proc/%d/ns/net", (int)pid);
	space = open(path, O_RDONLY | O_CLOEXEC);
	if (space == -1)
		return -1;
	status = ask_in(all, space, kind);
	close(space);
	return status;
}

/* --------------------------------------------- what /proc/PID/net tells */

enum { CONNECTED = 3 };	/* SS_CONNECTED of linux/net.h */

/* "ffff...: 00000002 00000000 00010000 0001 01 12345 /path" */
static void read_unix_line(struct socks *all, const char *line)
{
	unsigned flags;
	unsigned type;
	unsigned state;
	unsigned long long ino;
	int path = 0;
	struct sock *s;

	if (sscanf(line, "%*s %*s %*s %x %x %x %llu %n", &flags, &type,
		   &state, &ino, &path) != 4)
		return;
	s = add(all);
	if (!s)
		return;
	s->ino = ino;
	s->type = (int)type;
	s->state = state == CONNECTED ? SOCK_CONNECTED : SOCK_ALONE;
	if (flags & 1U << 16)		/* __SO_ACCEPTCON of net.h */
		s->state = SOCK_LISTENS;
	copy_name(s->name, sizeof s->name, line + path,
		  strcspn(line + path, "\n"));
}

/* "0100007F:1F90" or 32 digits: words of 32 bits, as they are in memory. */
static int read_end(struct inet_end *end, const char *text)
{
	uint32_t word[4];
	size_t digits = strcspn(text, ":");
	char one[9] = "";

	if (digits != 8 && digits != 32)
		return -1;
	for (size_t i = 0; i < digits / 8; i++) {
		memcpy(one, text + 8 * i, 8);
		word[i] = (uint32_t)strtoul(one, NULL, 16);
	}
	set_end(end, digits == 8 ? AF_INET : AF_INET6, word,
		(unsigned)strtoul(text + digits + 1, NULL, 16));
	return 0;
}

/* "0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 ... inode ..." */
static void read_inet_line(struct socks *all, const char *line, int type)
{
	char from[64];
	char to[64];
	struct sock s = { .type = type };
	struct sock *place;

	if (sscanf(line, "%*s %63s %63s %x %x:%x %*s %*s %*s %*s %llu", from,
		   to, &s.state, &s.sent, &s.to_read, &s.ino) != 6)
		return;
	if (read_end(&s.from, from) == -1)
		return;
	if (read_end(&s.to, to) == -1)
		return;
	place = add(all);
	if (place)
		*place = s;
}

static int read_list(struct socks *all, pid_t pid, const char *name, int type)
{
	char path[64];
	char line[512];
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/net/%s", (int)pid, name);
	f = fopen(path, "re");
	if (!f)
		return -1;
	while (fgets(line, sizeof line, f) != NULL) {
		if (type == 0)
			read_unix_line(all, line);
		else
			read_inet_line(all, line, type);
	}
	fclose(f);
	return 0;
}

static void read_lists(struct socks *all, pid_t pid, enum socks_kind kind)
{
	all->n = 0;
	if (kind == SOCKS_UNIX) {
		read_list(all, pid, "unix", 0);
	} else if (kind == SOCKS_TCP) {
		read_list(all, pid, "tcp", SOCK_STREAM);
		read_list(all, pid, "tcp6", SOCK_STREAM);
	} else {
		read_list(all, pid, "udp", SOCK_DGRAM);
		read_list(all, pid, "udp6", SOCK_DGRAM);
	}
}

void socks_read(struct socks *all, pid_t pid, enum socks_kind kind)
{
	memset(all, 0, sizeof *all);
	all->has_peers = 1;
	if (ask_space_of(all, pid, kind) == 0)
		return;
	all->has_peers = 0;
	read_lists(all, pid, kind);
}
