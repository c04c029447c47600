/*
 * event.c - files without a name: eventfd, timerfd, signalfd, inotify ...
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "inside.h"

/* Others have it by fork() or a message; all of them may read and write. */
static void eventfd_partners(struct wait *w, int fd, const char *link,
			     enum way way)
{
	const char *deed = way == WRITES ? "read from the eventfd" :
					   "write to the eventfd";
	unsigned long long id;
	unsigned long long other;
	size_t n;
	const struct holder *h = seen_holders(w->seen, link, &n);

	if (!fd_info(w->task.tid, fd, "eventfd-id:", 10, &id))
		return;		/* before Linux 5.2 */
	for (size_t i = 0; i < n; i++) {
		if (!fd_info(h[i].pid, h[i].fd, "eventfd-id:", 10, &other))
			continue;
		if (other == id)
			wait_ender(w, h[i].pid, 0, h[i].fd, deed);
	}
}

/* "eventfd-count:      fffffffffffffffe" is the value, in hexadecimal. Whoever
 * writes waits since the sum would be too large. */
static void eventfd_tell(struct wait *w, int fd, const char *link,
			 enum way way)
{
	unsigned long long value;

	words_add(&w->words, "fd %d, an eventfd", fd);
	if (fd_info(w->task.tid, fd, "eventfd-count:", 16, &value))
		words_add(&w->words, " whose value is %llu", value);
	if (way == WRITES)
		words_add(&w->words, ": what it adds must wait for a read()");
	eventfd_partners(w, fd, link, way);
}

/* Some of them end a wait by themselves. An eventfd may also be told of by the
 * kernel (io_uring_register(2)), so nobody knows all who could. */
void event_fd(struct wait *w, int fd, const char *link, enum way way)
{
	const char *kind = link + strlen("anon_inode:");
	unsigned long long set;

	if (strcmp(kind, "[eventfd]") == 0) {
		wait_object(w, "eventfd", fd, "");
		eventfd_tell(w, fd, link, way);
		return;
	}
	words_add(&w->words, "fd %d, %s", fd, kind);
	if (strcmp(kind, "[timerfd]") == 0) {
		wait_object(w, "timerfd", fd, "");
		wait_ends(w);
	} else if (strcmp(kind, "inotify") == 0) {
		wait_object(w, "inotify", fd, "");
		wait_ends(w);
	} else if (strcmp(kind, "[signalfd]") == 0) {
		wait_object(w, "signalfd", fd, "");
		if (!fd_info(w->task.tid, fd, "sigmask:", 16, &set))
			set = 0;
		signal_tell(w, set);
	} else {
		wait_object(w, "file", fd, "");
	}
}
