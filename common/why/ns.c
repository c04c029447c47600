/*
 * ns.c - namespaces: a process is asked about where it lives
 *
 * What a process calls semaphore set 0, process 7 or /run/door may be another
 * one here (namespaces(7)). So objects are looked up where it lives: a child of
 * ours goes there by setns(2), asks, and sends the answer through a pipe. Files
 * need no such child: /proc/PID/root leads to what PID calls /. And the line
 * NSpid of /proc/PID/status tells all numbers of one process, from ours to its
 * own (proc(5)).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inside.h"

/* ---------------------------------------------------- which one is it in? */

int ns_is_ours(pid_t pid, const char *kind)
{
	char path[64];
	struct stat ours;
	struct stat its;

	snprintf(path, sizeof path, "/proc/self/ns/%s", kind);
	if (stat(path, &ours) == -1)
		return -1;
	snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)pid, kind);
	if (stat(path, &its) == -1)
		return -1;
	return ours.st_dev == its.st_dev && ours.st_ino == its.st_ino;
}

/* "ipc:[4026531839]" is the link of such a file. */
void ns_mark(pid_t pid, const char *kind, char *name, size_t size)
{
	char path[64];
	char link[64];
	size_t len = strlen(name);
	ssize_t n;

	if (ns_is_ours(pid, kind) != 0)
		return;
	snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)pid, kind);
	n = readlink(path, link, sizeof link - 1);
	if (n <= 0)
		return;
	link[n] = '\0';
	snprintf(name + len, size - len, " of %s", link);
}

/* ------------------------------------------------------ to ask in there */

/* Go to namespace KIND of PID: 0, or -1. An ordinary user may do that if it
 * belongs to a user namespace of his own, and he goes there first. */
static int enter(pid_t pid, const char *kind)
{
	char path[64];
	int there;
	int user;

	snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)pid, kind);
	there = open(path, O_RDONLY | O_CLOEXEC);
	if (there == -1)
		return -1;
	if (setns(there, 0) == 0)
		return 0;
	snprintf(path, sizeof path, "/proc/%d/ns/user", (int)pid);
	user = open(path, O_RDONLY | O_CLOEXEC);
	if (user == -1)
		return -1;
	if (setns(user, CLONE_NEWUSER) == -1)
		return -1;
	return setns(there, 0);
}

/* All of what the child sends: 0, or -1. */
static int receive(int from, void *answer, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = read(from, (char *)answer + done, size - done);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		done += (size_t)n;
	}
	return 0;
}

/* The child: an answer fits into the pipe. Ours are the buffers of stdio, so
 * it ends by _exit(). */
_Noreturn static void ask_there(int to, pid_t pid, const char *kind,
				ns_ask_fn *ask, const void *question,
				void *answer, size_t size)
{
	if (enter(pid, kind) == -1)
		_exit(1);
	ask(question, answer);
	if (write(to, answer, size) != (ssize_t)size)
		_exit(1);
	_exit(0);
}

int ns_ask(pid_t pid, const char *kind, ns_ask_fn *ask, const void *question,
	   void *answer, size_t size)
{
	int end[2];
	pid_t child;
	int status = -1;

	if (ns_is_ours(pid, kind) == 1) {
		ask(question, answer);
		return 0;
	}
	if (pipe2(end, O_CLOEXEC) == -1)
		return -1;
	child = fork();
	if (child == 0)
		ask_there(end[1], pid, kind, ask, question, answer, size);
	close(end[1]);
	if (child > 0)
		status = receive(end[0], answer, size);
	close(end[0]);
	while (child > 0 && waitpid(child, NULL, 0) == -1 && errno == EINTR)
		;
	return status;
}

void ns_closed_say(struct wait *w)
{
	words_add(&w->words, ", which cannot be looked into from here (");
	if (geteuid() != 0)
		words_add(&w->words, "sudo make why PID=%d)",
			  (int)w->task.pid);
	else
		words_add(&w->words, "run why where it lives: docker exec)");
}

/* --------------------------------------------------------------- files */

/* openat2(2) */
struct how {
	uint64_t flags, mode, resolve;
};

enum { OPENAT2 = 437, IN_ROOT = 0x10, CACHED = 0x20 };

