/*
 * peer.c - who has the other end of a socket?
 */
#define _GNU_SOURCE
#include <stdio.h>

#include "inside.h"

const struct sock *sock_find(const struct socks *all, unsigned long long ino)
{
	for (size_t i = 0; ino != 0 && i < all->n; i++)
		if (all->v[i].ino == ino && all->v[i].state != SOCK_QUEUED)
			return &all->v[i];
	return NULL;
}

static const struct holder *holders_of(struct wait *w, unsigned long long ino,
				       size_t *n)
{
	char link[64];

	snprintf(link, sizeof link, "socket:[%llu]", ino);
	return seen_holders(w->seen, link, n);
}

/* Whoever has our own end may end the wait by shutdown(), but for the thread
 * that waits. */
static void own_end(struct wait *w, unsigned long long ino)
{
	size_t n;
	const struct holder *h = holders_of(w, ino, &n);

	for (size_t i = 0; i < n; i++)
		if (h[i].pid != w->task.pid || w->threads > 1)
			wait_ender(w, h[i].pid, 0, h[i].fd,
				   "shut the socket down");
}

/* Nobody else comes to have it, but by a message, which circle.c asks for. */
size_t peer_tell(struct wait *w, const struct end *end, unsigned long long ino,
		 const char *role, const char *deed)
{
	size_t n;
	const struct holder *h = holders_of(w, ino, &n);
	size_t hidden = seen_hidden(w->seen);
	char first[64];

	if (n == 0) {
		words_add(&w->words, "; nobody who can be seen has %s open",
			  role);
		return 0;
	}
	snprintf(first, sizeof first, "; %s is open in ", role);
	holders_tell(w, h, n, first, deed);
	own_end(w, end->ino);
	if (!end->may_end)
		wait_closed(w, hidden);
	return n;
}
