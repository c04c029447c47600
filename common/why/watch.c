/*
 * watch.c - waits for several descriptors: poll(), select(), epoll_wait()
 */
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "inside.h"

enum {
	WATCHED = 4,		/* so many of them are enough for a sentence */
	SETS = 65536,		/* descriptors of a select() that are read */
};

/* One descriptor that is watched: the Nth. Whoever could end that wait counts
 * for all of them, the words for the first ones alone. Where HAS is not NULL
 * its words are said behind it. */
static void watch(struct wait *w, int fd, enum way way, size_t *n,
		  const char *has)
{
	size_t len = w->words.len;

	w->watches = 1;
	(*n)++;
	words_add(&w->words, *n == 1 ? " on " : " and ");
	fd_tell(w, fd, way);
	if (has)
		words_add(&w->words, "%s", has);
	if (*n <= WATCHED)
		return;
	w->words.len = len;
	w->words.buf[len] = '\0';
}

/* All have been watched: how many were not named? */
static void watched(struct wait *w, size_t n)
{
	if (n > WATCHED)
		words_add(&w->words, " and %zu more", n - WATCHED);
}

/* It watches nothing, so nothing but its time limit or a signal ends it. Some
 * processors have no call for pause(): their C library makes this one. */
static void watches_nothing(struct wait *w)
{
	wait_object(w, "signal", -1, "");
	words_add(&w->words, " without a descriptor");
	if (w->ends) {
		words_add(&w->words, ": it sleeps until a time has passed");
		wait_signal(w);
	} else {
		signal_tell(w, 0);
	}
}

/* ---------------------------------------------------------------- poll() */

static enum way way_of(unsigned events)
{
	if (events & POLLIN)
		return READS;
	return events & POLLOUT ? WRITES : OTHER;
}

/* The first descriptors that a poll() is given. */
struct polled {
	struct {
		int fd;
		enum way way;
	} v[WATCHED];
	size_t n;
};

/* Was this one given before? Some programs do that. For an error alone, which
 * poll() always tells of, it makes no difference. */
static int is_polled(struct polled *before, int fd, enum way way)
{
	for (size_t i = 0; i < before->n; i++) {
		if (before->v[i].fd != fd)
			continue;
		if (way == OTHER || before->v[i].way == way)
			return 1;
	}
	if (before->n < WATCHED) {
		before->v[before->n].fd = fd;
		before->v[before->n].way = way;
		before->n++;
	}
	return 0;
}

/* Those that are watched for something, or those that are watched for an error
 * alone. poll() passes over negative descriptors. */
static void watch_polled(struct wait *w, int for_errors, struct polled *before,
			 size_t *n)
{
	const unsigned long long *arg = w->task.arg;

	for (unsigned long long i = 0; i < arg[1]; i++) {
		struct pollfd p;
		enum way way;
		ssize_t got = task_peek(&w->task, arg[0] + i * sizeof p, &p,
					sizeof p);

		if (got != sizeof p)
			return;
		way = way_of((unsigned)p.events);
		if (p.fd < 0 || (way == OTHER) != for_errors)
			continue;
		if (!is_polled(before, p.fd, way))
			watch(w, p.fd, way, n, NULL);
	}
}

void on_poll(struct wait *w, const struct known *k)
{
	struct polled before = { .n = 0 };
	size_t n = 0;

#ifndef SYS_pause
	if (w->task.arg[0] == 0 && w->task.arg[1] == 0 && !w->ends) {
		const struct known pause = { .say = "pause" };

		on_signal(w, &pause);
		return;
	}
#endif
	words_add(&w->words, "is blocked in %s()", k->say);
	watch_polled(w, 0, &before, &n);
	watch_polled(w, 1, &before, &n);
	watched(w, n);
	if (n == 0)
		watches_nothing(w);
}

/* -------------------------------------------------------------- select() */

/* A set: bits in words of the process's own width. It ends after descriptor
 * ARG[0]. */
static void watch_set(struct wait *w, unsigned long long at, enum way way,
		      size_t *n)
{
	int end = (int)w->task.arg[0];
	int bits = w->task.bits;
	unsigned long long word = 0;

	if (end > SETS)
		end = SETS;
	if (at == 0)
		return;
	for (int fd = 0; fd < end; fd++) {
		unsigned long long from = at + (unsigned)(fd / bits * bits / 8);

		if (fd % bits == 0) {
			if (task_words(&w->task, from, &word, 1) == -1)
				return;
		}
		if (word >> fd % bits & 1)
			watch(w, fd, way, n, NULL);
	}
}

