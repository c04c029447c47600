/*
 * keys.c - which object the call that is looked at names
 *
 * Each object has a number, its key. A call that gives and one that waits meet
 * where both name the same.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "relate.h"

struct event *now;
struct task *me;
long my_row;

uint64_t set_key(int64_t id)
{
	return hash_number("set", (uint64_t)id);
}

uint64_t semaphore_key(int64_t id, int64_t n)
{
	return hash_number("semaphore", (uint64_t)id * 65536 + (uint64_t)n);
}

uint64_t queue_key(int64_t id)
{
	return hash_number("message queue", (uint64_t)id);
}

uint64_t end_key(int64_t pid)
{
	return hash_number("end", (uint64_t)pid);
}

uint64_t thread_key(int64_t tid)
{
	return hash_number("thread", (uint64_t)tid);
}

uint64_t signal_key(int64_t pid)
{
	return hash_number("signal", (uint64_t)pid);
}

uint64_t group_key(int64_t pgrp)
{
	return hash_number("process group", (uint64_t)pgrp);
}

uint64_t notice_key(int64_t pid)
{
	return hash_number("notice", (uint64_t)pid);
}

uint64_t lock_key(const struct desc *d, int by_flock)
{
	return d ? hash_number(by_flock ? "flock" : "lock", d->file) : 0;
}

/* What strace says was opened: "= 3</home/door>" */
uint64_t opened_key(const struct event *e)
{
	struct piece name;
	int fd;

	return descriptor_of(e->result, &fd, &name) && name.len ?
		hash_of("file", name.s, name.len) : 0;
}

/* The futex that NOW names, or 0. */
uint64_t futex_of(const struct piece *a, size_t n)
{
	int64_t address;

	if (n < 2 || !number_of(a[0], &address))
		return 0;
	return futex_key(me, (uint64_t)address, has(a[1], "PRIVATE"));
}

int is_futex_wait(const struct piece *a, size_t n)
{
	return n > 1 && (has(a[1], "FUTEX_WAIT") || has(a[1], "FUTEX_LOCK"));
}

/* In splice() and its like, which argument is read, which written. */
void both_ways(const struct piece *a, size_t n, struct desc **in,
	       struct desc **out)
{
	size_t from = 0, to = 2;

	if (is(now->name, "tee"))
		to = 1;
	if (has(now->name, "sendfile")) {
		from = 1;
		to = 0;
	}
	*in = n > from ? desc_of(me, a[from]) : NULL;
	*out = n > to ? desc_of(me, a[to]) : NULL;
}
