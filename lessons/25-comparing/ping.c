/*
 * ping - times a message's way to ./pong and back, on one CPU and on two
 *
 *   ping  -- 64 bytes -->  [ pipe ]  -->  pong  -->  [ pipe ]  -->  ping
 *
 * Watch the first round, and what the second CPU does to the same two pipes.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <sys/wait.h>
#include <time.h>

#include "../../common/lesson.h"

enum { WARM_UP = 1000, TIMED = 2000 };
static int there[2], back[2];

static long round_trip(void)
{
	char msg[64] = "ping", got[64] = "";
	struct timespec a, z;		// of a clock that nobody can set

	clock_gettime(CLOCK_MONOTONIC_RAW, &a);
	if (write(there[1], msg, sizeof msg) != sizeof msg ||
	    read(back[0], got, sizeof got) != sizeof got)
		quit("no answer (%s); is ./pong built?", errno_name(errno));
	clock_gettime(CLOCK_MONOTONIC_RAW, &z);
	if (memcmp(msg, got, sizeof msg))
		quit("another message came back: that time means nothing");
	return (z.tv_sec - a.tv_sec) * 1000000000 + z.tv_nsec - a.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
	return *(const long *)a > *(const long *)b ? 1 : -1;
}

static void measure(const char *where, const cpu_set_t *cpus)
{
	pid_t pid = pipe(there) == -1 || pipe(back) == -1 ? -1 : fork();
	long ns[TIMED];

	if (pid == 0) {		// pong reads and writes as a filter
		if (dup2(there[0], 0) != -1 && dup2(back[1], 1) != -1 &&
		    sched_setaffinity(0, sizeof *cpus, cpus) != -1 &&
		    close(there[1]) != -1)	// for its end-of-file
			execl("./pong", "pong", (char *)NULL);
		die("dup2 or execl ./pong");
	}
	if (pid == -1 || close(there[0]) == -1 || close(back[1]) == -1)
		die("fork, close");	// kept, they hide that pong is dead
	say("%s: the first took %ld ns", where, round_trip());
	for (int i = -WARM_UP; i < TIMED; i++)	// caches, page faults, speed
		ns[i < 0 ? 0 : i] = round_trip();
	qsort(ns, TIMED, sizeof *ns, ascending);
	say("%s: half within %ld ns, 99 in 100 within %ld ns", where,
	    ns[TIMED / 2], ns[TIMED * 99 / 100]);
	if (close(there[1]) == -1 || wait(NULL) == -1)	// pong's end-of-file
		die("close, wait");
}

int main(void)
{
	cpu_set_t may, here = { { 0 } }, others;

	// Unpinned, a run may be either.
	sched_getaffinity(0, sizeof may, &may);
	CPU_SET((size_t)sched_getcpu(), &here);
	CPU_XOR(&others, &may, &here);
	sched_setaffinity(0, sizeof here, &here);
	measure("one CPU", &here);
	if (CPU_COUNT(&others) == 0)
		quit("skipped: only one CPU is allowed; see taskset(1)");
	measure("two CPUs", &others);
}
