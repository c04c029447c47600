/*
 * place.c - the scratch folder of one run
 *
 * It lies in /tmp, not in the checkout: sockets need short paths, and a
 * checkout may be read-only or on a network file system. Whoever made it
 * holds a lock on it, which the kernel drops when the process dies: so the
 * next run can tell a folder that a killed run left from one in use.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inside.h"

#define TMP "/tmp"

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	remove(path);
	return 0;
}

static void remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* Open folder PATH and take its lock at once: the descriptor, or -1. */
static int lock_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd == -1)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &st) == 0 &&
	    st.st_uid == geteuid() && st.st_nlink > 0)
		return fd;
	close(fd);
	return -1;
}

static void remove_stale(const char *prefix)
{
	struct dirent *e;
	DIR *d = opendir(TMP);

	while (d && (e = readdir(d))) {
		char path[300];
		int fd;

		if (strncmp(e->d_name, prefix, strlen(prefix)) != 0)
			continue;
		snprintf(path, sizeof path, TMP "/%s", e->d_name);
		fd = lock_folder(path);
		if (fd == -1)
			continue;	/* in use, or not ours */
		remove_tree(path);
		close(fd);
	}
	if (d)
		closedir(d);
}

int place_make(struct place *p)
{
	char prefix[64];

	snprintf(prefix, sizeof prefix, "ipc-stage.%u.", (unsigned)geteuid());
	remove_stale(prefix);

	/* Another run may take a fresh folder for a stale one in the moment
	 * before it is locked: then make another. */
	for (int tries = 0; tries < 100; tries++) {
		snprintf(p->top, sizeof p->top, TMP "/%sXXXXXX", prefix);
		if (!mkdtemp(p->top))
			return -1;
		p->lock = lock_folder(p->top);
		if (p->lock != -1)
			break;
	}
	if (p->lock == -1)
		return -1;
	snprintf(p->run, sizeof p->run, "%s/run", p->top);
	snprintf(p->mq, sizeof p->mq, "%s/mq", p->top);
	if (mkdir(p->run, 0700) == 0 && mkdir(p->mq, 0700) == 0)
		return 0;
	place_remove(p);
	return -1;
}

void place_remove(struct place *p)
{
	int err = errno;

	remove_tree(p->top);
	close(p->lock);
	errno = err;
}
