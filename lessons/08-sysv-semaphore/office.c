/*
 * office - owns a printer and its tray, and puts new paper in
 *
 *   office --(puts 5 sheets in)--> [ PRINTERS SHEETS ROOM ] <--(takes)-- job
 *
 * Start it first. Then start its partner ./job, as often as you like. The
 * office works until Ctrl-C or SIGTERM.
 *
 * Watch: the office waits for two things at once: the printer is free, and
 * there is room for a pack of paper. While it waits for one of them, it does
 * not hold the other one.
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/sem.h>

#include "../../common/lesson.h"

enum {				// the semaphores of the set; job.c has the same
	PRINTERS,		// how many printers are free: 1 or 0
	SHEETS,			// how many sheets are in the tray
	ROOM,			// how many more sheets it has room for
	NSEMS			// the size of the set: three
};

enum { TRAY = 10 };		// sheets in a full tray
enum { PACK = 5 };		// sheets in a pack

static int set;			// global, because remove_set() needs it

/* make_set() makes the set, and asks lesson.h to remove it when the office
 * ends. */
static void make_set(void);

/* Put one pack of paper in, as soon as that is possible. */
static void put_paper_in(void)
{
	// SEM_UNDO: if we are killed while we have the printer, the kernel
	// gives it back. Without this flag no job could ever print again.
	struct sembuf open_tray[] = {
		{ .sem_num = PRINTERS, .sem_op = -1, .sem_flg = SEM_UNDO },
		{ .sem_num = ROOM, .sem_op = -PACK },
	};
	struct sembuf close_tray[] = {
		{ .sem_num = SHEETS, .sem_op = PACK },
		{ .sem_num = PRINTERS, .sem_op = 1, .sem_flg = SEM_UNDO },
	};

	// EINTR: a signal, or Ctrl-Z and then fg, has ended the wait. We have
	// got nothing yet, so ask again.
	while (semop(set, open_tray, 2) == -1) {
		if (errno != EINTR)
			die("semop, open the tray");
	}

	// Print before the next call, not after it: the call may wake a job,
	// and the job's line must come after ours. The call itself only adds,
	// so it never waits, and needs no loop.
	say("the printer is free: I put %d sheets in", PACK);
	if (semop(set, close_tray, 2) == -1)
		die("semop, close the tray");
}

int main(void)
{
	// No SEM_UNDO here: these are the first values, and nothing is given
	// back. The value of ROOM stays 0, because the tray is full.
	struct sembuf open_office[] = {
		{ .sem_num = PRINTERS, .sem_op = 1 },
		{ .sem_num = SHEETS, .sem_op = TRAY },
	};

	make_set();

	// On Linux new semaphores are 0. So a job that comes now finds no
	// printer, and waits. Our semop() may wake it. Its line must come after
	// ours, so print first. This semop() only adds: it never waits.
	say("I open: one printer, %d sheets in its tray", TRAY);
	if (semop(set, open_office, 2) == -1)
		die("semop, open the office");

	// The office is open until a signal ends it.
	for (;;)
		put_paper_in();
}

static void remove_set(void)
{
	// The whole set goes, so the 0, the number of a semaphore, is not used.
	// The call fails only if the set has gone already.
	semctl(set, 0, IPC_RMID);
}

static void make_set(void)
{
	key_t key = own_key(0);

	// If Ctrl-C ended us right after semget(), nobody would remove the set.
	// So Ctrl-C has to wait until remove_at_end() knows what to remove.
	hold_signals();
	set = semget(key, NSEMS, IPC_CREAT | IPC_EXCL | 0600);
	if (set == -1 && errno == EEXIST)
		quit("another office is open; if it was killed, remove what it"
		     " left: ipcrm -S 0x%x", (unsigned)key);
	if (set == -1)
		die("semget");
	remove_at_end(remove_set);
	let_signals();
}
