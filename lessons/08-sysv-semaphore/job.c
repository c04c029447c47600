/*
 * job - takes a printer and its paper in one semop(): both, or none
 *
 *   spooler --> [ PRINTERS SHEETS BELL ] <--semtimedop(-1, -sheets)-- job
 *
 * Two of them: A is killed while it holds both; B wants more paper than
 * there is, and rings. Their partner ./spooler owns the set.
 *
 * Watch: what comes back from A, and what B has after its time-out.
 */
#define _GNU_SOURCE			// for semtimedop()
#include <sched.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <time.h>

#include "../../common/lesson.h"

enum { PRINTERS, SHEETS, BELL };	// spooler.c has the same
union semun { int val; struct semid_ds *buf; unsigned short *array; };
static int id;

// A set is there before its values are. Its sem_otime is 0 until the owner's
// first semop(). An owner that died before it is not waited for.
static void wait_until_ready(void)
{
	struct semid_ds ds;
	union semun arg = { .buf = &ds };

	do {
		if (semctl(id, 0, IPC_STAT, arg) == -1)
			die("semctl IPC_STAT");
		if (ds.sem_otime == 0 && time(NULL) > ds.sem_ctime + 5)
			quit("its owner has died: start ./spooler again");
	} while (ds.sem_otime == 0 && sched_yield() == 0);
	say("sem_otime is set: %d sheets", semctl(id, SHEETS, GETVAL));
}

// SEM_UNDO: the printer comes back however we end. Used paper is used.
static int take(const char *who, short sheets, time_t seconds)
{
	// The limit counts from now on.
	struct timespec limit = { .tv_sec = seconds, .tv_nsec = 100000000 };
	struct sembuf both[] = {
		{ .sem_num = PRINTERS, .sem_op = -1, .sem_flg = SEM_UNDO },
		{ .sem_num = SHEETS, .sem_op = (short)-sheets } };
	int ret = semtimedop(id, both, 2, &limit);

	say("%s, 1 printer and %d sheets: %s; left %d and %d", who, sheets,
	    ret == 0 ? "has both" : errno_name(errno),
	    semctl(id, PRINTERS, GETVAL), semctl(id, SHEETS, GETVAL));
	return ret;
}

int main(void)
{
	struct sembuf ring = { .sem_num = BELL, .sem_op = 1 };
	pid_t child;

	id = semget(own_key(1), 0, 0);
	if (id == -1)
		quit("no set (%s): start ./spooler first", errno_name(errno));
	wait_until_ready();
	child = fork();
	if (child == -1)
		die("fork");
	if (child == 0) {
		take("A", 4, 0);
		raise(SIGKILL);		// no exit(), no clean-up of its own
	}
	if (wait(NULL) == -1)
		die("wait");
	say("A was killed");

	if (take("B", 8, 0) == 0)
		return EXIT_SUCCESS;
	if (semop(id, &ring, 1) == -1)
		die("semop");
	if (take("B", 8, 5) == -1)
		quit("no paper came: start ./spooler again");
	return EXIT_SUCCESS;
}
