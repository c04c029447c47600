/*
 * posix.c - POSIX queues, and named semaphores
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "inside.h"

/* "QSIZE:129  NOTIFY:0 ..." is what an open queue reads as. */
void queue_fd(struct wait *w, int fd, const char *link)
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
}

void on_mq(struct wait *w, const struct known *k)
{
	char link[PATH_MAX] = "its queue";
	int fd = (int)w->task.arg[0];

	proc_link(w->task.tid, fd, link, sizeof link);
	words_add(&w->words, "is blocked in %s() on ", k->say);
	queue_fd(w, fd, link);
}

/* sem_open() makes it under another name, which it then removes, and whoever
 * made it has that other name in its maps: so go by the inode. */
int semaphore_name(const char *path, unsigned long long ino, char *name,
		   size_t size)
{
	struct dirent *e;
	DIR *d;

	if (strncmp(path, "/dev/shm/sem.", 13) != 0)
		return 0;
	snprintf(name, size, "/%.200s", path + 13);
	d = opendir("/dev/shm");
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
