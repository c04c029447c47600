/*
 * bell - a semaphore that begins with 0: one process waits for another one
 *
 *   the cook --sem_post()--> [ 0 1 0 ] --sem_wait()--> the waiter
 *
 * There are no places here, and nobody gives anything back. Each post says that
 * one dish is ready.
 *
 * Watch: a ring that comes before the wait is not lost. The semaphore counts.
 *
 * Try: let the cook ring only once before the second waiter comes. Which line
 * is the last one, and what does the waiter do? End it with Ctrl-C.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <semaphore.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

static sem_t *bell;

static sem_t *make_semaphore(unsigned int value)
{
	char name[OWN_NAME];
	sem_t *sem;

	own_name(name, "bell");

	// Our children inherit the semaphore, so it needs no name any more. It
	// goes when the last process that has it open ends.
	hold_signals();
	sem = sem_open(name, O_CREAT | O_EXCL, 0600, value);
	if (sem == SEM_FAILED && errno == EEXIST)
		quit("it runs already; if it was killed, remove what it left:"
		     " rm /dev/shm/sem.%s", name + 1);
	if (sem == SEM_FAILED)
		die("sem_open");
	if (sem_unlink(name) == -1)
		die("sem_unlink");
	let_signals();
	return sem;
}

static void take(sem_t *sem)
{
	while (sem_wait(sem) == -1) {
		if (errno != EINTR)
			die("sem_wait");
	}
}

static void ring(void)
{
	if (sem_post(bell) == -1)
		die("sem_post");
}

/* Start a waiter, who takes DISHES dishes. */
static pid_t start_waiter(int dishes)
{
	pid_t cook = getpid();
	pid_t waiter = fork();

	if (waiter == -1)
		die("fork");
	if (waiter == 0) {
		// If the cook is killed, the bell never rings.
		if (!end_with_parent(cook))
			exit(EXIT_FAILURE);
		say("waiter: I wait for the bell");
		for (int i = 0; i < dishes; i++) {
			take(bell);
			say("waiter: it has rung, I take a dish");
		}
		exit(EXIT_SUCCESS);
	}
	return waiter;
}

static void see_it_end(pid_t waiter)
{
	int status;

	while (waitpid(waiter, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the waiter has failed");
}

int main(void)
{
	pid_t waiter;

	bell = make_semaphore(0);

	// 1. The waiter is first, and sleeps.
	waiter = start_waiter(1);
	if (!wait_until_asleep(waiter))
		quit("the waiter did not wait");
	say("cook: a dish is ready, I ring");
	ring();
	see_it_end(waiter);

	// 2. The cook is first, and rings twice.
	say("cook: two dishes are ready, I ring twice");
	ring();
	ring();
	waiter = start_waiter(2);
	see_it_end(waiter);
	return EXIT_SUCCESS;
}
