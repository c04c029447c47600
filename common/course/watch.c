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

int main(int argc, char **argv)
{
	int by_looking = argc == 3 && strcmp(argv[1], "-p") == 0;
	const char *file = argv[argc > 1 ? argc - 1 : 0], *why;
	struct pollfd p[2] = { { .fd = 0, .events = POLLIN },
			       { .fd = -1, .events = POLLIN } };
	char buf[4096];
	struct stat old;

	if (argc != 2 && !by_looking) {
		fprintf(stderr, "usage: watch [-p] FILE\n");
		return 2;
	}
	if (stat(file, &old) == -1) {
		fprintf(stderr, "watch: %s: %s\n", file, strerror(errno));
		return 2;
	}
	why = by_looking ? "as you asked" : why_silent(file);
	if (!why)
		p[1].fd = watch_folder(file);
	if (p[1].fd != -1)
		fprintf(stderr, "(watching by inotify)\n");
	else
		fprintf(stderr, "(looking twice a second: %s)\n", why ? why :
			"inotify is not to be had");
	for (;;) {
		if (poll(p, 2, p[1].fd == -1 ? LOOK_MS : -1) == -1)
			return errno == EINTR ? 1 : 2;
		if (p[0].revents)
			return read(0, buf, sizeof buf) > 0 ? 0 : 1;
		while (p[1].fd != -1 && read(p[1].fd, buf, sizeof buf) > 0)
			;
		if (has_changed(&old, file))
			return 0;
	}
}
