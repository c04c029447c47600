/*
 * job - takes the printer and 6 sheets in one step, prints, gives the printer
 * back
 *
 * Its partner is ./office. The diagram is there.
 *
 * Watch: a job that has to wait for paper does not hold the printer meanwhile.
 * Else the office could not get at the tray, and both would wait for ever.
 */
#define _GNU_SOURCE			// for semtimedop()
#include <sys/sem.h>
#include <time.h>

#include "../../common/lesson.h"

enum {				// the semaphores of the set, as in office.c
	PRINTERS,
	SHEETS,
	ROOM
};

enum { NEEDS = 6 };		// sheets; the office keeps so many in the tray
enum { PATIENCE = 3 };		// seconds

static int find_set(void)
{
	// No size and no flags: we want the set that the office has made.
	int set = semget(own_key(0), 0, 0);

	if (set == -1 && errno == ENOENT)
		quit("no office is open: start ./office first");
	if (set == -1)
		die("semget");
	return set;
}

/* semop() has failed, and errno is ERR. Has the set been removed: during the
 * call (EIDRM), or before it (EINVAL)? */
static int is_gone(int err)
{
	return err == EIDRM || err == EINVAL;
}

static void take(int set)
{
	// SEM_UNDO: if we are killed, the kernel gives the printer back. Paper
	// that has been used does not come back, so it has no such flag.
	struct sembuf printer_and_paper[] = {
		{ .sem_num = PRINTERS, .sem_op = -1, .sem_flg = SEM_UNDO },
		{ .sem_num = SHEETS, .sem_op = -NEEDS },
		{ .sem_num = ROOM, .sem_op = NEEDS },
	};
	// How long to wait at most. If the office is killed, nobody brings
	// paper, and nobody removes the set: without a limit we would wait for
	// ever.
	struct timespec limit = { .tv_sec = PATIENCE };

	while (semtimedop(set, printer_and_paper, 3, &limit) == -1) {
		if (errno == EAGAIN)
			quit("no printer and paper for %d seconds: is ./office"
			     " still there?", PATIENCE);
		if (is_gone(errno))
			quit("the office has closed: nothing is printed");
		// EINTR: a signal, or Ctrl-Z and then fg, has ended the wait.
		// We have got nothing yet, so ask again, with the whole limit.
		if (errno != EINTR)
			die("semtimedop, take printer and paper");
	}
}

static void give_back(int set)
{
	// SEM_UNDO here, too. Else the kernel would give the printer back once
	// more when we end, and there would be two.
	struct sembuf printer = {
		.sem_num = PRINTERS,
		.sem_op = 1,
		.sem_flg = SEM_UNDO,
	};

	if (semop(set, &printer, 1) == -1) {
		if (is_gone(errno))
			quit("the office has closed while I printed");
		die("semop, give the printer back");
	}
}

int main(void)
{
	int set = find_set();

	take(set);
	say("I have the printer and %d sheets: I print", NEEDS);
	give_back(set);
	return EXIT_SUCCESS;
}
