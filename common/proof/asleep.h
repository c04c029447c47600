/*
 * asleep.h - does a student's program sleep until somebody wakes it?
 *
 *	MUST_SLEEP(&p, "it ended before its input did");
 *	MUST_BE_WOKEN(&p, "while nobody rings");
 *	MUST_NOT_POLL(&p, "while its queue is empty");
 *	MUST_STAY_ASLEEP(p.pid, "while somebody is missing");
 *
 * To await_blocked() a nap of ten milliseconds is a sleep like any other. So is
 * a wait that ends by itself, such as mq_timedreceive() in a loop, and a
 * pause() that a timer's signal ends. Whoever sleeps so is not woken: it looks
 * again by the clock, late and for nothing.
 *
 * All four ask that one question, and tell the answer in the same words:
 *
 *			before			a limit of time
 *	MUST_SLEEP	waits until P sleeps	is wrong
 *	MUST_BE_WOKEN	the same		is wrong
 *	MUST_NOT_POLL	P sleeps already	is wrong
 *	MUST_STAY_ASLEEP	the same	is right if it is a long one
 *
 * WHEN says in which state of things: "while its queue is empty". If P ends
 * instead of sleeping, MUST_SLEEP says what is wrong then, as it is told, and
 * MUST_BE_WOKEN says that it has ended WHEN.
 */
#ifndef ASLEEP_H
#define ASLEEP_H

#include <dirent.h>
#include <poll.h>
#include <signal.h>

#include "../why/why.h"
#include "check.h"

#define MUST_SLEEP(p, ended)						\
	must_be_asleep(__FILE__, __LINE__, p, ended, "")
#define MUST_BE_WOKEN(p, when)						\
	must_be_asleep(__FILE__, __LINE__, p, "it has ended ", when)
#define MUST_NOT_POLL(p, when)						\
	must_be_woken(__FILE__, __LINE__, (p)->pid, NO_LIMIT, when)
#define MUST_STAY_ASLEEP(pid, when)					\
	must_be_woken(__FILE__, __LINE__, pid, LONG_LIMIT, when)

enum limit { NO_LIMIT, LONG_LIMIT };

/* NULL if nothing but another process can wake PID, which sleeps. Else a
 * sentence that says what its threads do instead; the text stays valid until
 * the next call. */
static inline const char *clock_of(pid_t pid)
{
	static char why[512];

	return why_sentence(pid, &pid, 1, why, sizeof why) == NOT_FOR_EVER ?
	       why : NULL;
}

/* May a timer's signal end the sleep of PID? Of alarm() and setitimer() the
 * kernel tells nobody else, but what they send has to be caught. */
static inline int has_timer(pid_t pid)
{
	unsigned long long caught;
	char path[64], line[128];
	int has;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/timers", (int)pid);
	f = fopen(path, "re");
	has = f && fgets(line, sizeof line, f);
	if (f)
		fclose(f);
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "SigCgt: %llx", &caught) == 1)
			has |= (int)(caught >> (SIGALRM - 1) & 1);
	if (f)
		fclose(f);
	return has;
}

/* How often the threads of process PID have gone to sleep. */
static inline long sleeps_of(pid_t pid)
{
	char path[64], line[128];
	struct dirent *e;
	long all = 0, n;
	DIR *tasks;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	tasks = opendir(path);
	while (tasks && (e = readdir(tasks))) {
		snprintf(path, sizeof path, "/proc/%d/task/%d/status",
			 (int)pid, atoi(e->d_name));
		f = atoi(e->d_name) > 0 ? fopen(path, "re") : NULL;
		while (f && fgets(line, sizeof line, f))
			if (sscanf(line, "voluntary_ctxt_switches: %ld",
				   &n) == 1)
				all += n;
		if (f)
			fclose(f);
	}
	if (tasks)
		closedir(tasks);
	return all;
}

/* PID, which sleeps, does not look again by the clock. A nap is told at once,
 * and so is a limit where none is right. For the rest it is looked at for a
 * while, whether it sleeps again and again though nobody wakes it. So a program
 * that has no clock costs nothing. */
static inline void must_be_woken(const char *file, int line, pid_t pid,
				 enum limit limit, const char *when)
{
	enum { BETWEEN_MS = 10, A_SECOND = 110, A_MOMENT = 30 };
	const int looks = limit == LONG_LIMIT ? A_MOMENT : A_SECOND;
	const long too_often = limit == LONG_LIMIT ? 3 : 1;
	const char *why = clock_of(pid);
	const int timer = has_timer(pid);
	const long before = sleeps_of(pid);
	int by_clock = why && (limit == NO_LIMIT ||
			       strstr(why, "sleeps until"));

	for (int i = 0; (why || timer) && !by_clock && i < looks; i++) {
		poll(NULL, 0, BETWEEN_MS);
		by_clock = sleeps_of(pid) >= before + too_often;
	}
	if (by_clock)
		must_fail(file, line, "%s%sit looks again%s by the clock (a "
			  "nap, a loop, a timer, or a wait with a limit of "
			  "time), instead of being woken: %s", when,
			  *when ? " " : "", limit == LONG_LIMIT ?
			  " and again" : "", why ? why : "the signal of a "
			  "timer ends its sleep");
}

static inline void must_be_asleep(const char *file, int line,
				  const struct prog *p, const char *ended,
				  const char *when)
{
	if (!await_blocked(p))
		must_fail(file, line, "%s%s", ended, when);
	must_be_woken(file, line, p->pid, NO_LIMIT, when);
}

#endif
