/*
 * look - what sem_getvalue() tells may be old before you use it
 *
 *   we: look, and then take         another process: take
 *
 * By chance it is rare that the other process takes between our two steps. Here
 * it does so each time.
 *
 * Watch: the first way has two steps, the second way has one.
 *
 * Try: make the semaphore with 2. Which of the three lines change, and why?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <semaphore.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { SLEEPERS = 2 };		// children that wait, in the third part

static sem_t *make_semaphore(unsigned int value)
{
	char name[OWN_NAME];
	sem_t *sem;

	own_name(name, "look");

	// If Ctrl-C ended us before sem_unlink(), the name would stay. So
	// Ctrl-C has to wait.
	hold_signals();
	sem = sem_open(name, O_CREAT | O_EXCL, 0600, value);
	// name + 1 leaves out the slash: the name of the file has none.
	if (sem == SEM_FAILED && errno == EEXIST)
		quit("another ./look is running; if it was killed, remove what"
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

static int value_of(sem_t *sem)
{
	int value;

	if (sem_getvalue(sem, &value) == -1)
		die("sem_getvalue");
	return value;
}

static void take(sem_t *sem)
{
	while (sem_wait(sem) == -1) {
		if (errno != EINTR)
			die("sem_wait");
	}
}

/* Start a child that takes one. As long as there is none, it sleeps. */
static pid_t start_taker(sem_t *sem)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, nobody posts for the child.
		if (!end_with_parent(parent))
			die("end_with_parent");
		take(sem);
		exit(EXIT_SUCCESS);
	}
	return child;
}

static void see_it_end(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the child has failed");
}

int main(void)
{
	sem_t *sem;
	pid_t taker[SLEEPERS];
	pid_t faster;
	int seen;
	int now;

	sem = make_semaphore(1);

	// 1. Look, and believe it. But meanwhile a child takes.
	seen = value_of(sem);
	faster = start_taker(sem);
	see_it_end(faster);
	now = value_of(sem);
	say("wrong: I have seen %d, and sem_wait() would find %d", seen, now);

	// 2. Look and take in one step.
	if (sem_trywait(sem) == 0)
		say("right: sem_trywait() has taken one");
	else
		say("right: sem_trywait() looks and takes in one step: %s",
		    errno_name(errno));

	// 3. sem_getvalue() does not tell how many wait.
	for (int i = 0; i < SLEEPERS; i++) {
		taker[i] = start_taker(sem);
		if (!wait_until_asleep(taker[i]))
			quit("a child has ended, but it should wait");
	}
	now = value_of(sem);
	say("%d processes wait: the value is %d", SLEEPERS, now);
	for (int i = 0; i < SLEEPERS; i++) {
		if (sem_post(sem) == -1)
			die("sem_post");
	}
	for (int i = 0; i < SLEEPERS; i++)
		see_it_end(taker[i]);
	return EXIT_SUCCESS;
}
