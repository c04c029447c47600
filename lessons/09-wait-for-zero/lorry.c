/*
 * lorry - sees the depot asleep, and wakes it, each time in another way
 *
 *   lorry --(+1, -1)--> [ INSIDE  ] --zero--> its partner ./depot wakes up
 *   three --(-1)------> [ MISSING ] --zero--> all three go on: a barrier
 *
 * Watch: semzcnt, how many sleep until zero, tells when to act. No clock.
 */
#define _GNU_SOURCE
#include <sys/sem.h>
#include <sys/wait.h>

#include "../../common/experiment.h"

enum { INSIDE, HELD, MISSING, DEPOT };
static int set, depot;

static void op(unsigned short num, short n, short flags)
{
	struct sembuf one = { .sem_num = num, .sem_op = n, .sem_flg = flags };

	if (semop(set, &one, 1) == -1)
		die("semop");
}

// First see the depot awake: now it sleeps until we let go of HELD. Let go,
// see it sleep on INSIDE, and hold it: it will not do so again unseen.
static void see(const char *plan)
{
	for (int n = 0; n <= 1; n++) {
		while (semctl(set, n ? INSIDE : HELD, GETZCNT) != 1)
			if (is_asleep(depot) == -1)
				quit("the depot has died; start it again");
		say("semzcnt %d: %s", n, n ? plan : "the depot is awake");
		op(HELD, n ? 1 : -1, SEM_UNDO);
	}
}

// A barrier: three come to the gate, and none goes before all have come.
static void convoy(void)
{
	for (int i = 0; i < 3; i++)
		switch (fork()) {
		case -1: die("fork");
		case 0:
			say("at the gate");
			op(MISSING, -1, 0);	// no undo: I have been here
			op(MISSING, 0, 0);	// but have the others?
			say("nobody is missing");
			exit(EXIT_SUCCESS);
		}
	while (wait(NULL) > 0)
		;
}

int main(void)
{
	if ((set = semget(own_key(0), 0, 0)) == -1)
		quit("no depot is open; start ./depot first");
	depot = semctl(set, DEPOT, GETPID);
	op(INSIDE, 1, SEM_UNDO);	// undone at exit, even when killed
	op(MISSING, 3, SEM_UNDO);

	see("it sleeps, with a time limit");
	convoy();
	see("it sleeps, and we leave");
	op(INSIDE, -1, SEM_UNDO);
	op(INSIDE, 1, SEM_UNDO);	// too late: the zero has been
	see("it sleeps, and gets a signal");
	if (kill(depot, SIGUSR1) == -1)
		die("kill");
	see("it sleeps, and the set goes");
	if (semctl(set, 0, IPC_RMID) == -1)
		die("semctl IPC_RMID");
	while (is_asleep(depot) != -1)	// it has a last word to say
		sched_yield();
	return EXIT_SUCCESS;
}
