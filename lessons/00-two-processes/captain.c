/*
 * captain - starts a sailor, hands it a list, and waits for its answer
 *
 *   captain --fork(), execl()--> sailor
 *   list.txt --(descriptor 0)--> sailor
 *   captain <--(exit status)---- sailor
 *
 * Its partner is ./sailor. Start ./captain alone: it starts the sailor itself.
 *
 * Watch: the sailor does not know what its list is called or who has opened it.
 * The sailor reads its standard input, and ends with a small number.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/wait.h>

#include "../../common/lesson.h"

enum { SOMETHING_MISSING = 2 };		// the exit status, as in sailor.c

/* In the child: put the list in the place of standard input, and become the
 * program ./sailor. */
_Noreturn static void become_sailor(int list, pid_t captain);

int main(void)
{
	pid_t captain = getpid();	// our process id
	pid_t sailor;			// the process id of the child
	int list;			// a descriptor of list.txt
	int status;			// how the child has ended

	list = open("list.txt", O_RDONLY);
	if (list == -1)
		die("open list.txt");

	say("I hand the list to a sailor, and wait until it is back");
	sailor = fork();
	if (sailor == -1)
		die("fork");
	if (sailor == 0)
		become_sailor(list, captain);	// does not return

	// The child has its own descriptor of the list. This closes only ours.
	if (close(list) == -1)
		die("close");

	// EINTR: a signal has ended the wait. The sailor may not be back yet,
	// so wait again. (The 0 means: no options.)
	while (waitpid(sailor, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}

	// Ask this first: WEXITSTATUS() of a process that was killed is 0, as
	// if all were well.
	if (WIFSIGNALED(status))
		quit("the sailor was killed by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) == 0)
		say("the sailor is back: we have everything, and sail");
	else if (WEXITSTATUS(status) == SOMETHING_MISSING)
		say("the sailor is back: something is missing, and we stay");
	else
		quit("the sailor has failed: status %d", WEXITSTATUS(status));
	return EXIT_SUCCESS;
}

_Noreturn static void become_sailor(int list, pid_t captain)
{
	// If the captain is killed, nobody wants the answer any more. Without
	// this the sailor would go on with its work.
	if (!end_with_parent(captain))
		die("end_with_parent");

	// If we were started with descriptor 0 closed, open() has returned 0.
	// Then the list is standard input already, and nothing is to be done.
	if (list != STDIN_FILENO) {
		if (dup2(list, STDIN_FILENO) == -1)
			die("dup2");
		if (close(list) == -1)		// the sailor needs only 0
			die("close");
	}

	execl("./sailor", "sailor", (char *)NULL);
	die("execl ./sailor");	// execl() returns only if it has failed
}
