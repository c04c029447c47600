/*
 * event.c - files without a name: eventfd, timerfd, signalfd, inotify ...
 *
 * All of a kind may have one name and one inode number in /proc. kcmp(2) tells
 * which descriptors are the same object; an eventfd has a number, too.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

/* ------------------------------------------------------- who else has it */

/* The same object? -1 if that cannot be told. */
static int is_same(const struct wait *w, int fd, const struct holder *h)
{
	unsigned long long id;
	unsigned long long other;
	int same = fd_same(w->task.tid, fd, h->pid, h->fd);

	if (same != -1)
		return same;
	if (!fd_info(w->task.tid, fd, "eventfd-id:", 10, &id))
		return -1;	/* none, or before Linux 5.2 */
	if (!fd_info(h->pid, h->fd, "eventfd-id:", 10, &other))
		return -1;
	return id == other;
}

/* Others have it by fork() or a message; all of them may do the same with it.
 * Our own process counts if it has other threads. */
static void others_tell(struct wait *w, int fd, const char *link,
			const char *deed)
{
	size_t n;
	const struct holder *h = seen_holders(w->seen, link, &n);
	size_t hidden = seen_hidden(w->seen);
	size_t found = 0;
	size_t unknown = 0;

	for (size_t i = 0; i < n; i++) {
		int same;

		if (h[i].pid == w->task.pid && w->threads == 1)
			continue;
		same = is_same(w, fd, &h[i]);
		if (same == -1)
			unknown++;
		if (same == 1 && h[i].pid == w->task.pid)
			wait_ender(w, h[i].pid, 0, h[i].fd, deed);
		else if (same == 1)
			holder_tell(w, &h[i], ++found, "; it is open in ",
				    " and in ", deed);
	}
	holders_more(w, found);
	if (found > 0)
		words_add(&w->words, ", too");
	else if (unknown > 0)
		words_add(&w->words, "; who else has it cannot be told");
	else if (w->threads == 1)
		wait_nobody(w, "has it", hidden);
}

/* --------------------------------------------------------- kind by kind */

/* "eventfd-count:      fffffffffffffffe" is the value, in hexadecimal. Whoever
 * writes waits since the sum would be too large. The kernel may write to it,
 * too (io_uring_register(2)), so nobody knows all who could. */
static void eventfd_tell(struct wait *w, int fd, const char *link,
			 enum way way)
{
	unsigned long long value;

	wait_object(w, "eventfd", fd, "");
	words_add(&w->words, "fd %d, an eventfd", fd);
	if (fd_info(w->task.tid, fd, "eventfd-count:", 16, &value))
		words_add(&w->words, " whose value is %llu", value);
	if (way == WRITES)
		words_add(&w->words, ": what it adds must wait for a read()");
	others_tell(w, fd, link, way == WRITES ? "read from the eventfd" :
						 "write to the eventfd");
}

/* "it_value: (4999, 900000000)" is the time that is left: 1 if it is there. */
static int read_timer(pid_t tid, int fd, double *left)
{
	char name[64];
	char text[1024];
	const char *at;
	unsigned long long s;
	unsigned long long ns;

	snprintf(name, sizeof name, "fdinfo/%d", fd);
	if (proc_read(tid, name, text, sizeof text) <= 0)
		return 0;
	at = strstr(text, "it_value:");
	if (!at || sscanf(at, "it_value: (%llu, %llu)", &s, &ns) != 2)
		return 0;
	*left = (double)s + (double)ns / 1e9;
	return 1;
}

/* One that is not set only ends a wait when somebody sets it. */
static void timerfd_tell(struct wait *w, int fd, const char *link)
{
	double left = 0;
	int is_known = read_timer(w->task.tid, fd, &left);

	wait_object(w, "timerfd", fd, "");
	words_add(&w->words, "fd %d, a timerfd", fd);
	if (is_known && left <= 0) {
		words_add(&w->words, " that is not set");
		others_tell(w, fd, link, "set the timer");
		return;
	}
	wait_ends(w);
	if (!is_known)
		return;
	words_add(&w->words, " that expires in %.1f s", left);
	if (!w->watches)
		w->is->left_s = left;
}

