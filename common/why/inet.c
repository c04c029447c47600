/*
 * inet.c - sockets of TCP and UDP: their addresses, and the peer if it is here
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "inside.h"

enum { END_TEXT = 64 };

static int is_ipv4(const struct inet_end *e)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(e->address, mapped, sizeof mapped) == 0;
}

/* "127.0.0.1:80", "[::1]:80" */
static void end_text(const struct inet_end *e, char text[END_TEXT])
{
	char address[INET6_ADDRSTRLEN] = "?";

	if (is_ipv4(e)) {
		inet_ntop(AF_INET, e->address + 12, address, sizeof address);
		snprintf(text, END_TEXT, "%s:%u", address, e->port);
	} else {
		inet_ntop(AF_INET6, e->address, address, sizeof address);
		snprintf(text, END_TEXT, "[%s]:%u", address, e->port);
	}
}

static int is_any(const struct inet_end *e)
{
	static const unsigned char none[16];
	const size_t from = is_ipv4(e) ? 12 : 0;

	return memcmp(e->address + from, none, sizeof none - from) == 0;
}

static int is_end(const struct inet_end *a, const struct inet_end *b)
{
	return a->port == b->port &&
	       memcmp(a->address, b->address, sizeof a->address) == 0;
}

/* The socket with the same two addresses the other way round. */
static const struct sock *find_peer(const struct socks *all,
				    const struct sock *s)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct sock *o = &all->v[i];

		if (o == s || !is_end(&o->from, &s->to))
			continue;
		if (is_end(&o->to, &s->from))
			return o;
	}
	return NULL;
}

/* Is END an address that no other machine has? */
static int is_loopback(const struct inet_end *e)
{
	static const unsigned char one[16] = { [15] = 1 };

	if (is_ipv4(e))
		return e->address[12] == 127;
	return memcmp(e->address, one, sizeof one) == 0;
}

/* Who is at address END, in state STATE, without a connection? A socket of any
 * address is, too, if END is surely of this machine. */
static const struct sock *find_open(const struct socks *all,
				    const struct inet_end *end,
				    unsigned state)
{
	const struct sock *any = NULL;

	for (size_t i = 0; i < all->n; i++) {
		const struct sock *o = &all->v[i];

		if (o->state != state || o->from.port != end->port)
			continue;
		if (o->to.port != 0)
			continue;
		if (is_end(&o->from, end))
			return o;
		if (is_any(&o->from))
			any = o;
	}
	if (is_loopback(end))
		return any;
	return NULL;
}

static const char *deed_of(enum way way)
{
	if (way == READS)
		return "write to the socket or close it";
	return way == OTHER ? "close the socket" :
			      "read from the socket or close it";
}

/* The queue of a listener counts one more than its limit. */
static void tell_connect(struct wait *w, const struct socks *all,
			 const struct end *end, const struct sock *s)
{
	const struct sock *o = find_open(all, &s->to, SOCK_LISTENS);
	char text[END_TEXT];

	wait_ends(w);
	end_text(&s->to, text);
	words_add(&w->words, ": %s has not answered", text);
	if (!o)
		return;
	if (all->has_peers && o->to_read > o->room)
		words_add(&w->words, "; the queue there is full (%u wait; the "
			  "limit is %u)", o->to_read, o->room);
	peer_tell(w, end, o->ino, "the listener",
		  "accept a connection or close the socket");
}

/* The kernel has made the connection, and nobody has fetched it. */
static void tell_queued(struct wait *w, const struct socks *all,
			const struct end *end, const struct sock *s)
{
	const struct sock *o = find_open(all, &s->to, SOCK_LISTENS);

	words_add(&w->words, "; nobody has accepted its connection yet");
	if (o)
		peer_tell(w, end, o->ino, "the listener",
			  "accept the connection or close the socket");
}

static void tell_connected(struct wait *w, const struct socks *all,
			   const struct end *end, const struct sock *s)
{
	const struct sock *peer = find_peer(all, s);
	const char *deed = deed_of(end->way);

	if (end->way == WRITES) {
		words_add(&w->words, ", which is full: its peer has not "
			  "received %u bytes", s->sent);
		if (peer)
			words_add(&w->words, ", and has not read %u",
				  peer->to_read);
	}
	if (peer && peer->ino != 0)
		peer_tell(w, end, peer->ino, "its peer", deed);
	else if (peer && peer->state == SOCK_CONNECTED)
		tell_queued(w, all, end, s);
	else
		words_add(&w->words, "; its peer is not in this network "
			  "namespace");
}

static void tell_tcp(struct wait *w, const struct socks *all,
		     const struct end *end, const struct sock *s)
{
	char from[END_TEXT];
	char to[END_TEXT];

	end_text(&s->from, from);
	end_text(&s->to, to);
	if (s->state == SOCK_LISTENS) {
		words_add(&w->words, "fd %d, the TCP socket %s, which listens",
			  end->fd, from);
		if (all->has_peers && s->to_read == 0)
			words_add(&w->words, ": nobody has connected");
		return;
	}
	if (s->state == SOCK_ALONE) {
		words_add(&w->words, "fd %d, a TCP socket without a "
			  "connection", end->fd);
		return;
	}
	words_add(&w->words, "fd %d, a TCP socket from %s to %s", end->fd,
		  from, to);
	if (s->state == SOCK_CONNECTS)
		tell_connect(w, all, end, s);
	else
		tell_connected(w, all, end, s);
}

/* Whoever sends to it needs no socket of its own that is connected. */
static void tell_udp(struct wait *w, const struct socks *all,
		     const struct end *end, const struct sock *s)
{
	char from[END_TEXT];
	char to[END_TEXT];
	const struct sock *peer;

	end_text(&s->from, from);
	end_text(&s->to, to);
	if (s->to.port == 0) {
		words_add(&w->words, "fd %d, the UDP socket %s", end->fd,
			  from);
		if (end->way == READS)
			words_add(&w->words, ": anybody may send to it");
		return;
	}
	words_add(&w->words, "fd %d, a UDP socket from %s to %s", end->fd,
		  from, to);
	if (end->way != READS)
		return;
	words_add(&w->words, ": only from there it receives");
	peer = find_peer(all, s);
	if (!peer)
		peer = find_open(all, &s->to, SOCK_ALONE);
	if (peer && peer->ino != 0) {
		struct end open_end = *end;

		open_end.may_end = 1;
		peer_tell(w, &open_end, peer->ino, "its peer",
			  "send to the socket");
	}
}

void inet_fd(struct wait *w, const struct end *end, enum socks_kind kind)
{
	const struct socks *all = seen_socks(w->seen, w->task.pid, kind);
	const struct sock *s = sock_find(all, end->ino);
	const char *name = kind == SOCKS_TCP ? "TCP" : "UDP";
	char link[64];

	snprintf(link, sizeof link, "socket:[%llu]", end->ino);
	wait_object(w, kind == SOCKS_TCP ? "TCP socket" : "UDP socket",
		    end->fd, link);
	if (!s)
		words_add(&w->words, "fd %d, a %s socket without an address",
			  end->fd, name);
	else if (kind == SOCKS_TCP)
		tell_tcp(w, all, end, s);
	else
		tell_udp(w, all, end, s);
}
