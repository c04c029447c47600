/*
 * barrier - three walkers meet; nobody goes on before all have come
 *
 *   walker --(-1: I am here)--> [ MISSING: 3 2 1 0 ] --zero--> all go on
 *
 * Watch: every "here" stands above every "going on".
 *
 * Try: in walk(), make one call of both operations:
 *	struct sembuf both[] = { arrive, until_zero };
 *	if (semop(set, both, 2) == -1) ...
 * Who goes on now, and why? End it with Ctrl-C.
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/sem.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { MISSING = 0 };	// number of the semaphore. Its value: who is missing
enum { NSEMS = 1 };		// the set has no other one
enum { WALKERS = 3 };

static int set;

static void remove_set(void)
{
	semctl(set, 0, IPC_RMID);
}

static void make_set(void)
{
	hold_signals();
	// No key is needed: our children inherit the id.
	set = semget(IPC_PRIVATE, NSEMS, 0600);
	if (set == -1)
		die("semget");
	remove_at_end(remove_set);
	let_signals();
}

static void walk(void)
{
	struct sembuf arrive = { .sem_num = MISSING, .sem_op = -1 };
	// An amount of 0 adds nothing: it means "wait until the value is 0".
	struct sembuf until_zero = { .sem_num = MISSING, .sem_op = 0 };

	say("here");
	if (semop(set, &arrive, 1) == -1)
		die("semop, arrive");

	// EINTR: wait again. But do not arrive again: that would count twice.
	while (semop(set, &until_zero, 1) == -1) {
		if (errno != EINTR)
			die("semop, wait for zero");
	}
	say("all are here: going on");
}

static void start_walker(void)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, nobody removes the set, and a
		// walker that still waits would wait for ever.
		if (!end_with_parent(parent))
			die("end_with_parent");
		walk();
		exit(EXIT_SUCCESS);
	}
}

int main(void)
{
	struct sembuf all_missing = { .sem_num = MISSING, .sem_op = WALKERS };
	int status;

	make_set();
	if (semop(set, &all_missing, 1) == -1)
		die("semop, all missing");

	for (int i = 0; i < WALKERS; i++)
		start_walker();

	for (int i = 0; i < WALKERS; i++) {
		if (wait(&status) == -1)
			die("wait");
		// The others would wait for ever. quit() ends us, and because
		// of end_with_parent() that ends them, too.
		if (status != 0)
			quit("a walker has died");
	}
	return EXIT_SUCCESS;
}
