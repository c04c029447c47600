/*
 * twins - a name that is removed and made again names another semaphore
 *
 *   A, C --> [ the old one ]          no name any more
 *   NAME --> [ the new one ] <-- B    the same name, another semaphore
 *
 * A works, and C waits for it. B begins as many programs do: it removes the
 * name, because a killed run may have left it. But nobody was killed: A and C
 * still use the semaphore. D removes nothing: it makes the name with O_EXCL
 * only.
 *
 * Watch: there is one place, and two processes have it. And C waits for a place
 * that it cannot get from B.
 *
 * Try: in make_again(), delete the call of sem_unlink() and its `if`. What does
 * B say now? Is that better?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <semaphore.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

static char name[OWN_NAME];		// global: remove_name() needs it

static void remove_name(void)
{
	sem_unlink(name);
}

static sem_t *make_semaphore(void)
{
	sem_t *sem;

	own_name(name, "twins");
	hold_signals();
	sem = sem_open(name, O_CREAT | O_EXCL, 0600, 1);
	// name + 1 leaves out the slash: the name of the file has none.
	if (sem == SEM_FAILED && errno == EEXIST)
		quit("another ./twins is running; if it was killed, remove what"
		     " it left: rm /dev/shm/sem.%s", name + 1);
	if (sem == SEM_FAILED)
		die("sem_open");
	remove_at_end(remove_name);
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

/* Make a semaphore with one place. Return SEM_FAILED if the name is there. */
static sem_t *try_to_make(void)
{
	sem_t *sem;
	int error;

	// sem_open() writes a file with another name first, and then gives it
	// our name. Ctrl-C in the middle would leave that file behind.
	hold_signals();
	sem = sem_open(name, O_CREAT | O_EXCL, 0600, 1);
	error = errno;
	let_signals();
	errno = error;		// the caller wants the errno of sem_open()
	return sem;
}

/* What B does. WRONG: somebody may still use the old semaphore. */
static sem_t *make_again(void)
{
	sem_t *sem;

	if (sem_unlink(name) == -1)
		die("sem_unlink");
	sem = try_to_make();
	if (sem == SEM_FAILED)
		die("sem_open, B");
	return sem;
}

/* Take a place if one is free, and return 1. Else return 0, without a wait. */
static int try_to_take(sem_t *sem)
{
	if (sem_trywait(sem) == 0)
		return 1;
	if (errno != EAGAIN)
		die("sem_trywait");
	return 0;
}

static pid_t start_c(sem_t *sem)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, nobody gives C a place.
		if (!end_with_parent(parent))
			die("end_with_parent");
		take(sem);
		exit(EXIT_SUCCESS);
	}
	if (!wait_until_asleep(child))
		quit("C has ended, but it should wait");
	return child;
}

static void see_it_end(pid_t c)
{
	int status;

	while (waitpid(c, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("C has failed");
}

int main(void)
{
	sem_t *old_one;
	sem_t *new_one;
	pid_t c;

	// We play A, B and D ourselves; C is our child. A has the only place,
	// and C waits for it.
	old_one = make_semaphore();
	take(old_one);
	c = start_c(old_one);
	say("A has the only place, C waits for it");

	// B knows only the name.
	new_one = make_again();
	if (try_to_take(new_one))
		say("wrong: B makes the name again, and has a place, too");
	else
		say("B makes the name again, and has no place");

	// B posts to the new semaphore, and C waits at the old one.
	if (sem_post(new_one) == -1)
		die("sem_post, new one");
	if (!wait_until_asleep(c))
		quit("C has ended, but it should wait");
	say("wrong: B gives its place back, and C sleeps on");

	if (sem_post(old_one) == -1)
		die("sem_post, old one");
	see_it_end(c);
	say("A gives its place back, and C has it");

	// D does not remove anything.
	if (try_to_make() != SEM_FAILED)
		quit("D has made one, too");
	say("right: D makes it with O_EXCL only: SEM_FAILED, %s",
	    errno_name(errno));
	return EXIT_SUCCESS;
}
