/*
 * asleep.h - does a student's program sleep until somebody wakes it?
 *
 *	MUST(await_blocked(&p), "it ended while there was nothing to do");
 *	MUST_NOT_POLL(&p, "while its queue is empty");
 *
 * To await_blocked() a nap of ten milliseconds is a sleep like any other. So is
 * a wait that ends by itself, such as mq_timedreceive() in a loop. Whoever
 * sleeps so is not woken: it looks again by the clock, late and for nothing.
 */
#ifndef ASLEEP_H
#define ASLEEP_H

#include <dirent.h>
#include <poll.h>

#include "../why/why.h"
#include "check.h"

/* clock_of_process - process PID sleeps, as blocks() has seen: NULL if nothing
 * but another process can wake it. Else a sentence that says what its threads do
 * instead; the text stays valid until the next call.
 * clock_of - the same for P. */
static inline const char *clock_of_process(pid_t pid)
{
	static char why[512];

	return why_sentence(pid, &pid, 1, why, sizeof why) == NOT_FOR_EVER ?
	       why : NULL;
}

static inline const char *clock_of(const struct prog *p)
{
	return clock_of_process(p->pid);
}

/* MUST_NOT_POLL - P, which sleeps, is woken by what comes. WHEN says in which
 * state of things: "while its queue is empty". */
#define MUST_NOT_POLL(p, when)						\
	must_not_poll(__FILE__, __LINE__, p, when)

static inline void must_not_poll(const char *file, int line,
				 const struct prog *p, const char *when)
{
	const char *why = clock_of(p);

	if (why)
		must_fail(file, line, "%s it looks again by the clock "
			  "(a nap, a loop, or a wait with a limit of time), "
			  "instead of being woken: %s", when, why);
}

/* MUST_SLEEP - P sleeps, and no clock ends that. ENDED is what is wrong if it
 * ends instead. */
#define MUST_SLEEP(p, ended) must_be_asleep(__FILE__, __LINE__, p, ended)

static inline void must_be_asleep(const char *file, int line,
				  const struct prog *p, const char *ended)
{
	const char *why;

	if (!await_blocked(p))
		must_fail(file, line, "%s", ended);
	why = clock_of(p);
	if (why)
		must_fail(file, line, "it looks again by the clock, instead of "
			  "being woken: %s", why);
}

/* MUST_BE_WOKEN - the two in one: P sleeps, and what comes wakes it. WHEN says
 * in which state of things, behind the words: "while nobody rings". */
#define MUST_BE_WOKEN(p, when) must_be_woken(__FILE__, __LINE__, p, when)

static inline void must_be_woken(const char *file, int line,
				 const struct prog *p, const char *when)
{
	const char *why;

	if (!await_blocked(p))
		must_fail(file, line, "it has ended %s", when);
	why = clock_of(p);
	if (why)
		must_fail(file, line, "it looks again by the clock %s, instead "
			  "of being woken: %s", when, why);
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

/* MUST_STAY_ASLEEP - process PID, which sleeps, does not look again by the
 * clock. A wait with a limit of time is right here if the limit is a long one:
 * who goes to sleep again and again for short times is told. Others are not
 * looked at for long, so a program that sleeps without limit costs nothing. */
#define MUST_STAY_ASLEEP(pid, when)					\
	must_stay_asleep(__FILE__, __LINE__, pid, when)

static inline void must_stay_asleep(const char *file, int line, pid_t pid,
				    const char *when)
{
	enum { LOOKS = 30, BETWEEN_MS = 10, TOO_OFTEN = 3 };
	const char *why = clock_of_process(pid);
	const long before = sleeps_of(pid);

	for (int i = 0; why && i < LOOKS && !strstr(why, "sleeps until") &&
	     sleeps_of(pid) < before + TOO_OFTEN; i++)
		poll(NULL, 0, BETWEEN_MS);
	if (why && (strstr(why, "sleeps until") ||
		    sleeps_of(pid) >= before + TOO_OFTEN))
		must_fail(file, line, "%s it looks again and again by the "
			  "clock, instead of being woken: %s", when, why);
}

#endif
