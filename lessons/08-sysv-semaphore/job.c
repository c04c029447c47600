/*
 * job - takes the printer and 6 sheets in one step, prints, gives the printer
 * back
 *
 * Its partner is ./office. The diagram is there.
 *
 * Watch: a job that has to wait for paper does not hold the printer meanwhile.
 * If it did, the office could not open the tray, and both would wait for ever.
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

enum { NEEDS = 6 };		// sheets that a job needs; the tray holds 10
enum { PATIENCE = 3 };		// seconds that we wait for them, at most

/* find_set() returns the id of the set that the office has made.
 * is_gone() says whether the error ERR means that the set was removed. */
static int find_set(void);
static int is_gone(int err);

/* Take the printer and the paper in one step, as soon as that is possible. */
static void take(int set)
{
	// SEM_UNDO: if we are killed, the kernel gives the printer back. Paper
	// that has been used does not come back, so it has no such flag.
	struct sembuf printer_and_paper[] = {
		{ .sem_num = PRINTERS, .sem_op = -1, .sem_flg = SEM_UNDO },
		{ .sem_num = SHEETS, .sem_op = -NEEDS },
		{ .sem_num = ROOM, .sem_op = NEEDS },
	};
	// If the office is killed, nobody brings paper, and nobody removes the
	// set. Without a limit we would wait for ever.
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
	// SEM_UNDO here, too. Without it the kernel would give the printer back
	// once more when we end, and there would be two.
	struct sembuf printer = {
		.sem_num = PRINTERS,
		.sem_op = 1,
		.sem_flg = SEM_UNDO,
	};

	// This call only adds: it never waits, so it needs no loop.
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

static int is_gone(int err)
{
	// EIDRM: the set was removed during the call. EINVAL: before it.
	return err == EIDRM || err == EINVAL;
}
