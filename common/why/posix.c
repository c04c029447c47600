/*
 * posix.c - POSIX queues, and named semaphores
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "inside.h"

enum { NAMED = 8 };	/* so many partners are enough for a sentence */

/* Whoever else has it open for what would end the wait. Anybody may open it
 * yet, by its name. */
static void queue_partners(struct wait *w, int fd, enum way way)
{
	size_t n;
	const struct holder *h = seen_same(w->seen, w->task.pid, fd, &n);
	size_t found = 0;
	const char *deed = "send to the queue";
	const char *none = "has it open to send";
	size_t hidden = seen_hidden(w->seen);
	char buf[WHO];

	if (way == WRITES) {
		deed = "receive from the queue";
		none = "has it open to receive";
	}
	for (size_t i = 0; i < n; i++) {
		int mode = fd_mode(h[i].pid, h[i].fd);

		if (h[i].pid == w->task.pid && w->threads < 2)
			continue;
		if (mode != O_RDWR &&
		    mode != (way == READS ? O_WRONLY : O_RDONLY))
			continue;
		found++;
		wait_ender(w, h[i].pid, 0, h[i].fd, deed);
		who(h[i].pid, buf);
		if (found <= NAMED)
			words_add(&w->words, "%s %s, fd %d", found == 1 ?
				  "; it is also open in" : " and in", buf,
				  h[i].fd);
	}
	if (found > NAMED)
		words_add(&w->words, " and in %zu more", found - NAMED);
	else if (found == 0)
		wait_nobody(w, none, hidden);
}

/* "QSIZE:129  NOTIFY:0 ..." is what an open queue reads as. */
void queue_fd(struct wait *w, int fd, const char *link, enum way way)
{
	char name[64];
	char text[256];
	long bytes = -1;

	wait_object(w, "POSIX queue", fd, link);
	snprintf(name, sizeof name, "fd/%d", fd);
	if (proc_read(w->task.tid, name, text, sizeof text) > 0)
		sscanf(text, "QSIZE:%ld", &bytes);
	words_add(&w->words, "fd %d, the POSIX queue %s", fd, link);
	if (bytes >= 0)
		words_add(&w->words, ", which holds %ld bytes", bytes);
	queue_partners(w, fd, way);
}

void on_mq(struct wait *w, const struct known *k)
{
	char link[PATH_MAX] = "its queue";
	int fd = (int)w->task.arg[0];

	proc_link(w->task.tid, fd, link, sizeof link);
	words_add(&w->words, "is blocked in %s() on ", k->say);
	queue_fd(w, fd, link, k->way);
}

/* The part of PATH behind the folder that PID calls /; all of it where that is
 * our own /, too. */
static const char *path_inside(pid_t pid, const char *path)
{
	char name[32];
	char root[PATH_MAX];
	size_t len;
	ssize_t n;

	snprintf(name, sizeof name, "/proc/%d/root", (int)pid);
	n = readlink(name, root, sizeof root - 1);
	if (n <= 1)
		return path;
	len = (size_t)n;
	return strncmp(path, root, len) == 0 && path[len] == '/' ? path + len :
								   path;
}

/* sem_open() makes it under another name, which it then removes, and whoever
 * made it has that other name in its maps: so go by the inode. */
int semaphore_name(pid_t pid, const char *path, unsigned long long ino,
		   char *name, size_t size)
{
	const char *inside = path_inside(pid, path);
	char folder[64];
	struct dirent *e;
	DIR *d;

	if (strncmp(inside, "/dev/shm/sem.", 13) != 0)
		return 0;
	snprintf(name, size, "/%.200s", inside + 13);
	snprintf(folder, sizeof folder, "/proc/%d/root/dev/shm", (int)pid);
	d = opendir(folder);
	if (!d)
		return 1;
	while ((e = readdir(d)) != NULL) {
		if (e->d_ino != ino || strncmp(e->d_name, "sem.", 4) != 0)
			continue;
		snprintf(name, size, "/%.200s", e->d_name + 4);
		break;
	}
	closedir(d);
	return 1;
}