static void signalfd_tell(struct wait *w, int fd)
{
	unsigned long long set;

	wait_object(w, "signalfd", fd, "");
	words_add(&w->words, "fd %d, a signalfd", fd);
	if (!fd_info(w->task.tid, fd, "sigmask:", 16, &set))
		set = 0;
	signal_tell(w, set);
}

/* The number behind "Pid:" is one of our own namespace. Nothing but the end of
 * that process ends the wait. */
static void pidfd_tell(struct wait *w, int fd)
{
	unsigned long long number;
	char buf[WHO];
	pid_t pid = 0;

	wait_object(w, "pidfd", fd, "");
	if (fd_info(w->task.tid, fd, "Pid:", 10, &number))
		pid = (pid_t)number;
	if (pid <= 0) {
		words_add(&w->words, "fd %d, a pidfd of a process that has "
			  "no number here", fd);
		return;
	}
	who(pid, buf);
	words_add(&w->words, "fd %d, a pidfd of %s", fd, buf);
	wait_ender(w, pid, 0, -1, "end");
	wait_closed(w, 0);
}

enum { PLACES = 4 };	/* so many watched files are enough for a sentence */

/* "inotify wd:1 ino:9e7e sdev:800013 mask: ..." is a file that is watched; its
 * device is the kernel's number, with 20 bits for the minor one. */
static int read_place(const char *line, unsigned long long *ino,
		      unsigned *device)
{
	const char *at = strstr(line, "ino:");

	if (!at)
		return 0;
	return sscanf(at, "ino:%llx sdev:%x", ino, device) == 2;
}

/* Whoever changes one of these files ends the wait. */
static void inotify_tell(struct wait *w, int fd)
{
	char path[64];
	char line[512];
	unsigned long long ino;
	unsigned device;
	size_t n = 0;
	FILE *f;

	wait_object(w, "inotify", fd, "");
	wait_ends(w);
	words_add(&w->words, "fd %d, an inotify instance", fd);
	snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", (int)w->task.tid,
		 fd);
	f = fopen(path, "re");
	if (!f)
		return;
	while (fgets(line, sizeof line, f) != NULL) {
		if (strncmp(line, "inotify", 7) != 0)
			continue;
		if (!read_place(line, &ino, &device))
			continue;
		n++;
		if (n <= PLACES)
			words_add(&w->words, "%s inode %llu of device %u:%u",
				  n == 1 ? " that watches" : " and", ino,
				  device >> 20, device & 0xfffff);
	}
	fclose(f);
	if (n > PLACES)
		words_add(&w->words, " and %zu more", n - PLACES);
	if (n == 0)
		words_add(&w->words, " that watches nothing");
}

/* Those of which no more is told. What ends them is not known here. */
static const struct {
	const char *link, *kind, *words;
} others[] = {
	{ "[eventpoll]", "epoll", "an epoll instance" },
	{ "[fanotify]", "fanotify", "a fanotify group: it waits for what "
	  "others do with the files that it watches" },
	{ "[userfaultfd]", "userfaultfd", "a userfaultfd: it waits until "
	  "somebody touches the memory that it is for" },
	{ "[io_uring]", "io_uring", "an io_uring: it waits for one of its "
	  "operations to end" },
	{ "[perf_event]", "perf event", "a perf event" },
};

static void other_tell(struct wait *w, int fd, const char *name)
{
	for (size_t i = 0; i < LENGTH(others); i++) {
		if (strcmp(name, others[i].link) != 0)
			continue;
		wait_object(w, others[i].kind, fd, "");
		words_add(&w->words, "fd %d, %s", fd, others[i].words);
		return;
	}
	wait_object(w, "file", fd, "");
	words_add(&w->words, "fd %d, %s", fd, name);
}

void event_fd(struct wait *w, int fd, const char *link, enum way way)
{
	const char *name = link + strlen("anon_inode:");

	if (strcmp(name, "[eventfd]") == 0)
		eventfd_tell(w, fd, link, way);
	else if (strcmp(name, "[timerfd]") == 0)
		timerfd_tell(w, fd, link);
	else if (strcmp(name, "[signalfd]") == 0)
		signalfd_tell(w, fd);
	else if (strcmp(name, "[pidfd]") == 0)
		pidfd_tell(w, fd);
	else if (strcmp(name, "inotify") == 0)
		inotify_tell(w, fd);
	else
		other_tell(w, fd, name);
}
