/*
 * unix.c - sockets of AF_UNIX: their names, peers, queues; see unix(7)
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "inside.h"

static const char *type_name(int type)
{
	if (type == SOCK_STREAM)
		return "stream";
	return type == SOCK_SEQPACKET ? "seqpacket" : "datagram";
}

/* ------------------------------------------------ addresses of a call */

/* A relative path begins in the current folder of the process. 0 if there is
 * no such file. */
static unsigned long long file_of(const struct task *t, const char *path)
{
	char whole[PATH_MAX];
	struct stat st;

	snprintf(whole, sizeof whole, "/proc/%d/%s/%s", (int)t->tid,
		 *path == '/' ? "root" : "cwd", path);
	if (stat(whole, &st) == -1)
		return 0;
	return st.st_ino;
}

/* The address at AT, of SIZE bytes, as a name of struct sock: 1 if there is
 * one. */
static int read_address(const struct task *t, unsigned long long at,
			unsigned long long size, char *name)
{
	const size_t head = offsetof(struct sockaddr_un, sun_path);
	struct sockaddr_un a;
	ssize_t got;
	size_t n;

	memset(&a, 0, sizeof a);
	if (at == 0 || size <= head)
		return 0;
	if (size > sizeof a)
		size = sizeof a;
	got = task_peek(t, at, &a, (size_t)size);
	if (got != (ssize_t)size || a.sun_family != AF_UNIX)
		return 0;
	n = (size_t)size - head;
	if (a.sun_path[0] != '\0')
		n = strnlen(a.sun_path, n);
	memcpy(name, a.sun_path, n);
	for (size_t i = 0; i < n; i++)
		if (name[i] == '\0')
			name[i] = '@';
	name[n] = '\0';
	return 1;
}

/* To whom a call sends: 1 if it says so itself. */
static int read_receiver(const struct task *t, char *name)
{
	unsigned long long message[2];

	if (!t->name)
		return 0;
	if (strcmp(t->name, "sendto") == 0)
		return read_address(t, t->arg[4], t->arg[5], name);
	if (strcmp(t->name, "sendmsg") != 0)
		return 0;
	if (task_words(t, t->arg[1], message, 2) == -1)
		return 0;
	return read_address(t, message[0], message[1] & 0xffffffff, name);
}

/* Where its file is known, that counts: another process may have called it by
 * another name. */
static int is_there(const struct sock *s, unsigned long long file,
		    const char *name)
{
	if (file != 0 && s->file != 0)
		return s->file == file;
	return strcmp(s->name, name) == 0;
}

/* Who is at that address, in state STATE? NULL if nobody is known. */
static const struct sock *find_at(const struct wait *w,
				  const struct socks *all, const char *name,
				  unsigned state)
{
	unsigned long long file = 0;

	if (name[0] != '@')
		file = file_of(&w->task, name);
	for (size_t i = 0; i < all->n; i++) {
		const struct sock *s = &all->v[i];

		if (s->state != state || s->name[0] == '\0')
			continue;
		if (is_there(s, file, name))
			return s;
	}
	return NULL;
}

/* ------------------------------------------------------------ the waits */

static void say(struct wait *w, const struct end *end, const struct sock *s)
{
	const char *type = type_name(s->type);

	if (s->name[0] == '\0')
		words_add(&w->words, "fd %d, a Unix %s socket", end->fd, type);
	else if (s->state == SOCK_CONNECTED && s->type != SOCK_DGRAM)
		words_add(&w->words, "fd %d, a Unix %s socket of %s", end->fd,
			  type, s->name);
	else
		words_add(&w->words, "fd %d, the Unix %s socket %s", end->fd,
			  type, s->name);
}

/* Anybody may connect. */
static void tell_listener(struct wait *w, const struct socks *all,
			  const struct sock *s)
{
	words_add(&w->words, ", which listens");
	if (all->has_peers && s->to_read == 0)
		words_add(&w->words, ": nobody has connected");
	else if (all->has_peers)
		words_add(&w->words, ": %u in its queue", s->to_read);
}

/* connect() waits if there is no room in the queue of the listener. */
static void tell_connect(struct wait *w, const struct socks *all,
			 const struct end *end)
{
	char name[SOCK_NAME] = "";
	const struct sock *s;

	if (!read_address(&w->task, w->task.arg[1], w->task.arg[2], name))
		return;
	s = find_at(w, all, name, SOCK_LISTENS);
	words_add(&w->words, ": the queue of %s is full", name);
	if (!s) {
		words_add(&w->words, "; who listens there cannot be seen");
		return;
	}
	if (all->has_peers)
		words_add(&w->words, " (%u wait; the limit is %u)",
			  s->to_read, s->room);
	peer_tell(w, end, s->ino, "the listener",
		  "accept a connection or close the socket");
}

/* The client of S has connected, and nobody has accepted it: the listener in
 * whose queue it is, or NULL. */