void on_select(struct wait *w, const struct known *k)
{
	size_t n = 0;

	words_add(&w->words, "is blocked in %s()", k->say);
	watch_set(w, w->task.arg[1], READS, &n);
	watch_set(w, w->task.arg[2], WRITES, &n);
	watch_set(w, w->task.arg[3], OTHER, &n);
	watched(w, n);
	if (n == 0)
		watches_nothing(w);
}

/* ----------------------------------------------------------- epoll_wait() */

/* "tfd:        5 events:       19 data: ... pos:0 ino:7b sdev:e" is a
 * descriptor that it watches. The number is the one that it was added by: the
 * process may have closed it, and the file stays watched while somebody has it
 * open (epoll(7), questions 6 and 7). */
struct watched {
	int fd;
	unsigned events;
	unsigned long long ino;
};

/* 1 if LINE is one. */
static int read_watched(const char *line, struct watched *x)
{
	const char *ino = strstr(line, "ino:");

	x->ino = 0;
	if (ino)
		x->ino = strtoull(ino + 4, NULL, 16);
	return sscanf(line, "tfd: %d events: %x", &x->fd, &x->events) == 2;
}

/* Has process PID another file than X by that number, or none? */
static int is_closed(pid_t pid, const struct watched *x)
{
	unsigned long long ino;

	if (fd_mode(pid, x->fd) == -1)
		return 1;
	if (!fd_info(pid, x->fd, "ino:", 10, &ino))
		return 0;	/* before Linux 5.14 */
	return ino != x->ino;
}

/* The words for descriptor FD that is watched with EPOLLET, into BUF; NULL if
 * it makes no difference, since there is nothing to read. */
static const char *edge_words(const struct wait *w, int fd, enum way way,
			      char *buf, size_t size)
{
	int n = -1;

	if (way == READS)
		n = fd_unread(w->task.tid, fd);
	if (n == 0)
		return NULL;
	snprintf(buf, size, " (EPOLLET: it tells of what comes, not of what "
		 "has come before and is still there");
	if (n > 0)
		snprintf(buf + strlen(buf), size - strlen(buf), ": %d %s", n,
			 n == 1 ? "byte" : "bytes");
	snprintf(buf + strlen(buf), size - strlen(buf), ")");
	return buf;
}

static void watch_one(struct wait *w, const struct watched *x, size_t *n)
{
	const unsigned told = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP;
	enum way way = way_of(x->events);
	const char *has = NULL;
	char words[128];

	if (is_closed(w->task.tid, x)) {
		(*n)++;
		wait_object(w, "", -1, "");
		if (*n <= WATCHED)
			words_add(&w->words, "%s what was fd %d, which this "
				  "process has closed, and somebody has open "
				  "still", *n == 1 ? " on" : " and", x->fd);
		return;
	}
	if (x->events & EPOLLONESHOT && !(x->events & told)) {
		way = OTHER;
		has = " (EPOLLONESHOT: it has told of it, and tells no more "
		      "until epoll_ctl() asks again)";
	} else if (x->events & EPOLLET) {
		way = way == WRITES ? PUTS : way;
		has = edge_words(w, x->fd, way, words, sizeof words);
	}
	watch(w, x->fd, way, n, has);
}

void watched_by(struct wait *w, int fd)
{
	char path[64];
	char line[512];
	struct watched x;
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", (int)w->task.tid,
		 fd);
	f = fopen(path, "re");
	if (!f)
		return;
	while (fgets(line, sizeof line, f) != NULL) {
		if (read_watched(line, &x))
			watch_one(w, &x, &n);
	}
	fclose(f);
	watched(w, n);
	if (n == 0)
		watches_nothing(w);
}

int watched_closed(pid_t pid, int fd)
{
	char path[64];
	char line[512];
	struct watched x;
	int closed = -1;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", (int)pid, fd);
	f = fopen(path, "re");
	if (!f)
		return -1;
	while (closed == -1 && fgets(line, sizeof line, f) != NULL) {
		if (!read_watched(line, &x))
			continue;
		if (is_closed(pid, &x))
			closed = x.fd;
	}
	fclose(f);
	return closed;
}

void on_epoll(struct wait *w, const struct known *k)
{
	words_add(&w->words, "is blocked in %s()", k->say);
	watched_by(w, (int)w->task.arg[0]);
}
