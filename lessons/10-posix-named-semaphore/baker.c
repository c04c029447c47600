/*
 * baker - takes a place in the oven, bakes, and gives the place back
 *
 * Its partner ./bakery starts it twice. The diagram is there.
 *
 * Watch: a baker does not know how many places there are, or who else is there.
 * It knows only the name of the semaphore. And it says that its bread is done
 * before it gives the place back: the next baker may go on in the same moment.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <semaphore.h>
#include <time.h>

#include "../../common/lesson.h"

enum { PATIENCE = 5 };			// seconds: bakery.c has the same

/* Take a place. As long as none is free, sleep. */
static void take_place(sem_t *places)
{
	struct timespec until;

	// A process that was killed never gives its place back. So this wait
	// has a time limit. It is a date, and the same in each round of the
	// loop.
	if (clock_gettime(CLOCK_REALTIME, &until) == -1)
		die("clock_gettime");
	until.tv_sec += PATIENCE;

	// EINTR: a handler has run, and we have no place yet. Wait again.
	while (sem_timedwait(places, &until) == -1) {
		if (errno == ETIMEDOUT)
			quit("no place was free for %d seconds", PATIENCE);
		if (errno != EINTR)
			die("sem_timedwait");
	}
}

int main(void)
{
	char name[OWN_NAME];
	sem_t *places;

	own_name(name, "oven");
	// No flags, so no O_CREAT: we want the oven of the bakery. We do not
	// make one.
	places = sem_open(name, 0);
	if (places == SEM_FAILED && errno == ENOENT)
		quit("no bakery is open: start ./bakery first");
	if (places == SEM_FAILED)
		die("sem_open");

	take_place(places);
	say("my bread is in the oven");

	// Here your program does its work. Between sem_timedwait() and
	// sem_post() it must not end (return from main(), exit(), die()): the
	// place would be lost for all.

	// Print before sem_post(), not after it: it may wake the other baker,
	// and that baker's line must come after ours.
	say("my bread is done; I give the place back");
	if (sem_post(places) == -1)
		die("sem_post");

	if (sem_close(places) == -1)
		die("sem_close");
	return EXIT_SUCCESS;
}
