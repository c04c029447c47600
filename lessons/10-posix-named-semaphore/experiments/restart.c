/*
 * restart - a handler runs while a process waits: does the wait go on?
 *
 *   A child waits for a post. It has a handler for SIGUSR1. First we send
 *   SIGUSR1 to the child, and then we post.
 *
 * Watch: the flag SA_RESTART lets sem_wait() go on. With sem_timedwait() the
 * flag does not help. The loop is always right.
 *
 * Try: in the third try() of main(), write wait_in_a_loop instead of
 * wait_with_limit. Does its line change?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <time.h>

#include "../../../common/experiment.h"

enum { NO_FLAG = 0 };
enum { LONG_TIME = 60 };	// seconds: this program ends much earlier

static sem_t *sem;

static void make_semaphore(void)
{
	char name[OWN_NAME];

	own_name(name, "restart");

	// If Ctrl-C ended us before sem_unlink(), the name would stay. So
	// Ctrl-C has to wait.
	hold_signals();
	sem = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
	// name + 1 leaves out the slash: the name of the file has none.
	if (sem == SEM_FAILED && errno == EEXIST)
		quit("another ./restart is running; if it was killed, remove"
		     " what it left: rm /dev/shm/sem.%s", name + 1);
	if (sem == SEM_FAILED)
		die("sem_open");
	// A child inherits the semaphore, so it needs no name any more. It goes
	// away with the last process that has it open.
	if (sem_unlink(name) == -1)
		die("sem_unlink");
	let_signals();
}

/* A handler that does nothing. It is enough that a handler runs. */
static void do_nothing(int sig)
{
	(void)sig;	// not needed
}

static void catch_sigusr1(int flags)
{
	struct sigaction act = { .sa_handler = do_nothing };

	act.sa_flags = flags;
	sigemptyset(&act.sa_mask);
	if (sigaction(SIGUSR1, &act, NULL) == -1)
		die("sigaction");
}

static int wait_once(void)
{
	return sem_wait(sem);
}

static int wait_with_limit(void)
{
	struct timespec until;

	if (clock_gettime(CLOCK_REALTIME, &until) == -1)
		die("clock_gettime");
	until.tv_sec += LONG_TIME;
	return sem_timedwait(sem, &until);
}

static int wait_in_a_loop(void)
{
	while (sem_wait(sem) == -1) {
		if (errno != EINTR)
			return -1;
	}
	return 0;
}

static pid_t start_child(const char *what, int flags,
			 int (*wait_for_post)(void))
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, the post never comes.
		if (!end_with_parent(parent))
			die("end_with_parent");
		catch_sigusr1(flags);
		if (wait_for_post() == -1)
			say("%s: returned -1, %s", what, errno_name(errno));
		else
			say("%s: went on, then returned 0", what);
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

/* Start a child that waits in WAIT_FOR_POST and sets its handler with FLAGS.
 * Send it the signal, and then post. WHAT is the beginning of its line. */
static void try(const char *what, int flags, int (*wait_for_post)(void))
{
	pid_t child;

	make_semaphore();
	child = start_child(what, flags, wait_for_post);
	if (!wait_until_asleep(child))
		quit("the child did not wait");

	// kill() wakes the child. After that it sleeps again, because its wait
	// has gone on; or it has ended, because its wait has failed. We wait
	// until one of the two has happened, and post only then. The child
	// itself says which of them it was.
	if (kill(child, SIGUSR1) == -1)
		die("kill");
	wait_until_asleep(child);

	// If the wait has failed, nobody takes what we post. That does no harm:
	// each try has a semaphore of its own.
	if (sem_post(sem) == -1)
		die("sem_post");
	see_it_end(child);
	if (sem_close(sem) == -1)
		die("sem_close");
}

int main(void)
{
	try("sem_wait(), no flag", NO_FLAG, wait_once);
	try("sem_wait(), SA_RESTART", SA_RESTART, wait_once);
	try("sem_timedwait(), SA_RESTART", SA_RESTART, wait_with_limit);
	try("sem_wait() in a loop, no flag", NO_FLAG, wait_in_a_loop);
	return EXIT_SUCCESS;
}
