/*
 * watch - wait until a file has changed, or somebody presses Enter
 *
 *	watch [-p] FILE
 *
 * It ends with status 0 then, with 1 at the end of its input or of the file.
 * inotify(7) tells of a change at once, but only of one that this kernel
 * makes: on a network file system, and on the disks that Windows lends to
 * WSL, it stays silent. There, and with -p, the file is looked at twice a
 * second. The first line on stderr says which of the two it is, and why.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { LOOK_MS = 500 };

/* File systems whose changes may come from another kernel: statfs(2). */
static const struct { unsigned long type; const char *name; } silent[] = {
	{ 0x6969, "NFS" }, { 0x517b, "SMB" }, { 0xfe534d42, "SMB" },
	{ 0xff534d42, "CIFS" }, { 0x01021997, "9P" }, { 0x65735546, "FUSE" },
	{ 0x5346414f, "AFS" }, { 0x73757245, "Coda" },
	{ 0x786f4256, "VirtualBox" }, { 0xbacbacbc, "VMware" },
};

static const char *why_silent(const char *file)
{
	struct statfs fs;

	if (statfs(file, &fs) == -1)
		return NULL;
	for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
		if (((unsigned long)fs.f_type & 0xffffffff) == silent[i].type)
			return silent[i].name;
	return NULL;
}

/* An editor may write the file in place, or put a new one in its stead. */
static int has_changed(const struct stat *old, const char *file)
{
	struct stat now;

	if (stat(file, &now) == -1)
		return 0;		/* in between the two: look again */
	return now.st_ino != old->st_ino || now.st_size != old->st_size ||
	       now.st_mtim.tv_sec != old->st_mtim.tv_sec ||
	       now.st_mtim.tv_nsec != old->st_mtim.tv_nsec;
}

/* A descriptor that can be read when something happens in FILE's folder. The
 * folder, since a new file has a new inode. -1 without inotify. */
static int watch_folder(const char *file)
{
	const char *slash = strrchr(file, '/');
	char *folder = slash ? strndup(file, (size_t)(slash - file + 1)) :
			       strdup("./");
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (fd != -1 && (!folder ||
			 inotify_add_watch(fd, folder, IN_CLOSE_WRITE |
					   IN_MOVED_TO) == -1)) {
		close(fd);
		fd = -1;
	}
	free(folder);
	return fd;
}

/* Decide how FILE is watched, and say so: a descriptor of inotify, or -1 if it
 * has to be looked at again and again, as asked or since there is no other
 * way. */
static int begin(const char *file, int by_looking)
{
	const char *why = by_looking ? "as you asked" : why_silent(file);
	int fd = why ? -1 : watch_folder(file);

	if (fd != -1)
		fprintf(stderr, "(watching by inotify)\n");
	else
		fprintf(stderr, "(looking twice a second: %s)\n", why ? why :
			"inotify is not to be had");
	return fd;
}

/* What has happened in the folder may have been another file's: forget it, and
 * be told of the next. FD may be -1. */
static void empty(int fd)
{
	char buf[4096];

	while (fd != -1 && read(fd, buf, sizeof buf) > 0)
		;
}

/* Until FILE is not as it was in OLD any more, or stdin has something. FD is
 * what begin() returned. Returns the status of this program. */
static int watch(const char *file, const struct stat *old, int fd)
{
	struct pollfd p[2] = { { .fd = STDIN_FILENO, .events = POLLIN },
			       { .fd = fd, .events = POLLIN } };
	char line[4096];

	for (;;) {
		if (poll(p, 2, fd == -1 ? LOOK_MS : -1) == -1)
			return errno == EINTR ? 1 : 2;
		if (p[0].revents)
			return read(STDIN_FILENO, line, sizeof line) <= 0;
		empty(fd);
		if (has_changed(old, file))
			return 0;
	}
}

int main(int argc, char **argv)
{
	const int by_looking = argc == 3 && strcmp(argv[1], "-p") == 0;
	const char *file;
	struct stat old;

	if (argc != 2 && !by_looking) {
		fprintf(stderr, "usage: watch [-p] FILE\n");
		return 2;
	}
	file = argv[argc - 1];
	if (stat(file, &old) == -1) {
		fprintf(stderr, "watch: %s: %s\n", file, strerror(errno));
		return 2;
	}
	return watch(file, &old, begin(file, by_looking));
}
