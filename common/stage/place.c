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

static const int as_folder = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

static int is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Remove what folder UP has under NAME; 1 if it is gone from there. A folder
 * with something in it goes to TOP, under a number: so whoever looks there
 * never goes deep, however deep a program has dug. Nothing of another file
 * system. */
static int remove_one(int up, const char *name, int top)
{
	static unsigned number;
	struct stat st, here;
	char to[32];

	if (fstatat(up, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    fstat(up, &here) == -1 || st.st_dev != here.st_dev)
		return 0;
	if (!S_ISDIR(st.st_mode))
		return unlinkat(up, name, 0) == 0;
	fchmodat(up, name, 0700, 0);	/* or it cannot be looked into */
	if (unlinkat(up, name, AT_REMOVEDIR) == 0)
		return 1;
	for (int tries = 0; up != top && tries < 1000; tries++) {
		snprintf(to, sizeof to, ".removed.%u", number++);
		if (renameat(up, name, top, to) == 0)
			return 1;
	}
	return 0;
}

/* Remove what is in folder FD, and close it: how many names are gone. */
static int empty_folder(int fd, int top)
{
	DIR *d = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *e;
	int gone = 0;

	while (d && (e = readdir(d)))
		if (!is_dots(e->d_name))
			gone += remove_one(dirfd(d), e->d_name, top);
	if (d)
		closedir(d);
	return gone;
}

/* One look at all that is in TOP: how many names are gone from somewhere. */
static int remove_below(int top)
{
	int look = openat(top, ".", as_folder), gone = 0;
	DIR *d = look == -1 ? NULL : fdopendir(look);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		if (is_dots(e->d_name))
			continue;
		gone += remove_one(top, e->d_name, top);
		gone += empty_folder(openat(top, e->d_name, as_folder), top);
	}
	if (d)
		closedir(d);
	return gone;
}

/* A program may have taken away its own rights to a folder. */
static void remove_tree(const char *path)
{
	int top = open(path, as_folder);

	while (top != -1 && remove_below(top) > 0)
		;
	if (top != -1)
		close(top);
	rmdir(path);
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
