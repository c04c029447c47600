/*
 * lock.c - runs of one user that could take each other's objects for their
 * own have their turns
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "inside.h"

/* Who made the socket that FD is connected to? 0: a process that has no number
 * here, since it lives in another pid namespace. */
static pid_t peer_of(int fd)
{
	struct ucred who = { .pid = 0 };
	socklen_t len = sizeof who;

	getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len);
	return who.pid;
}

/* "stage (process 12) in /home/me/lessons/01-pipe" */
static void describe(const struct proc *p, char *buf, size_t size)
{
	char link[32], folder[300];
	ssize_t n;

	snprintf(link, sizeof link, "/proc/%d/cwd", (int)p->pid);
	n = readlink(link, folder, sizeof folder - 1);
	folder[n > 0 ? n : 0] = '\0';
	snprintf(buf, size, "%s (process %d)%s%s", p->comm, (int)p->pid,
		 n > 0 ? " in " : "", folder);
}

/* We have waited for the run of PID for a while: say so, once. 0; or -1 and WHY
 * (SIZE bytes) if that run is stopped, since we would wait for ever. */
static int tell_wait(pid_t pid, char *why, size_t size)
{
	static pid_t told = -1;
	static int stopped;	/* looks in a row that found it so */
	char text[STAGE_LINE] = "it is in another container";
	struct proc p;
	int is_seen = pid > 0 && proc_get(pid, &p) == 0;

	if (is_seen)
		describe(&p, text, sizeof text);
	stopped = is_seen && p.state == 'T' ? stopped + 1 : 0;
	if (stopped > 1) {	/* not for one that goes on at once */
		snprintf(why, size, "another run of yours has the turn and is "
			 "stopped: %s; continue it: fg in its terminal, or "
			 "kill -CONT %d; then try again", text, (int)pid);
		return -1;
	}
	if (pid != told)
		fprintf(stderr, "stage: waiting for another run of yours to "
			"end: %s\n", text);
	told = pid;
	return 0;
}

enum { PATIENT_MS = 1000 };	/* in a test suite, turns are short */

static int is_told_to_stop(const struct locks *l)
{
	return l->stop && *l->stop;
}

/* Wait for an event of FD, the connection to the lock's holder, which never
 * accepts it: its end resets it. Or until we are told to stop. 0; or -1 and WHY
 * if there is no sense in waiting. */
static int await_reset(const struct locks *l, int fd, char *why, size_t size)
{
	const struct timespec patience = { .tv_sec = PATIENT_MS / 1000 };
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	sigset_t block, old;
	int ret = 0;

	sigemptyset(&block);
	for (size_t i = 0; i < LENGTH(stop_signals); i++)
		sigaddset(&block, stop_signals[i]);
	/* Blocked, a signal cannot slip in before ppoll() waits. */
	sigprocmask(SIG_BLOCK, &block, &old);
	while (!is_told_to_stop(l) && ret == 0 &&
	       ppoll(&pfd, 1, &patience, &old) == 0)
		ret = tell_wait(peer_of(fd), why, size);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return ret;
}

/* Return when the holder of the lock has gone, or we are told to stop; maybe
 * for no reason. 0; or -1 and WHY if there is no sense in waiting. */
static int wait_for_holder(const struct locks *l, const struct sockaddr_un *a,
			   socklen_t len, char *why, size_t size)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int ret = 0;

	if (fd == -1)
		return 0;
	if (connect(fd, (const void *)a, len) == 0)
		ret = await_reset(l, fd, why, size);
	close(fd);
	return ret;
}

/* An abstract socket name is the lock: it leaves no file, and the kernel
 * drops it when its last holder dies: we, or the keeper if we were killed.
 * Adds it to L. 0, also without a lock; or -1 and WHY. */
static int lock_shared(struct locks *l, const char *name, char *why,
		       size_t size)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	const char *held = getenv("STAGE_LOCKED");
	socklen_t len;

	if (held && strstr(held, name))
		return 0;		/* a run inside our own run */
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			  (size_t)snprintf(a.sun_path + 1,
					   sizeof a.sun_path - 1, "%s", name));
	while (!is_told_to_stop(l)) {
		int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (s == -1)
			return 0;
		if (bind(s, (void *)&a, len) == 0 && listen(s, 64) == 0) {
			l->fd[l->n++] = s;
			return 0;
		}
		close(s);
		if (wait_for_holder(l, &a, len, why, size) == -1)
			return -1;
	}
	return 0;
}

/* Where objects may meet: the IPC namespace and the folder of shared memory.
 * Sockets' names are kept apart by the network only, which containers may
 * share, so a lock's name says which of these it is about. */
static const char *const spaces[LOCK_SPACES] = {
	"/proc/self/ns/ipc", "/dev/shm"
};

/* The name of lock WHAT in a space; its mark at the end sees to it that one is
 * not found in another. */
static void lock_name(char *name, size_t size, const char *space,
		      const char *what)
{
	struct stat st = { .st_ino = 0 };

	if (stat(space, &st) == -1)
		st.st_ino = 0;
	snprintf(name, size, "ipc-stage.%u.%llx.%llx.%s;",
		 (unsigned)geteuid(), (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino, what);
}

/* Lock WHAT in each space, and note the names for runs inside our own. */
static int lock_spaces(struct locks *l, const char *what, char *why,
		       size_t size)
{
	for (size_t i = 0; i < LENGTH(spaces); i++) {
		const char *held = getenv("STAGE_LOCKED");
		char name[LOCK_NAME], all[1024];

		lock_name(name, sizeof name, spaces[i], what);
		if (lock_shared(l, name, why, size) == -1)
			return -1;
		snprintf(all, sizeof all, "%.900s %s", held ? held : "", name);
		setenv("STAGE_LOCKED", all, 1);
	}
	return 0;
}

int lock_all(struct locks *l, char *why, size_t size)
{
	return lock_spaces(l, "all", why, size);
}

int lock_lesson(struct locks *l, uint32_t id, char *why, size_t size)
{
	char folder[16];

	snprintf(folder, sizeof folder, "%06x", (unsigned)id);
	return lock_spaces(l, folder, why, size);
}

void unlock(struct locks *l)
{
	for (size_t i = 0; i < l->n; i++)
		close(l->fd[i]);
	l->n = 0;
}