/* What a process calls /run/door: also its symbolic links lead to where it
 * would come by them (IN_ROOT). The file may be of a server that does not
 * answer, which may be why the process hangs; so only what the kernel has in
 * memory is looked up (CACHED), which is all that somebody waits for in open().
 * Another name may change at that very moment, so it is tried again. */
static int open_there(int dir, const char *path, uint64_t resolve)
{
	struct how how = { .flags = O_PATH | O_CLOEXEC,
			   .resolve = resolve | CACHED };
	int fd = -1;

	for (int i = 0; i < 10; i++) {
		fd = (int)syscall(OPENAT2, dir, path, &how, sizeof how);
		if (fd != -1 || errno != EAGAIN)
			break;
	}
	if (fd == -1 && errno == EINVAL) {	/* before Linux 5.12 */
		how.resolve = resolve;
		fd = (int)syscall(OPENAT2, dir, path, &how, sizeof how);
	}
	if (fd == -1 && (errno == ENOSYS || errno == EPERM))
		fd = openat(dir, path + (resolve ? strspn(path, "/") : 0),
			    O_PATH | O_CLOEXEC);	/* before Linux 5.6 */
	return fd;
}

int ns_stat(pid_t pid, const char *from, const char *path, struct stat *st)
{
	char name[64];
	struct statx x;
	int is_whole = *path == '/';
	int dir;
	int fd;
	int status;

	snprintf(name, sizeof name, "/proc/%d/%s", (int)pid,
		 is_whole ? "root" : from);
	dir = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir == -1)
		return -1;
	fd = open_there(dir, path, is_whole ? IN_ROOT : 0);
	close(dir);
	if (fd == -1)
		return -1;
	status = statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
		       STATX_BASIC_STATS, &x);
	close(fd);
	memset(st, 0, sizeof *st);
	if (status == 0) {
		st->st_mode = x.stx_mode;
		st->st_dev = makedev(x.stx_dev_major, x.stx_dev_minor);
		st->st_ino = x.stx_ino;
	}
	return status;
}

/* ------------------------------------------------------------- processes */

/* The number that thread TID of PID has in its own namespace, or 0; *DEPTH says
 * how many it has in all. */
static pid_t own_number(pid_t pid, pid_t tid, int *depth)
{
	char name[32];
	char text[4096];
	const char *at;
	const char *end;
	pid_t last = 0;

	*depth = 0;
	snprintf(name, sizeof name, "task/%d/status", (int)tid);
	if (proc_read(pid, name, text, sizeof text) <= 0)
		return 0;
	at = strstr(text, "\nNSpid:");
	if (!at)
		return 0;
	at += strlen("\nNSpid:");
	end = at + strcspn(at, "\n");
	while (at < end) {
		char *next;
		long number = strtol(at, &next, 10);

		if (next == at || next > end)
			break;
		last = (pid_t)number;
		(*depth)++;
		at = next;
	}
	return last;
}

/* A thread of PID, by its number in there. */
static pid_t thread_of(pid_t pid, pid_t inside)
{
	pid_t *task;
	size_t n = proc_tasks(pid, &task);
	pid_t found = 0;
	int depth;

	for (size_t i = 0; i < n && found == 0; i++)
		if (own_number(pid, task[i], &depth) == inside)
			found = task[i];
	free(task);
	return found;
}

/* Do both live in the same pid namespace? */
static int are_together(pid_t a, pid_t b)
{
	char path[64];
	struct stat of_a;
	struct stat of_b;

	snprintf(path, sizeof path, "/proc/%d/ns/pid", (int)a);
	if (stat(path, &of_a) == -1)
		return 0;
	snprintf(path, sizeof path, "/proc/%d/ns/pid", (int)b);
	if (stat(path, &of_b) == -1)
		return 0;
	return of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

pid_t pid_here(const struct task *t, pid_t inside)
{
	int *pid;
	size_t n;
	pid_t found;
	int depth;

	own_number(t->pid, t->tid, &depth);
	if (depth < 2)
		return inside;
	found = thread_of(t->pid, inside);
	if (found > 0)
		return found;
	n = proc_numbers(0, "", &pid);
	for (size_t i = 0; i < n && found == 0; i++)
		if (are_together(pid[i], t->pid))
			found = thread_of(pid[i], inside);
	free(pid);
	return found;
}
