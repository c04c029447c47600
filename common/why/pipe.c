/*
 * pipe.c - pipes and FIFOs: who has the other end?
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>

#include "inside.h"

enum { NAMED = 8 };	/* so many partners are enough for a sentence */

/* May descriptor FD of PID do what the wait is for? */
static int is_open_for(pid_t pid, int fd, enum way way)
{
	int mode = fd_mode(pid, fd);

	return mode == O_RDWR || mode == (way == READS ? O_WRONLY : O_RDONLY);
}

static void name_partner(struct wait *w, const struct holder *h, size_t nth,
			 enum way way)
{
	char buf[WHO];

	if (nth > NAMED)
		return;
	if (nth == 1)
		words_add(&w->words, "; its %s end is still open in ",
			  way == READS ? "write" : "read");
	else
		words_add(&w->words, " and in ");
	who(h->pid, buf);
	words_add(&w->words, "%s, fd %d", h->pid == w->task.pid ?
		  "the same process" : buf, h->fd);
}

/* Name whoever has the other end of FD, which leads to LINK, open. Returns how
 * many. */
static size_t partners(struct wait *w, int fd, const char *link, enum way way)
{
	const struct holder *h;
	size_t n;
	size_t found = 0;

	if (link[0] == '/')
		h = seen_same(w->seen, w->task.tid, fd, &n);
	else
		h = seen_holders(w->seen, link, &n);
	for (size_t i = 0; i < n; i++) {
		if (!is_open_for(h[i].pid, h[i].fd, way))
			continue;
		found++;
		name_partner(w, &h[i], found, way);
		wait_ender(w, h[i].pid, 0, h[i].fd, way == READS ?
			   "write to the pipe or close it" :
			   "read from the pipe or close it");
	}
	if (found > NAMED)
		words_add(&w->words, " and in %zu more", found - NAMED);
	return found;
}

/* Nobody else can end a wait for a pipe; a FIFO's name is there for all. */
void pipe_fd(struct wait *w, int fd, const char *link, enum way way)
{
	int is_pipe = strncmp(link, "pipe:", 5) == 0;
	size_t hidden = seen_hidden(w->seen);
	size_t n;

	/* Who waits for its end only, waits for the other side of what it
	 * has. */
	if (way == OTHER) {
		int mode = fd_mode(w->task.tid, fd);

		way = mode == O_WRONLY ? PUTS : READS;
	}

	wait_object(w, is_pipe ? "pipe" : "FIFO", fd, link);
	if (is_pipe)
		words_add(&w->words, "fd %d, a pipe", fd);
	else
		words_add(&w->words, "fd %d, the FIFO %s", fd, link);
	if (way == WRITES)
		words_add(&w->words, " that is full");
	n = partners(w, fd, link, way);
	/* The kernel would not let it wait if there were none. */
	if (n == 0)
		words_add(&w->words, "; nobody who can be seen has its %s end "
			  "open", way == READS ? "write" : "read");
	if (is_pipe && n > 0)
		wait_closed(w, hidden);
}
