/* cpu.c - this process and its CPU: which one, the clock, what it has used */
#define _GNU_SOURCE
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include "inside.h"

double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return (double)((int64_t)t.tv_sec * 1000000000 + t.tv_nsec);
}

void pin(int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET((size_t)cpu, &one);
	sched_setaffinity(0, sizeof one, &one);
}

double kept_waiting(pid_t pid)
{
	unsigned long long ns = 0;
	char path[40];
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/schedstat", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fscanf(f, "%*u %llu", &ns) != 1)
		ns = 0;
	fclose(f);
	return (double)ns;
}

struct usage usage_now(void)
{
	struct usage u = { 0, 0, 0 };
	struct timespec t;
	struct rusage r;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	u.cpu = (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
	if (getrusage(RUSAGE_SELF, &r) == 0)
		u.switches = (double)(r.ru_nvcsw + r.ru_nivcsw);
	u.delay = kept_waiting(getpid());
	return u;
}

struct usage usage_since(struct usage begin)
{
	struct usage u = usage_now();

	u.cpu -= begin.cpu;
	u.delay -= begin.delay;
	u.switches -= begin.switches;
	return u;
}