static const struct sock *queue_of(const struct socks *all,
				   const struct sock *s)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].state == SOCK_QUEUED && all->v[i].ino == s->ino)
			return sock_find(all, all->v[i].peer);
	return NULL;
}

static const char *deed_of(const struct end *end, int type)
{
	if (end->way == READS)
		return type == SOCK_DGRAM ? "send to the socket" :
					    "write to the socket or close it";
	if (end->way == OTHER)
		return "close the socket";
	return "read from the socket or close it";
}

/* Whoever made the peer may not have it any more, but is known also where this
 * user may not look into the process. */
static void maker_tell(struct wait *w, int fd)
{
	struct ucred maker = { .pid = 0 };
	socklen_t size = sizeof maker;
	int copy = fd_copy(w->task.tid, fd);
	char buf[WHO];

	if (copy == -1)
		return;
	if (getsockopt(copy, SOL_SOCKET, SO_PEERCRED, &maker, &size) == -1)
		maker.pid = 0;
	close(copy);
	if (maker.pid <= 0)
		return;
	who(maker.pid, buf);
	words_add(&w->words, "; it was made by %s", buf);
}

static void tell_connected(struct wait *w, const struct socks *all,
			   const struct end *end, const struct sock *s)
{
	const struct sock *queue = queue_of(all, s);
	const struct sock *peer = sock_find(all, s->peer);
	const char *deed = deed_of(end, s->type);

	if (s->state == SOCK_ALONE && all->has_peers && s->peer == 0) {
		words_add(&w->words, " without a connection");
		return;
	}
	if (queue) {
		words_add(&w->words, " whose connection to %s nobody has "
			  "accepted yet", queue->name);
		peer_tell(w, end, queue->ino, "the listener",
			  "accept the connection or close the socket");
		return;
	}
	if (peer && peer->name[0] != '\0')
		words_add(&w->words, " connected to %s", peer->name);
	if (end->way == WRITES && s->type != SOCK_DGRAM)
		words_add(&w->words, " that is full");
	if (!all->has_peers) {
		words_add(&w->words, "; who its peer is cannot be seen");
		return;
	}
	if (peer_tell(w, end, s->peer, "its peer", deed) == 0)
		maker_tell(w, end->fd);
}

/* A message waits for room in the box of its receiver, or for room for all
 * that was sent and is not received yet, wherever that is. */
static void tell_send(struct wait *w, const struct socks *all,
		      const struct end *end, const struct sock *s)
{
	char name[SOCK_NAME] = "";
	const struct sock *to = NULL;
	struct end open_end = *end;

	open_end.may_end = 1;	/* others may have what it sent before */
	if (!read_receiver(&w->task, name)) {
		to = sock_find(all, s->peer);
		if (to)
			snprintf(name, sizeof name, "%s", to->name);
	} else {
		to = find_at(w, all, name, SOCK_ALONE);
		if (!to)
			to = find_at(w, all, name, SOCK_CONNECTED);
	}
	if (!all->has_peers)
		words_add(&w->words, ": what was sent before has not been "
			  "received yet");
	else if (s->may_send > 0 && s->sent >= s->may_send)
		words_add(&w->words, ": all that it may send at once has not "
			  "been received yet");
	else if (*name)
		words_add(&w->words, ": the queue of %s is full", name);
	else
		words_add(&w->words, ": the queue of its receiver is full");
	if (to && to->ino != 0)
		peer_tell(w, &open_end, to->ino, "its receiver",
			  "receive from the socket or close it");
}

/* Only the peer of a connected one may send to it; one with neither name nor
 * peer gets nothing. */
static void tell_receive(struct wait *w, const struct socks *all,
			 const struct end *end, const struct sock *s)
{
	if (s->peer != 0)
		tell_connected(w, all, end, s);
	else if (s->name[0] != '\0')
		words_add(&w->words, ": anybody may send to it");
	else if (all->has_peers)
		words_add(&w->words, ": it has neither a name nor a peer, so "
			  "nobody can send to it");
}

void unix_fd(struct wait *w, const struct end *end)
{
	const struct socks *all = seen_socks(w->seen, w->task.pid,
					     SOCKS_UNIX);
	const struct sock *s = sock_find(all, end->ino);
	char name[64];

	snprintf(name, sizeof name, "socket:[%llu]", end->ino);
	wait_object(w, "Unix socket", end->fd, name);
	if (!s) {
		words_add(&w->words, "fd %d, a Unix socket; no more can be "
			  "seen of it", end->fd);
		return;
	}
	say(w, end, s);
	if (s->state == SOCK_LISTENS)
		tell_listener(w, all, s);
	else if (strcmp(w->is->call, "connect") == 0)
		tell_connect(w, all, end);
	else if (s->type != SOCK_DGRAM)
		tell_connected(w, all, end, s);
	else if (end->way == WRITES || end->way == PUTS)
		tell_send(w, all, end, s);
	else
		tell_receive(w, all, end, s);
}
