/*
 * running.c - who runs and waits for nothing: does it ask again and again?
 *
 * A descriptor whose other end is closed never lets anybody wait: read() says
 * end-of-file each time, write() EPIPE, poll() POLLHUP. A loop that takes this
 * for news uses all of a CPU.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inside.h"

enum {
	SAID = 4,		/* so many are enough for a sentence */
	ASKED = 1024,		/* descriptors of one process that are asked */
};

/* "a pipe", or the name of what has one; NULL: it has no other end. */
static const char *kind_of(pid_t tid, int fd, const char *link)
{
	struct stat st;

	if (strncmp(link, "pipe:", 5) == 0)
		return "a pipe";
	if (strncmp(link, "socket:", 7) == 0)
		return "a socket";
	if (strncmp(link, "/dev/pts/", 9) == 0 ||
	    strcmp(link, "/dev/ptmx") == 0)
		return link;
	if (*link == '/' && fd_stat(tid, fd, &st) == 0 && S_ISFIFO(st.st_mode))
		return link;
	return NULL;
}

/* A socket without a connection says POLLHUP, too: it never had another end. */
static int has_no_peer(int fd)
{
	struct sockaddr_storage peer;
	socklen_t size = sizeof peer;
	struct stat st;

	if (fstat(fd, &st) == -1 || !S_ISSOCK(st.st_mode))
		return 0;
	return getpeername(fd, (struct sockaddr *)&peer, &size) == -1;
}

/* It is the kernel that knows; poll() of a copy takes nothing away. */
static int is_closed_there(pid_t tid, int fd)
{
	int copy = fd_copy(tid, fd);
	struct pollfd p = { .fd = copy, .events = POLLRDHUP };
	int closed = 0;

	if (copy == -1)
		return 0;
	if (poll(&p, 1, 0) == 1)
		closed = (p.revents & (POLLHUP | POLLERR | POLLRDHUP)) != 0;
	if (has_no_peer(copy))
		closed = 0;
	close(copy);
	return closed;
}

/* What is said of descriptor FD, if anything is: 1. After the first ones it
 * is only counted. */
static int tell_one(struct wait *w, int fd, size_t before)
{
	char link[PATH_MAX] = "";
	const char *kind;
	int gone;

	if (proc_link(w->task.tid, fd, link, sizeof link) == -1)
		return 0;
	if (strcmp(link, "anon_inode:[eventpoll]") == 0) {
		gone = watched_closed(w->task.tid, fd);
		if (gone == -1)
			return 0;
		if (before < SAID)
			words_add(&w->words, "; its epoll set fd %d still "
				  "watches what was fd %d, which it has closed",
				  fd, gone);
		return 1;
	}
	kind = kind_of(w->task.tid, fd, link);
	if (!kind || !is_closed_there(w->task.tid, fd))
		return 0;
	if (before < SAID)
		words_add(&w->words, "; the other end of fd %d, %s, is closed",
			  fd, kind);
	return 1;
}

void running_tell(struct wait *w)
{
	size_t found = 0;
	size_t n;
	int *fd;

	words_add(&w->words, "is running: it uses the CPU and waits for "
		  "nothing");
	n = proc_numbers(w->task.tid, "fd", &fd);
	for (size_t i = 0; i < n && i < ASKED; i++)
		found += (size_t)tell_one(w, fd[i], found);
	free(fd);
	if (found > SAID)
		words_add(&w->words, " and %zu more", found - SAID);
}
