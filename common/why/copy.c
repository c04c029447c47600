/*
 * copy.c - descriptors of other processes: which are the same, and a copy of
 * one, to ask it what /proc does not tell
 */
#define _GNU_SOURCE
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "inside.h"

enum { FILES = 0 };	/* KCMP_FILE of linux/kcmp.h, which is not everywhere */

/* Both may have it from one open(), by fork(), dup() or a message. */
int fd_same(pid_t pid, int fd, pid_t other, int other_fd)
{
#ifdef SYS_kcmp
	long order = syscall(SYS_kcmp, pid, other, FILES, (unsigned long)fd,
			     (unsigned long)other_fd);

	if (order >= 0)
		return order == 0;
#endif
	return pid == other && fd == other_fd ? 1 : -1;
}

/* The copy is there for a moment: if the process closes its own in this
 * moment, that counts when ours is closed. */
int fd_copy(pid_t pid, int fd)
{
	int copy = -1;
#if defined SYS_pidfd_open && defined SYS_pidfd_getfd
	pid_t group = proc_group(pid);
	int process = (int)syscall(SYS_pidfd_open, group, 0);

	if (process == -1)
		return -1;
	copy = (int)syscall(SYS_pidfd_getfd, process, fd, 0);
	close(process);
#else
	(void)pid;
	(void)fd;
#endif
	return copy;
}

int fd_unread(pid_t pid, int fd)
{
	int copy = fd_copy(pid, fd);
	int n = -1;

	if (copy == -1)
		return -1;
	if (ioctl(copy, FIONREAD, &n) == -1)
		n = -1;
	close(copy);
	return n;
}
