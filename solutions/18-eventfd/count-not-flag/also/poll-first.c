/*
 * porter - meets the guests who ring
 *
 *   guests --write()--> [ eventfd, descriptor 3 ] --read()--> porter --> stdout
 *
 * An eventfd is a number in the kernel: each write() adds to it.
 *
 *   ./porter 3		three guests are expected; the hotel, which starts
 *			the porter, hands it the bell as descriptor 3
 *   By hand:  cd lessons/18-eventfd, make, then
 *   ./experiments/exec ../../exercises/18-eventfd/count-not-flag/porter 3
 */
#include <poll.h>

#include "../../../common/lesson.h"

enum { BELL = 3 };

/* Wait until it has rung: how many guests there are now. */
static uint64_t wait_for_guests(void)
{
	struct pollfd bell = { BELL, POLLIN, 0 };
	uint64_t rings;

	while (poll(&bell, 1, -1) == -1)
		if (errno != EINTR)
			die("poll");
	while (read(BELL, &rings, sizeof rings) != sizeof rings)
		if (errno != EINTR)
			die("read");
	return rings;
}

static void meet(unsigned long guest)
{
	if (printf("guest %lu\n", guest) < 0 || fflush(stdout) == EOF)
		die("printf");
}

int main(int argc, char **argv)
{
	unsigned long expected, met = 0;

	if (argc != 2)
		quit("usage: ./porter GUESTS");
	expected = strtoul(argv[1], NULL, 10);
	while (met < expected) {
		// One read() takes all the rings since the last one.
		uint64_t rings = wait_for_guests();

		while (rings-- > 0 && met < expected)
			meet(++met);
	}
	return EXIT_SUCCESS;
}
