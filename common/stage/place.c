/*
 * place.c - the scratch folder of one run
 *
 * It lies in $TMPDIR or /tmp, not in the checkout: sockets need short paths,
 * and a checkout may be read-only or on a network file system. A TMPDIR that
 * will not do is passed over as long as /tmp is there. Whoever made it
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

/* So much of a socket's path, of 107 bytes, is left to the program's own name
 * when the scratch folder of a run is in front of it. */
enum { TMPDIR_MOST = 50 };

static const char too_long[] = "its name is longer than 50 bytes, and a "
			       "socket's path has to be short";

/* Why no scratch folder can be made in TMP, a candidate; NULL if one may be. */
static const char *unfit(const char *tmp)
{
	if (*tmp != '/')
		return "its name does not begin with /";
	if (strlen(tmp) > TMPDIR_MOST)
		return too_long;
	if (access(tmp, W_OK | X_OK) == -1)
		return strerror(errno);
	return NULL;
}

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

static void remove_stale(const char *tmp, const char *prefix)
{
	struct dirent *e;
	DIR *d = opendir(tmp);

	while (d && (e = readdir(d))) {
		char path[TMPDIR_MOST + 300];
		int fd;

		if (strncmp(e->d_name, prefix, strlen(prefix)) != 0)
			continue;
		snprintf(path, sizeof path, "%s/%s", tmp, e->d_name);
		fd = lock_folder(path);
		if (fd == -1)
			continue;	/* in use, or not ours */
		remove_tree(path);
		close(fd);
	}
	if (d)
		closedir(d);
}

/* A folder of our own, whatever the umask takes away. */
static int make_folder(const char *path)
{
	return mkdir(path, 0700) == -1 ? -1 : chmod(path, 0700);
}

static int make_in(struct place *p, const char *tmp)
{
	char prefix[64];

	snprintf(prefix, sizeof prefix, "ipc-stage.%u.", (unsigned)geteuid());
	remove_stale(tmp, prefix);

	/* Another run may take a fresh folder for a stale one in the moment
	 * before it is locked, and remove it: then make another. */
	for (int tries = 0; tries < 100; tries++) {
		snprintf(p->top, sizeof p->top, "%s/%sXXXXXX", tmp, prefix);
		if (!mkdtemp(p->top))
			return -1;
		if (chmod(p->top, 0700) == -1 && errno != ENOENT)
			return -1;
		p->lock = lock_folder(p->top);
		if (p->lock != -1)
			break;
	}
	if (p->lock == -1)
		return -1;
	snprintf(p->run, sizeof p->run, "%s/run", p->top);
	snprintf(p->mq, sizeof p->mq, "%s/mq", p->top);
	if (make_folder(p->run) == 0 && make_folder(p->mq) == 0)
		return 0;
	place_remove(p);
	return -1;
}

int place_make(struct place *p, char *why, size_t size)
{
	const char *tmp = getenv("TMPDIR");
	const char *bad = "it is not set";

	if (tmp && *tmp) {
		bad = unfit(tmp);
		if (!bad && make_in(p, tmp) == 0)
			return 0;
		bad = bad ? bad : strerror(errno);
	}
	if (make_in(p, "/tmp") == 0)
		return 0;
	snprintf(why, size, "no scratch folder can be made in /tmp (%s), nor "
		 "in TMPDIR (%s); set TMPDIR to a folder that you can write "
		 "to", strerror(errno), bad);
	return -1;
}

void place_remove(struct place *p)
{
	int err = errno;

	remove_tree(p->top);
	close(p->lock);
	errno = err;
}
