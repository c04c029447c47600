/*
 * pilot - looks up heights of the land that is its standard input
 *
 * Its partner ./surveyor starts it. The diagram is there.
 *
 * Watch: the pilot does not know whether the land lies on huge pages or on
 * small ones. It maps what it is given.
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/mman.h>

#include "../../common/lesson.h"

enum { SIDE = 1024 };		// the land has SIDE times SIDE squares

struct land {			// 4 MiB, as in surveyor.c
	int32_t height[SIDE][SIDE];	// of each square, in metres
};

static const struct land *map_land(void)
{
	struct land *land;
	struct stat st;

	// Standard input may be anything, if somebody starts ./pilot by hand.
	// A load past the end of a file that is too short would be SIGBUS.
	if (fstat(STDIN_FILENO, &st) == -1)
		die("fstat");
	if (st.st_size < (off_t)sizeof *land)
		quit("there is no land on my standard input:"
		     " start ./surveyor");

	// PROT_READ alone: a store by mistake would kill us (SIGSEGV).
	land = mmap(NULL, sizeof *land, PROT_READ, MAP_SHARED, STDIN_FILENO, 0);
	if (land == MAP_FAILED)
		die("mmap");
	return land;
}

static void look_up(const struct land *land, int north, int east)
{
	say("at %d north, %d east the land is %d m high", north, east,
	    land->height[north][east]);
}

int main(void)
{
	const struct land *land = map_land();

	look_up(land, 700, 300);
	look_up(land, 12, 900);
	look_up(land, 1023, 1);
	return EXIT_SUCCESS;
}
