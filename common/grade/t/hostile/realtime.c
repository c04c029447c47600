/* EXPECT: some - it asks for more of the processor than anybody, takes each of
 * them, and works for ever */
#define _GNU_SOURCE
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

int main(void)
{
	const struct sched_param most = { .sched_priority = 99 };

	sched_setscheduler(0, SCHED_FIFO, &most);
	setpriority(PRIO_PROCESS, 0, -20);
	setpriority(PRIO_USER, 0, 19);
	for (int i = 0; i < 4; i++)
		if (fork() == 0)
			break;
	for (;;)
		;
}
