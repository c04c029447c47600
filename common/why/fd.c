/*
 * fd.c - a descriptor of any kind, and the calls that are given one
 */
#define _GNU_SOURCE
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "inside.h"

/* What it is cannot be told by its name alone: a FIFO, a terminal. */
static void file_tell(struct wait *w, int fd, const char *link, enum way way)
{
	struct stat st = { .st_mode = 0 };

	if (fd_stat(w->task.tid, fd, &st) == -1)
		st.st_mode = 0;
	if (S_ISFIFO(st.st_mode)) {
		pipe_fd(w, fd, link, way);
	} else if (S_ISCHR(st.st_mode)) {
		terminal_fd(w, fd, link, way);
	} else if (is_queue(w->task.tid, fd, link)) {
		queue_fd(w, fd, link, way);
	} else {
		wait_object(w, "file", fd, link);
		words_add(&w->words, "fd %d, %s", fd, link);
	}
}

void fd_tell(struct wait *w, int fd, enum way way)
{
	char link[PATH_MAX] = "";

	if (proc_link(w->task.tid, fd, link, sizeof link) == -1) {
		wait_object(w, "", fd, "");
		words_add(&w->words, "fd %d", fd);
	} else if (strncmp(link, "socket:", 7) == 0) {
		socket_fd(w, fd, link, way);
	} else if (strncmp(link, "anon_inode:", 11) == 0) {
		event_fd(w, fd, link, way);
	} else {
		file_tell(w, fd, link, way);
	}
}

void on_fd(struct wait *w, const struct known *k)
{
	words_add(&w->words, "is blocked in %s() on ", k->say);
	fd_tell(w, (int)w->task.arg[0], k->way);
}

/* From one descriptor to another: which of the two it waits for cannot be
 * seen from here. */
static void between(struct wait *w, const struct known *k, int from, int to)
{
	words_add(&w->words, "is blocked in %s(), which takes from ", k->say);
	fd_tell(w, from, READS);
	words_add(&w->words, ", and gives to ");
	fd_tell(w, to, PUTS);
}

void on_splice(struct wait *w, const struct known *k)
{
	between(w, k, (int)w->task.arg[0], (int)w->task.arg[2]);
}

void on_tee(struct wait *w, const struct known *k)
{
	between(w, k, (int)w->task.arg[0], (int)w->task.arg[1]);
}

void on_sendfile(struct wait *w, const struct known *k)
{
	between(w, k, (int)w->task.arg[1], (int)w->task.arg[0]);
}
