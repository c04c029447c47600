/*
 * lock.c - locks on files: who holds one that is in the way?
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "inside.h"

struct file_lock {
	char kind[16];		/* FLOCK, POSIX, OFDLCK, LEASE */
	char mode[16];		/* READ, WRITE */
	int pid;
};

/* "1: POSIX  ADVISORY  WRITE 41 fe:00:1234 0 EOF"; an arrow marks a waiter. Is
 * it a lock of the file that ST is of? */
static int is_lock_of(const char *line, const struct stat *st,
		      struct file_lock *l)
{
	unsigned int maj;
	unsigned int min;
	unsigned long ino;
	int n;

	if (strstr(line, "->"))
		return 0;
	n = sscanf(line, "%*s %15s %*s %15s %d %x:%x:%lu", l->kind, l->mode,
		   &l->pid, &maj, &min, &ino);
	if (n != 6)
		return 0;
	return ino == st->st_ino && makedev(maj, min) == st->st_dev;
}

static void tell_holders(struct wait *w, const struct stat *st)
{
	FILE *f = fopen("/proc/locks", "re");
	struct file_lock l;
	char line[256];
	char buf[WHO];
	int found = 0;

	if (!f)
		return;
	while (fgets(line, sizeof line, f) != NULL) {
		if (!is_lock_of(line, st, &l))
			continue;
		words_add(&w->words, "%s a %s %s lock", found ? " and" : ":",
			  l.mode, l.kind);
		found = 1;
		words_add(&w->words, " is held");
		if (l.pid > 0) {
			who(l.pid, buf);
			words_add(&w->words, " by %s", buf);
		}
	}
	fclose(f);
}

void on_lock(struct wait *w, const struct known *k)
{
	char path[64];
	struct stat st;
	int fd = (int)w->task.arg[0];

	on_fd(w, k);
	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)w->task.tid, fd);
	if (stat(path, &st) == 0)
		tell_holders(w, &st);
}
