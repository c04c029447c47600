/*
 * walker - walks from gate to gate; at each, nobody leaves before all have come
 *
 *   walker --\
 *   walker ----> gate 0 ----> gate 1 ----> gate 2 ----> ...
 *   walker --/
 *
 * ID is a set of three semaphores; with N walkers it begins as N 0 0. For
 * gate G semaphore G % 3 says how many are still missing.
 *
 *   ./walker ID 5 & ./walker ID 5 &	with N = 2: both walk through 5 gates
 */
#include <pthread.h>
#include <sys/sem.h>

#include "../../../common/lesson.h"

struct wait {
	int id;
	unsigned short gate;
};

/* A thread of its own sleeps; the main one waits for its end. */
static void *wait_here(void *arg)
{
	const struct wait *wait = arg;
	struct sembuf all_came = { wait->gate, 0, 0 };

	while (semop(wait->id, &all_came, 1) == -1)
		if (errno != EINTR)
			die("semop");
	return NULL;
}

static void pass(int id, int gate)
{
	unsigned short here = (unsigned short)(gate % 3);
	unsigned short next = (unsigned short)((gate + 1) % 3);
	struct sembuf arrive[] = { { here, -1, 0 }, { next, 1, 0 } };
	struct wait wait = { id, here };
	pthread_t thread;
	int err;

	// All or none: nobody finds this gate counted down and the next one
	// not yet counted up.
	if (semop(id, arrive, 2) == -1)
		die("semop");
	// Arriving and waiting in one call would never count the arrival.
	err = pthread_create(&thread, NULL, wait_here, &wait);
	if (err != 0)
		quit("pthread_create: %s", strerror(err));
	err = pthread_join(thread, NULL);
	if (err != 0)
		quit("pthread_join: %s", strerror(err));
}

int main(int argc, char **argv)
{
	int id, gates;

	if (argc != 3)
		quit("usage: ./walker ID GATES");
	id = atoi(argv[1]);
	gates = atoi(argv[2]);
	for (int gate = 0; gate != gates; gate++) {
		pass(id, gate);
		say("past gate %d", gate);
	}
	return EXIT_SUCCESS;
}
