/*
 * stays - what is left when a program has ended, and when a name has gone
 *
 *   /dev/shm/sem.NAME --> [ value ] <-- every process that has it open
 *
 * Watch: a semaphore stays as long as it has a name. It also stays as long as a
 * process has it open.
 *
 * Try: delete the call of sem_unlink() in main(), and its `if`. What does the
 * line after that say now, and is the file still there when the program ends?
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

static sem_t *make_semaphore(unsigned int value)
{
	sem_t *sem;

	own_name(name, "stays");
	hold_signals();
	sem = sem_open(name, O_CREAT | O_EXCL, 0600, value);
	// name + 1 leaves out the slash: the name of the file has none.
	if (sem == SEM_FAILED && errno == EEXIST)
		quit("another ./stays is running; if it was killed, remove what"
		     " it left: rm /dev/shm/sem.%s", name + 1);
	if (sem == SEM_FAILED)
		die("sem_open");
	remove_at_end(remove_name);
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

/* In the child: take one, and end. Nothing is closed or given back. */
static void take_one(void)
{
	// 0: no flags. Open the semaphore that is there.
	sem_t *sem = sem_open(name, 0);

	if (sem == SEM_FAILED)
		die("sem_open");
	while (sem_wait(sem) == -1) {
		if (errno != EINTR)
			die("sem_wait");
	}
}

/* Do what another program would do: make the semaphore with the value 2. Return
 * SEM_FAILED if that fails. */
static sem_t *try_to_make(int oflag)
{
	sem_t *sem;
	int error;

	// sem_open() writes a file with another name first, and then gives it
	// our name. Ctrl-C in the middle would leave that file behind.
	hold_signals();
	sem = sem_open(name, oflag, 0600, 2);
	error = errno;
	let_signals();
	errno = error;		// the caller wants the errno of sem_open()
	return sem;
}

static pid_t start_child(void)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, the child has to end, too.
		if (!end_with_parent(parent))
			die("end_with_parent");
		take_one();
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
	pid_t child;
	int value;

	// 1. Make the semaphore, close it, and let another process take one.
	sem = make_semaphore(2);
	if (sem_close(sem) == -1)
		die("sem_close");
	child = start_child();
	see_it_end(child);
	say("made with 2, one taken, and now nobody has it open");

	// 2. Another program wants to make a semaphore of this name. What does
	// it find?
	sem = try_to_make(O_CREAT);
	if (sem == SEM_FAILED)
		die("sem_open, O_CREAT");
	value = value_of(sem);
	say("wrong: sem_open(O_CREAT) with 2 finds the old one: its value is"
	    " %d", value);
	if (try_to_make(O_CREAT | O_EXCL) != SEM_FAILED)
		quit("there are two of one name");
	say("right: with O_EXCL: SEM_FAILED, %s", errno_name(errno));

	// 3. Now the name goes, while we have the semaphore open.
	if (sem_unlink(name) == -1)
		die("sem_unlink");
	if (sem_open(name, 0) == SEM_FAILED)
		say("the name is removed: sem_open(): SEM_FAILED, %s",
		    errno_name(errno));
	else
		say("the name is there: sem_open() has worked");
	if (sem_post(sem) == -1)
		die("sem_post");
	value = value_of(sem);
	say("but we have it open: after sem_post() its value is %d", value);
	return EXIT_SUCCESS;
}
