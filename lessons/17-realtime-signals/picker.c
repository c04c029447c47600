/*
 * picker - fills baskets with apples, and reports the weight of each one
 *
 * Its partner ./farm starts it. The diagram is there.
 *
 * Watch: a report is one call, which returns at once. The picker does not know
 * whether the farm sleeps or works, and how many reports it has taken already.
 */
#define _GNU_SOURCE			// for lesson.h
#include "../../common/lesson.h"

/* Tell the farm that a basket of KG is full. */
static void report(pid_t farm, int kg)
{
	// What a signal can bring: one int, or one pointer.
	union sigval weight = { .sival_int = kg };

	// EAGAIN: too many signals wait already. sigqueue() does not wait until
	// there is room, so this report would be lost. Then die() ends us, and
	// the farm sees that we have failed.
	if (sigqueue(farm, SIGRTMIN, weight) == -1)
		die("sigqueue");
}

/* Return the process id of the farm. It is argv[1]. */
static pid_t find_farm(int argc, char **argv)
{
	long number = 0;

	if (argc == 2)
		number = strtol(argv[1], NULL, 10);
	// SIGRTMIN kills a program that does not expect it. With a wrong number
	// we would kill a stranger. So it must be our parent's process id.
	// (getppid() alone is not enough: if the farm has died, our parent is
	// another process.)
	if (number <= 0 || number != getppid())
		quit("start ./farm: it starts me");
	return (pid_t)number;
}

int main(int argc, char **argv)
{
	static const int weights[] = { 12, 9, 14 };	// kg, basket by basket
	size_t baskets = sizeof weights / sizeof weights[0];
	pid_t farm = find_farm(argc, argv);

	// Print before the first report, not after it: the report wakes the
	// farm, and the farm's line must come after ours.
	say("%zu baskets to fill: I report each one", baskets);
	for (size_t i = 0; i < baskets; i++)
		report(farm, weights[i]);
	return EXIT_SUCCESS;
}
