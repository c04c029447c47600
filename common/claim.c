/*
 * claim.c - what a proof or a check calls, in a process of its own
 *
 * claim_main.c runs claims; check.c runs the checks of an exercise.
 */
#define _GNU_SOURCE
#include "claim.h"

#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

_Noreturn static void verdict(int status, const char *where, const char *text)
{
	fprintf(stderr, CLAIM_MARK "%s%s\n", where, text);
	fflush(NULL);
	_exit(status);
}

void claim_fail(const char *file, int line, const char *fmt, ...)
{
	char text[512], where[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	snprintf(where, sizeof where, "%s:%d: ", file, line);
	verdict(CLAIM_BROKEN, where, text);
}

void claim_skip(const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	verdict(CLAIM_SKIPPED, "", text);
}

/* Voluntary context switches: a process that woke and slept again in the
 * meantime has more of them. */
static long switches(pid_t pid)
{
	char path[32], line[128];
	long n = -1;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "voluntary_ctxt_switches: %ld", &n) == 1)
			break;
	if (f)
		fclose(f);
	return n;
}

/* On a busy machine a process can lose its CPU on the last steps to its sleep:
 * state S, but it will look once more. Its file `syscall' says "running" then,
 * and waits until a sleep is one (proc(5)). Where it may not be read, the
 * other looks have to do. */
static int is_runnable(pid_t pid)
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

int is_blocked(pid_t pid)
{
	long before = switches(pid);

	for (int look = 0; look < 3; look++) {
		int asleep = is_asleep(pid);

		if (asleep != 1)
			return asleep;
		if (switches(pid) != before)
			return 0;
		sched_yield();
	}
	return !is_runnable(pid);
}

int blocks(pid_t pid)
{
	int blocked;

	while ((blocked = is_blocked(pid)) == 0)
		sched_yield();
	return blocked == 1;
}

int ends(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) == -1)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) :
	       128 + WTERMSIG(status);
}
