/*
 * experiment.h - what only experiments and proofs need: does the partner sleep?
 *
 * A lesson's pair needs none of this: there the facility itself makes the
 * order.
 * An experiment shows what happens while somebody waits. So it must know that
 * this process waits now, and the kernel is the one to ask: proc(5).
 */
#ifndef EXPERIMENT_H
#define EXPERIMENT_H

#include <sched.h>

#include "lesson.h"

/* proc_trouble - why /proc cannot tell about processes here, with the cure;
 * NULL if it can. The link /proc/self leads to our own number, unless /proc
 * shows the processes of another pid namespace: then its numbers are others'
 * (pid_namespaces(7)). */
static inline const char *proc_trouble(void)
{
	char self[16];
	struct stat st;
	ssize_t n = readlink("/proc/self", self, sizeof self - 1);

	self[n > 0 ? n : 0] = '\0';
	if (n > 0 && atoi(self) == getpid())
		return NULL;
	if (lstat("/proc/self", &st) == -1 || !S_ISLNK(st.st_mode))
		return "/proc is not mounted here, so nobody can see who "
		       "waits; as root: mount -t proc proc /proc, or start "
		       "the container with a /proc";
	return "this /proc shows the processes of another pid namespace; as "
	       "root: mount -t proc proc /proc (with unshare: --mount-proc)";
}

/* is_hidden - after a look into /proc/PID has failed: is PID there all the
 * same? A /proc with the option hidepid shows no process of others. */
static inline int is_hidden(pid_t pid)
{
	const int err = errno;
	int is_there = pid > 0 && (kill(pid, 0) == 0 || errno == EPERM);

	errno = err;
	return is_there && (err == ENOENT || err == EPERM);
}

/* is_asleep - 1 if the kernel says that process PID sleeps in a system
 * call (state S), 0 if it does not, -1 if there is no such process. Ends the
 * program if it cannot look (no /proc, EMFILE): to go on would be to guess. */
static inline int is_asleep(pid_t pid)
{
	const char *trouble = proc_trouble();
	char path[32], line[512];
	FILE *f;
	char *end;

	if (trouble)
		quit("%s", trouble);
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (!f && is_hidden(pid))
		quit("/proc hides process %d, which may be another user's; "
		     "run both programs as one user, or as root: "
		     "mount -o remount,hidepid=0 /proc", (int)pid);
	if (!f && errno != ENOENT && errno != ESRCH)
		die(path);
	if (!f)
		return -1;
	end = fgets(line, sizeof line, f) ? strrchr(line, ')') : NULL;
	fclose(f);
	if (!end || end[2] == 'Z' || end[2] == 'X')
		return -1;
	return end[2] == 'S';
}

/* is_runnable - on a busy machine a process can lose its CPU on the last steps
 * to its sleep: state S, but it will look once more. 1 if PID is there: its
 * file `syscall' says "running" then, and waits until a sleep is one (proc(5)).
 * 0 if it sleeps, has ended, or that file may not be read. */
static inline int is_runnable(pid_t pid)
{
	char path[32];
	FILE *f;
	int c;

	snprintf(path, sizeof path, "/proc/%d/syscall", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	c = getc(f);
	fclose(f);
	return c == 'r';
}

/* wait_until_asleep - 1 when PID sleeps in a system call, 0 if it has ended.
 * This is how a lesson knows that its partner waits: it asks the kernel. */
static inline int wait_until_asleep(pid_t pid)
{
	int asleep;

	while ((asleep = is_asleep(pid)) == 0 ||
	       (asleep == 1 && is_runnable(pid)))
		sched_yield();
	return asleep == 1;
}

#endif
