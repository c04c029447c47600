/*
 * bell - a semaphore that begins with 0: one process waits for another one
 *
 *   the cook --sem_post()--> [ 0 1 0 ] --sem_wait()--> the runner
 *
 * The cook cooks, and the runner takes the dishes to the guests. There are no
 * places here, and nobody gives anything back. Each post says that one dish is
 * ready.
 *
 * Watch: a ring that comes before the wait is not lost. The semaphore counts.
 *
 * Try: let the cook ring only once before the second runner comes. Which line
 * is the last one, and what does the runner do? End it with Ctrl-C.
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

	// If Ctrl-C ended us before sem_unlink(), the name would stay. So
	// Ctrl-C has to wait.
	hold_signals();
	sem = sem_open(name, O_CREAT | O_EXCL, 0600, value);
	// name + 1 leaves out the slash: the name of the file has none.
	if (sem == SEM_FAILED && errno == EEXIST)
		quit("another ./bell is running; if it was killed, remove what"
		     " it left: rm /dev/shm/sem.%s", name + 1);
	if (sem == SEM_FAILED)
		die("sem_open");
	// A child inherits the semaphore, so it needs no name any more. It goes
	// away with the last process that has it open.
	if (sem_unlink(name) == -1)
		die("sem_unlink");
	let_signals();
	return sem;
}

static void wait_for_ring(void)
{
	while (sem_wait(bell) == -1) {
		if (errno != EINTR)
			die("sem_wait");
	}
}

static void ring(void)
{
	if (sem_post(bell) == -1)
		die("sem_post");
}

/* Start a runner, a child that takes DISHES dishes. */
static pid_t start_runner(int dishes)
{
	pid_t cook = getpid();
	pid_t runner = fork();

	if (runner == -1)
		die("fork");
	if (runner == 0) {
		// If the cook is killed, the bell never rings.
		if (!end_with_parent(cook))
			die("end_with_parent");
		say("runner: I wait for the bell");
		for (int i = 0; i < dishes; i++) {
			wait_for_ring();
			say("runner: it has rung, I take a dish");
		}
		exit(EXIT_SUCCESS);
	}
	return runner;
}

static void see_it_end(pid_t runner)
{
	int status;

	while (waitpid(runner, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the runner has failed");
}

int main(void)
{
	pid_t runner;

	bell = make_semaphore(0);

	// 1. The runner is first, and sleeps.
	runner = start_runner(1);
	if (!wait_until_asleep(runner))
		quit("the runner did not wait");
	say("cook: a dish is ready, I ring");
	ring();
	see_it_end(runner);

	// 2. The cook is first, and rings twice.
	say("cook: two dishes are ready, I ring twice");
	ring();
	ring();
	runner = start_runner(2);
	see_it_end(runner);
	return EXIT_SUCCESS;
}
