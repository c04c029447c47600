/*
 * customer - takes three loaves at a time, and what is left at the end
 *
 *   baker --> [ mutex | more_bread | more_room | loaves: 0 to 4 ] --> customer
 *
 * Its partner ./baker makes the shelf and starts this program, with the number
 * of a descriptor as its argument. That descriptor leads to the shelf.
 *
 * Watch: the customer waits for one of two things: three loaves are there, or
 * no more will come. One call waits for both.
 */
#define _GNU_SOURCE			// for lesson.h
#include <pthread.h>
#include <sys/mman.h>

#include "../../common/lesson.h"

enum { WANTS = 3 };		// so many loaves it takes at a time

struct shelf {			// the same as in baker.c
	pthread_mutex_t mutex;	// lock it before you look at the numbers
	pthread_cond_t more_bread;	// the customer waits for this
	pthread_cond_t more_room;	// the baker waits for this
	int loaves;		// how many are on the shelf
	int all_baked;		// 1: no more loaves will come
};

_Noreturn static void fail(const char *call, int err);

/* Take three loaves. If no more will come, take what is left. Return how many
 * we have got. */
static int take(struct shelf *shelf)
{
	int got = WANTS;
	int err;		// 0, or the number of an error

	err = pthread_mutex_lock(&shelf->mutex);
	if (err != 0)
		fail("pthread_mutex_lock", err);

	// while, not if: we are woken after each loaf, and one is not three.
	// The call unlocks the mutex and sleeps. Before it returns, it locks
	// the mutex again. The wait needs no limit: if the baker ends, the
	// kernel sends us SIGTERM. (baker.c has asked for that, with
	// end_with_parent().)
	while (shelf->loaves < WANTS && !shelf->all_baked) {
		err = pthread_cond_wait(&shelf->more_bread, &shelf->mutex);
		if (err != 0)
			fail("pthread_cond_wait", err);
	}

	if (shelf->loaves < WANTS)	// then all are baked
		got = shelf->loaves;
	shelf->loaves -= got;

	// Without this call the baker might sleep on, though there is room.
	err = pthread_cond_broadcast(&shelf->more_room);
	if (err != 0)
		fail("pthread_cond_broadcast", err);
	err = pthread_mutex_unlock(&shelf->mutex);
	if (err != 0)
		fail("pthread_mutex_unlock", err);
	return got;
}

/* CALL has returned ERR, the number of an error. Say so, and end. */
_Noreturn static void fail(const char *call, int err)
{
	// EOWNERDEAD: the baker died while it had the mutex. Now we have the
	// mutex. But a change may be half made, so we must not use this shelf
	// any more.
	if (err == EOWNERDEAD)
		quit("the baker has died with the mutex locked");

	errno = err;		// die() looks there for the number
	die(call);
}

int main(int argc, char **argv)
{
	struct shelf *shelf;
	int got;
	int fd;

	if (argc != 2)
		quit("start ./baker: it makes the shelf, and then starts me");

	fd = atoi(argv[1]);
	shelf = mmap(NULL, sizeof *shelf, PROT_READ | PROT_WRITE, MAP_SHARED,
		     fd, 0);
	if (shelf == MAP_FAILED)
		die("mmap");

	// The baker has set up the mutex and both condition variables: we only
	// use them.

	// take() returns less than WANTS only if no more will come.
	got = take(shelf);
	while (got == WANTS) {
		say("I take %d loaves", got);
		got = take(shelf);
	}
	say("no more will come: I take the rest, %d", got);
	return EXIT_SUCCESS;
}
