/*
 * posix.c - POSIX queues, and named semaphores
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "inside.h"

int is_queue(pid_t pid, int fd, const char *link)
{
	enum { SIZE = 80, MAGIC = 0x19800202 };
	char path[64];
	struct statfs fs;
	struct stat st;

	if (*link != '/' || strchr(link + 1, '/'))
		return 0;
	if (fd_stat(pid, fd, &st) == -1)
		return 0;
	if (!S_ISREG(st.st_mode) || st.st_size != SIZE)
		return 0;
	/* Last, since a file system on another machine may not answer. */
	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)pid, fd);
	return statfs(path, &fs) == 0 && fs.f_type == MAGIC;
}

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
		holder_tell(w, &h[i], found, "; it is also open in ",
			    " and in ", deed);
	}
	holders_more(w, found);
	if (found == 0)
		wait_nobody(w, none, hidden);
}

/* What an open queue says of itself. */
struct queue {
	long bytes;		/* -1: that may not be read */
	int notify;		/* of struct sigevent */
	int sig;
	int told;		/* to whom it tells of a message; 0: nobody */
};

/* "QSIZE:129  NOTIFY:0     SIGNO:10    NOTIFY_PID:8260" (mq_overview(7)) */
static struct queue queue_read(pid_t tid, int fd)
{
	struct queue q = { .bytes = -1 };
	char name[64];
	char text[256];

	snprintf(name, sizeof name, "fd/%d", fd);
	if (proc_read(tid, name, text, sizeof text) > 0)
		sscanf(text, "QSIZE:%ld NOTIFY:%d SIGNO:%d NOTIFY_PID:%d",
		       &q.bytes, &q.notify, &q.sig, &q.told);
	return q;
}

/* mq_notify() is for one message, and for one that comes into an empty queue:
 * so whoever waits for its signal wants to know of both. */
static void tell_notice(struct wait *w, int fd, const char *link)
{
	struct queue q = queue_read(w->task.tid, fd);
	const char *sig = signal_name(q.sig);
	char buf[WHO];

	if (q.bytes < 0)
		return;
	words_add(&w->words, "; fd %d, the POSIX queue %s, holds %ld bytes "
		  "and ", fd, link, q.bytes);
	who(q.told, buf);
	if (q.told == 0)
		words_add(&w->words, "tells nobody when a message comes");
	else if (q.told == w->task.pid && q.notify == SIGEV_SIGNAL)
		words_add(&w->words, "tells it by %s when a message comes",
			  sig);
	else
		words_add(&w->words, "tells %s when a message comes", buf);
	if (q.told != 0 && q.bytes > 0)
		words_add(&w->words, " and the queue was empty");
}

void notices_say(struct wait *w)
{
	char link[PATH_MAX];
	int *fd;
	size_t n = proc_numbers(w->task.tid, "fd", &fd);

	for (size_t i = 0; i < n; i++) {
		if (proc_link(w->task.tid, fd[i], link, sizeof link) == -1)
			continue;
		if (is_queue(w->task.tid, fd[i], link))
			tell_notice(w, fd[i], link);
	}
	free(fd);
}

void queue_fd(struct wait *w, int fd, const char *link, enum way way)
{
	long bytes = queue_read(w->task.tid, fd).bytes;

	wait_object(w, "POSIX queue", fd, link);
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
