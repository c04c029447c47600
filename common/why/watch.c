/*
 * watch.c - waits for several descriptors: poll(), select(), epoll_wait()
 */
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/syscall.h>

#include "inside.h"

enum { WATCHED = 4 };	/* so many of them are enough for a sentence */

static void watch(struct wait *w, int fd, enum way way, size_t *n)
{
	(*n)++;
	if (*n > WATCHED)
		return;
	words_add(&w->words, *n == 1 ? " on " : " and ");
	fd_tell(w, fd, way);
}

/* It watches nothing, so nothing but its time limit or a signal ends it. Some
 * processors have no call for pause(): their C library makes this one. */
static void watches_nothing(struct wait *w)
{
	wait_object(w, "signal", -1, "");
	if (w->ends)
		words_add(&w->words, " without a descriptor: it sleeps until "
			  "a time has passed");
	else
		words_add(&w->words, " without a descriptor: it waits for a "
			  "signal");
	wait_signal(w);
}

/* poll() passes over negative descriptors. */
void on_poll(struct wait *w, const struct known *k)
{
	const unsigned long long *arg = w->task.arg;
	size_t n = 0;

#ifndef SYS_pause
	if (arg[0] == 0 && arg[1] == 0 && !w->ends) {
		const struct known pause = { .say = "pause" };

		on_signal(w, &pause);
		return;
	}
#endif
	words_add(&w->words, "is blocked in %s()", k->say);
	for (unsigned long long i = 0; i < arg[1] && n < WATCHED; i++) {
		struct pollfd p;
		ssize_t got = task_peek(&w->task, arg[0] + i * sizeof p, &p,
					sizeof p);

		if (got != sizeof p)
			return;
		if (p.fd >= 0)
			watch(w, p.fd, p.events & POLLIN ? READS : WRITES, &n);
	}
	if (n == 0)
		watches_nothing(w);
}

/* A set of select(), which ends after descriptor ARG[0]. */
static void watch_set(struct wait *w, unsigned long long at, enum way way,
		      size_t *n)
{
	unsigned char set[FD_SETSIZE / 8] = { 0 };
	int end = (int)w->task.arg[0];

	if (end > FD_SETSIZE)
		end = FD_SETSIZE;
	if (at == 0 || end <= 0)
		return;
	if (task_peek(&w->task, at, set, ((size_t)end + 7) / 8) <= 0)
		return;
	for (int fd = 0; fd < end; fd++)
		if (set[fd / 8] >> fd % 8 & 1)
			watch(w, fd, way, n);
}

void on_select(struct wait *w, const struct known *k)
{
	size_t n = 0;

	words_add(&w->words, "is blocked in %s()", k->say);
	watch_set(w, w->task.arg[1], READS, &n);
	watch_set(w, w->task.arg[2], WRITES, &n);
	watch_set(w, w->task.arg[3], OTHER, &n);
	if (n == 0)
		watches_nothing(w);
}

/* "tfd:        5 events:       19 ..." is a descriptor that it watches. */
void on_epoll(struct wait *w, const struct known *k)
{
	char name[64];
	char text[4096];
	const char *at;
	size_t n = 0;

	words_add(&w->words, "is blocked in %s()", k->say);
	snprintf(name, sizeof name, "fdinfo/%d", (int)w->task.arg[0]);
	if (proc_read(w->task.pid, name, text, sizeof text) <= 0)
		return;
	for (at = strstr(text, "tfd:"); at; at = strstr(at + 4, "tfd:")) {
		unsigned events = 0;
		int fd = -1;

		if (sscanf(at, "tfd: %d events: %x", &fd, &events) == 2)
			watch(w, fd, events & POLLIN ? READS : WRITES, &n);
	}
	if (n == 0)
		watches_nothing(w);
}
