/*
 * lorry - comes home: takes 1 from the number of lorries that are out
 *
 *   ./lorry Ann
 *
 * Its partner is ./depot. The diagram is there.
 *
 * Watch: a lorry does not know whether it is the last one, and it does not know
 * that the depot waits.
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/sem.h>

#include "../../common/lesson.h"

enum { OUT = 0 };		// the semaphore's number, as in depot.c

int main(int argc, char **argv)
{
	// IPC_NOWAIT: if no lorry is out, something is wrong. Do not wait.
	// No SEM_UNDO: with it the kernel would add the 1 again when we end.
	struct sembuf come_home = {
		.sem_num = OUT,
		.sem_op = -1,
		.sem_flg = IPC_NOWAIT,
	};
	const char *name = argc > 1 ? argv[1] : "somebody";
	int set;

	// No size and no flags: we want the set that the depot has made.
	set = semget(own_key(0), 0, 0);
	if (set == -1 && errno == ENOENT)
		quit("no depot is open: start ./depot first");
	if (set == -1)
		die("semget");

	// Print before the call, not after it: the call may wake the depot, and
	// the depot's line must come after ours.
	say("%s is at the gate", name);
	if (semop(set, &come_home, 1) == -1) {
		if (errno == EAGAIN)
			quit("no lorry is out: all are back, or the depot has"
			     " not sent them out yet");
		if (errno == EINVAL)	// the set has gone since semget()
			quit("the depot has closed");
		die("semop, come home");
	}
	return EXIT_SUCCESS;
}
