/*
 * depot - a drain monitor: it may close when no lorry is inside
 *
 *   ./lorry --(+1, -1)--> [ INSIDE ] --zero--> depot wakes up
 *
 * Start it first. Its partner, ./lorry, ends every wait in another way.
 *
 * Watch: one call, four endings; errno tells which. The wait takes nothing.
 */
#define _GNU_SOURCE		// semtimedop()
#include <sys/sem.h>
#include "../../common/lesson.h"

enum { INSIDE, HELD, MISSING, DEPOT, SEMS };
static int set = -1;

static void shut(void)
{
	semctl(set, 0, IPC_RMID);	// of -1: EINVAL
}

static void open_depot(void)
{
	struct sembuf mark[] = {
		{ .sem_num = HELD, .sem_op = 1 },
		{ .sem_num = DEPOT, .sem_op = 0 },
	};

	remove_at_end(shut);
	// A killed depot left its set. Who still sleeps on it gets EIDRM.
	if ((set = semget(own_key(0), 0, 0)) != -1)
		shut();
	hold_signals();		// until we know what to remove
	set = semget(own_key(0), SEMS, IPC_CREAT | IPC_EXCL | 0600);
	let_signals();
	if (set == -1)
		die("semget");
	if (semop(set, mark, 2) == -1)	// from now on GETPID names us
		die("semop");
}

static void called(int sig)
{
	(void)sig;	// that it ran is enough: SA_RESTART does not help
}

// Sleep until nobody is inside. Returns why it woke: 0, or errno's name.
static const char *wait_for_zero(void)
{
	struct sembuf zero = { .sem_num = INSIDE, .sem_op = 0 };
	struct timespec limit = { .tv_nsec = 50000000 };
	int late = semctl(set, MISSING, GETVAL), rc;

	// While lorries are missing, the wait is limited. But time may run
	// out unseen: go on until a lorry, having seen us asleep, holds us.
	do {
		rc = semtimedop(set, &zero, 1, late ? &limit : NULL);
	} while (rc == -1 && errno == EAGAIN && semctl(set, HELD, GETVAL) == 0);
	return rc == -1 ? errno_name(errno) : "0";
}

int main(void)
{
	struct sigaction act = { .sa_handler = called,
				 .sa_flags = SA_RESTART };
	// All or nothing: not held, and somebody is inside (-1, +1).
	struct sembuf next[] = {
		{ .sem_num = HELD, .sem_op = 0 },
		{ .sem_num = INSIDE, .sem_op = -1 },
		{ .sem_num = INSIDE, .sem_op = 1 },
	};

	open_depot();
	if (sigaction(SIGUSR1, &act, NULL) == -1)
		die("sigaction");
	say("open; waits until no lorry is inside");
	while (semop(set, next, 3) == 0)
		say("the wait for zero ends: %s", wait_for_zero());
	say("and the next call: %s", errno_name(errno));
	return EXIT_SUCCESS;
}
