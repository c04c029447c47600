/*
 * deadline.c - how long a run may take, by a clock that nobody sets
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "keeper.h"

long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

unsigned deadline_ms(const struct stage_plan *plan)
{
	const char *mul = getenv("STAGE_TIMEOUT_MUL");
	unsigned ms = plan->deadline_ms ? plan->deadline_ms : DEADLINE_MS;
	int times = mul ? atoi(mul) : 1;

	if (times < 1 || times > 1000)
		times = 1;
	if (ms > INT_MAX / (unsigned)times)
		return INT_MAX;
	return ms * (unsigned)times;
}

unsigned stage_patience(unsigned ms)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	double load = 1;

	if (getloadavg(&load, 1) == 1 && cpus > 0)
		load /= (double)cpus;
	return (unsigned)(ms * (load < 1 ? 1 : load > 4 ? 4 : load));
}
