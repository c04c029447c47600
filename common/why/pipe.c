/*
 * pipe.c - pipes and FIFOs: who has the other end?
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>

#include "inside.h"

/* May descriptor FD of PID do what the wait is for? */
static int is_open_for(pid_t pid, int fd, enum way way)
{
	int mode = fd_mode(pid, fd);

	return mode == O_RDWR || mode == (way == READS ? O_WRONLY : O_RDONLY);
}

/* Name whoever has the other end of FD, which leads to LINK, open. Returns how
 * many. */
static size_t partners(struct wait *w, int fd, const char *link, enum way way)
{
	const char *first = "; its read end is still open in ";
	const char *deed = "read from the pipe or close it";
	const struct holder *h;
	size_t n;
	size_t found = 0;

	if (way == READS) {
		first = "; its write end is still open in ";
		deed = "write to the pipe or close it";
	}
	if (link[0] == '/')
		h = seen_same(w->seen, w->task.tid, fd, &n);
	else
		h = seen_holders(w->seen, link, &n);
	for (size_t i = 0; i < n; i++) {
		if (!is_open_for(h[i].pid, h[i].fd, way))
			continue;
		found++;
		holder_tell(w, &h[i], found, first, " and in ", deed);
	}
	holders_more(w, found);
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
