/*
 * dies - a process takes the only unit and dies: nobody gives the unit back
 *
 * The value of a semaphore is a number of units. sem_wait() takes one of them.
 *
 *   the holder, a child:         takes the unit, and is killed by SIGKILL
 *   another child, and then we:  wait for the unit
 *
 * Watch: the semaphore does not know who has taken its unit. Its value stays 0.
 *
 * Try: in make_sem(), begin with 3 units instead of 1. What do you see now?
 * Does anybody notice that a process has died with a unit?
 */
#define _GNU_SOURCE			// for lesson.h
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "../../../common/experiment.h"

static sem_t *sem;

/* Make a semaphore with one unit, in memory that our children inherit and share
 * with us. MAP_ANONYMOUS: the memory has no file, so the descriptor is -1, and
 * the 0 after it means nothing. NULL: the kernel chooses the address. */
static void make_sem(void)
{
	sem = mmap(NULL, sizeof *sem, PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (sem == MAP_FAILED)
		die("mmap");
	// The first 1: processes share it. The second 1: one unit.
	if (sem_init(sem, 1, 1) == -1)
		die("sem_init");
}

static void take_unit(void)
{
	while (sem_wait(sem) == -1) {
		if (errno != EINTR)
			die("sem_wait");
	}
}

/* What the holder does. */
static void hold(void)
{
	take_unit();
	for (;;)
		pause();	// sleeps until a signal comes
}

/* Start a child that calls the function TO_DO. */
static pid_t start_child(void (*to_do)(void))
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, nobody is left to end the sleep of
		// this child.
		if (!end_with_parent(parent))
			die("end_with_parent");
		to_do();
		exit(EXIT_SUCCESS);
	}
	return child;
}

static void kill_it(pid_t child)
{
	if (kill(child, SIGKILL) == -1)
		die("kill");
}

/* Wait until CHILD has ended. Return the signal that has killed it, or 0. */
static int see_it_end(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (WIFSIGNALED(status))
		return WTERMSIG(status);
	if (status != 0)
		quit("a child has failed");
	return 0;
}

/* WRONG: a child waits for the unit, and nobody will ever give it back. */
static void wait_without_a_limit(void)
{
	pid_t waiter = start_child(take_unit);

	if (wait_until_asleep(waiter)) {
		say("wrong: sem_wait() sleeps, and nobody will post");
		kill_it(waiter);	// or it would sleep for ever
		see_it_end(waiter);
		return;
	}
	if (see_it_end(waiter) != 0)
		quit("a child was killed before it slept");
	say("wrong: sem_wait() returned");
}

/* Wait for a unit, but at most a tenth of a second. Return 1 if it came. */
static int wait_with_a_limit(void)
{
	const long second = 1000 * 1000 * 1000;		// in nanoseconds
	struct timespec until;

	// The limit is a point in time. So ask what time it is, and add a tenth
	// of a second. tv_nsec must stay below a second.
	if (clock_gettime(CLOCK_REALTIME, &until) == -1)
		die("clock_gettime");
	until.tv_nsec += second / 10;
	if (until.tv_nsec >= second) {
		until.tv_nsec -= second;
		until.tv_sec += 1;
	}

	while (sem_timedwait(sem, &until) == -1) {
		if (errno == ETIMEDOUT)
			return 0;
		if (errno != EINTR)
			die("sem_timedwait");
	}
	return 1;
}

static void wait_and_look(pid_t holder)
{
	int sig;

	// With more units, as in Try, the holder has not taken the last one.
	if (wait_with_a_limit())
		quit("a unit is left, so nobody looks at the holder");
	say("right: sem_timedwait(): -1, ETIMEDOUT; so look at the holder");

	sig = see_it_end(holder);
	say("right: the holder was killed by signal %d; I post for it", sig);
	if (sem_post(sem) == -1)
		die("sem_post");

	if (!wait_with_a_limit())
		quit("the unit that we have posted did not come");
	say("right: sem_timedwait(): 0");
}

int main(void)
{
	pid_t holder;

	make_sem();
	holder = start_child(hold);
	// If the holder sleeps, it sleeps in pause(), and it has the unit. In
	// sem_wait() it does not sleep, because the unit is there.
	if (!wait_until_asleep(holder))
		quit("the holder has ended");
	kill_it(holder);

	wait_without_a_limit();
	wait_and_look(holder);
	return EXIT_SUCCESS;
}
