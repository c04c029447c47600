/*
 * open.c - open() of a FIFO waits for the other side; of another file, for a
 * disk or a device
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "inside.h"

/* What is the file that it calls PATH? A relative path begins in the folder
 * that is open as descriptor DIR. ST is all 0 if there is none. */
static void find(const struct task *t, int dir, const char *path,
		 struct stat *st)
{
	char from[32] = "cwd";

	if (dir != AT_FDCWD)
		snprintf(from, sizeof from, "fd/%d", dir);
	if (ns_stat(t->tid, from, path, st) == -1)
		memset(st, 0, sizeof *st);
}

static void tell_open(struct wait *w, int dir, unsigned long long at,
		      unsigned long long flags)
{
	char path[PATH_MAX];
	int writes = (flags & O_ACCMODE) == O_WRONLY;
	struct stat st;

	task_string(&w->task, at, path, sizeof path);
	words_add(&w->words, "is blocked in open() of %.200s", path);
	find(&w->task, dir, path, &st);
	if (S_ISFIFO(st.st_mode)) {
		wait_object(w, "FIFO", -1, path);
		words_add(&w->words, " for %s: nobody has it open for %s",
			  writes ? "writing" : "reading",
			  writes ? "reading" : "writing");
	} else {
		wait_object(w, "file", -1, path);
		wait_ends(w);
		if (S_ISREG(st.st_mode))
			lease_tell(w, &st);
	}
}

void on_open(struct wait *w, const struct known *k)
{
	(void)k;
	tell_open(w, AT_FDCWD, w->task.arg[0], w->task.arg[1]);
}

void on_creat(struct wait *w, const struct known *k)
{
	(void)k;
	tell_open(w, AT_FDCWD, w->task.arg[0], O_WRONLY);
}

void on_openat(struct wait *w, const struct known *k)
{
	(void)k;
	tell_open(w, (int)w->task.arg[0], w->task.arg[1], w->task.arg[2]);
}

/* The flags are the first member of struct open_how, the same for all. */
void on_openat2(struct wait *w, const struct known *k)
{
	uint64_t flags = 0;

	(void)k;
	task_peek(&w->task, w->task.arg[2], &flags, sizeof flags);
	tell_open(w, (int)w->task.arg[0], w->task.arg[1], flags);
}
