/*
 * owner.h - a check that owns its system's queues, and may move their limits
 *
 *	become_owner("fs.mqueue.msgsize_max");
 *	set_limit("fs/mqueue/msgsize_max", 1 << 20);
 *
 * From there on this check and what it starts have message queues of their own
 * (ipc_namespaces(7)). Their limits belong to that namespace alone, so the
 * check may raise and lower them while programs run, as the owner of a system
 * may. So what a program takes for the facility's limit, and is one of the
 * usual system, shows.
 *
 * Include it with _GNU_SOURCE defined.
 */
#ifndef OWNER_H
#define OWNER_H

#include <fcntl.h>
#include <sched.h>

#include "check.h"

/* Returns 0, or -1 with errno. */
static inline int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = 0;
	ssize_t n;

	if (fd == -1)
		return -1;
	n = write(fd, text, strlen(text));
	if (n != (ssize_t)strlen(text))
		err = n == -1 ? errno : EIO;
	close(fd);
	errno = err;
	return err ? -1 : 0;
}

/* become_owner - as above; WHAT is the limit that is to be moved. An ordinary
 * user needs to be root of the namespace, which takes a user namespace. Skips
 * the check where neither is allowed. */
static inline void become_owner(const char *what)
{
	char map[32];
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(CLONE_NEWIPC) == 0)
		return;
	if (unshare(CLONE_NEWUSER | CLONE_NEWIPC) == -1)
		SKIP("nobody may change %s here (%s); allow user namespaces",
		     what, errno_name(errno));
	snprintf(map, sizeof map, "0 %u 1", (unsigned)uid);
	HOLDS(write_text("/proc/self/uid_map", map) == 0);
	HOLDS(write_text("/proc/self/setgroups", "deny") == 0);
	snprintf(map, sizeof map, "0 %u 1", (unsigned)gid);
	HOLDS(write_text("/proc/self/gid_map", map) == 0);
}

/* set_limit - the limit at PATH below /proc/sys becomes VALUE. Skips the check
 * where a kernel keeps it for the system's own root. */
static inline void set_limit(const char *path, unsigned long value)
{
	char full[96], text[32];

	snprintf(full, sizeof full, "/proc/sys/%s", path);
	snprintf(text, sizeof text, "%lu", value);
	if (write_text(full, text) == -1)
		SKIP("nobody may change %s here (%s)", full,
		     errno_name(errno));
}

#endif
