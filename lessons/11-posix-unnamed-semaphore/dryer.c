/*
 * dryer - takes plates out of the rack, in the order in which they were washed
 *
 *   washer --> [ place 1 | place 2 | place 3 | place 4 ] --> dryer
 *
 * Its partner ./washer makes the rack and starts this program, with the number
 * of a descriptor as its argument. That descriptor leads to the rack.
 *
 * Watch: plate 5 comes from place 1. It was put there only after the dryer had
 * given that place back.
 */
#define _GNU_SOURCE			// for lesson.h
#include <semaphore.h>
#include <sys/mman.h>

#include "../../common/lesson.h"

enum { PLACES = 4 };
enum { NO_MORE = 0 };		// no plate has this number: all are washed

struct rack {			// the same as in washer.c
	sem_t free_places;	// how many places have no plate
	sem_t wet_plates;	// how many places have one
	int plate[PLACES];	// the number of the plate at each place
};

/* Wait for a plate, take it out, and give the place back. */
static int take(struct rack *rack, int place)
{
	int plate;

	// washer.c has called end_with_parent() before execl(), and that still
	// holds in this program: if the washer ends, we get SIGTERM. So this
	// wait needs no limit.
	// EINTR: a signal has ended the wait. Then wait again.
	while (sem_wait(&rack->wet_plates) == -1) {
		if (errno != EINTR)
			die("sem_wait");
	}
	plate = rack->plate[place];
	if (plate != NO_MORE)
		say("plate %d comes from place %d", plate, place + 1);
	// Post only now: from here on the washer may put a plate there.
	if (sem_post(&rack->free_places) == -1)
		die("sem_post");
	return plate;
}

int main(int argc, char **argv)
{
	struct rack *rack;
	int place = 0;		// where the next plate is taken from
	int fd;

	if (argc != 2)
		quit("start ./washer: it makes the rack, and then starts me");

	fd = atoi(argv[1]);
	// NULL: the kernel chooses the address. 0: from the first byte on.
	rack = mmap(NULL, sizeof *rack, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    0);
	if (rack == MAP_FAILED)
		die("mmap");

	// The washer has set up both semaphores: we only use them.
	while (take(rack, place) != NO_MORE)
		place = (place + 1) % PLACES;	// after the last, the first
	return EXIT_SUCCESS;
}
