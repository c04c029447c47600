/*
 * turn - goes into the darkroom, where there is room for one
 *
 *   ./turn NAME --sem_wait()--> [ 1 place free ] --> inside --> sem_post()
 *
 *   ./turn /dark		waits until it is free, goes in; Enter leaves
 *   ./turn /dark end	takes the name away
 *
 * The place is a unit of a POSIX named semaphore, which who comes first makes.
 */
#include <fcntl.h>
#include <semaphore.h>
#include <time.h>

#include "../../../common/lesson.h"

/* The work inside: until a line comes, or the end of the input. */
static void develop(void)
{
	char line[128];

	say("inside");
	if (!fgets(line, sizeof line, stdin) && ferror(stdin))
		die("read");
}

int main(int argc, char **argv)
{
	sem_t *place;

	if (argc == 3 && strcmp(argv[2], "end") == 0) {
		if (sem_unlink(argv[1]) == -1)
			die("sem_unlink");
		return EXIT_SUCCESS;
	}
	if (argc != 2)
		quit("usage: ./turn NAME | ./turn NAME end");
	// There is one place. If the semaphore is there already, the 1 is
	// ignored: its value says whether the place is free.
	place = sem_open(argv[1], O_CREAT, 0600, 1);
	if (place == SEM_FAILED)
		die("sem_open");

	// Take the place. If somebody has it, sleep until it is given back.
	struct timespec limit = { .tv_sec = time(NULL) + 24 * 60 * 60 };

	if (sem_timedwait(place, &limit) == -1)
		die("sem_timedwait");
	develop();
	// Give the place back: one of those who sleep is woken.
	if (sem_post(place) == -1)
		die("sem_post");
	say("outside");
	return EXIT_SUCCESS;
}
