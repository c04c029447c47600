/*
 * bakery - has an oven with two places, and two bakers who come with bread
 *
 *   a cake ----------.
 *   ./baker: bread ---+--> [ semaphore: free places 2 1 0 ]
 *   ./baker: bread --'
 *
 * To put something in, take a place: -1, or sleep as long as no place is free.
 * To take it out, give the place back: +1. The bakery makes the semaphore, and
 * starts its partner, ./baker, twice.
 *
 * Watch: the cake has one of the two places all the time. So the second baker
 * waits until the first one has given the other place back.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <time.h>

#include "../../common/lesson.h"

enum { PLACES = 2 };			// in the oven
enum { BAKERS = 2 };
enum { PATIENCE = 5 };			// seconds: baker.c has the same

/* make_oven() makes the semaphore, and asks lesson.h to remove its name when we
 * end. start_baker() starts ./baker. wait_for_any_baker() waits until one of
 * the bakers has ended. */
static sem_t *make_oven(void);
static void start_baker(void);
static void wait_for_any_baker(void);

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
	sem_t *places;

	places = make_oven();

	take_place(places);
	say("the oven has %d places; my cake is in one of them", PLACES);

	for (int i = 0; i < BAKERS; i++)
		start_baker();
	for (int i = 0; i < BAKERS; i++)
		wait_for_any_baker();

	say("both bakers are done; I take out my cake");
	if (sem_post(places) == -1)
		die("sem_post");
	if (sem_close(places) == -1)
		die("sem_close");
	return EXIT_SUCCESS;
}

static void start_baker(void)
{
	pid_t bakery = getpid();
	pid_t baker = fork();

	if (baker == -1)
		die("fork");
	if (baker == 0) {
		// If the bakery is killed, its bakers have to end, too.
		if (!end_with_parent(bakery))
			die("end_with_parent");
		execl("./baker", "baker", (char *)NULL);
		die("execl ./baker");
	}
}

static void wait_for_any_baker(void)
{
	int status;

	// wait() returns when either baker has ended. If we waited for baker 1,
	// and baker 2 was killed while it had a place, then baker 1 would wait
	// for that place, and we for baker 1. So take whichever ends first.
	while (wait(&status) == -1) {
		if (errno != EINTR)
			die("wait");
	}
	if (status != 0)
		quit("a baker has failed, perhaps with a place in the oven:"
		     " I close");
}

static char name[OWN_NAME];		// global: remove_name() needs it

static void remove_name(void)
{
	sem_unlink(name);	// fails only if it has gone already
}

static sem_t *make_oven(void)
{
	sem_t *places;

	own_name(name, "oven");

	// If Ctrl-C ended us inside sem_open() or right after it, nobody would
	// remove what it has made. So Ctrl-C has to wait until remove_at_end()
	// knows about it.
	hold_signals();
	places = sem_open(name, O_CREAT | O_EXCL, 0600, PLACES);
	// name + 1 leaves out the slash: the name of the file has none.
	if (places == SEM_FAILED && errno == EEXIST)
		quit("another bakery is open; if it was killed, remove what it"
		     " left: rm /dev/shm/sem.%s", name + 1);
	if (places == SEM_FAILED)
		die("sem_open");
	remove_at_end(remove_name);
	let_signals();
	return places;
}
