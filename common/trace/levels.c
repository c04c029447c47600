/*
 * levels.c - how much lies in a pipe or a socket, and how many connections wait
 *
 * Who finds what it wants does not wait, however long its call takes.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "relate.h"

enum {
	ROOM = 4096,		/* if less lies in a pipe, there is room ... */
	MUCH = 32768,		/* ... for so much */
};

/* Connections that nobody has accepted, and how many there may be. */
static uint64_t waiting_key(uint64_t address)
{
	return address ? hash_number("waiting", address) : 0;
}

static uint64_t backlog_key(uint64_t address)
{
	return address ? hash_number("backlog", address) : 0;
}

void note_backlog(const struct piece *a, size_t n, const struct desc *d)
{
	int64_t most;

	if (n < 2 || !d || !d->address || !number_of(a[1], &most) || most < 0)
		return;
	object_empty(backlog_key(d->address));
	object_fill(backlog_key(d->address), most + 1);
}

/* connect() of a stream in the file system waits only while the queue is full.
 * One of TCP waits for the other host, not for accept(). */
static int connect_waits(const struct piece *a, size_t n)
{
	uint64_t address = n > 1 && has(a[1], "sun_path") ?
		address_key(a[1]) : 0;
	int64_t most = object_level(backlog_key(address));

	return most > 0 && object_level(waiting_key(address)) >= most;
}

/* Is it a pipe or a socket, of which we know how much lies in it? */
static int has_level(const struct desc *d)
{
	return d && (d->kind == D_PIPE || d->kind == D_FIFO ||
		     d->kind == D_SOCKET);
}

/* How many bytes the write NOW has; 0 if that is not known. */
static int64_t size_of_write(void)
{
	struct piece a[3];
	int64_t size;

	if (split(now->args, a, 3) < 3 || !number_of(a[2], &size) || size < 0)
		return 0;
	return size;
}

/* A read that finds data and a write that finds room do not wait, however long
 * they take: the processor was busy with others. What such a write gives is
 * there when it begins, if there is room for all of it. One that must wait has
 * filled all room. */
void note_level(void)
{
	struct piece a[2];
	size_t n = split(now->args, a, 2);
	struct desc *d = n ? desc_of(me, a[0]) : NULL;
	int64_t size;

	if (!has_level(d))
		return;
	if (now->call->what == CONNECT) {
		now->at_once = !connect_waits(a, n);
	} else if (now->call->what == READ) {
		if (now->to == FOREVER && object_level(d->own) < 0)
			object_empty(d->own);	/* it was not new */
		now->at_once = object_level(d->own) > 0;
	} else if (now->call->what == WRITE) {
		size = size_of_write();
		now->at_once = object_level(d->peer) < ROOM;
		if (now->at_once && size > 0 && size <= MUCH)
			now->effect = now->from;
		object_fill(d->peer, size);
	}
}

void change_level(void)
{
	struct piece a[2];
	size_t n = split(now->args, a, 2);
	struct desc *d = n ? desc_of(me, a[0]) : NULL;
	int64_t done = now->has_value && now->value > 0 ? now->value : 0;

	if (!has_level(d))
		return;
	if (now->call->what == CONNECT && n > 1 && now->has_value &&
	    now->value == 0)
		object_fill(waiting_key(address_key(a[1])), 1);
	else if (now->call->what == ACCEPT && now->value >= 0)
		object_fill(waiting_key(d->address), -(int64_t)now->has_value);
	else if (now->call->what == READ && strcmp(now->err, "EAGAIN") == 0)
		object_empty(d->own);
	else if (now->call->what == READ)
		object_fill(d->own, -done);
	else if (now->call->what == WRITE)	/* if it waited, see above */
		object_fill(d->peer, now->drawn == 2 ? done - size_of_write() :
			    done);
}
