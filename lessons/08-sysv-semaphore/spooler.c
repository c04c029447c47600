/*
 * spooler - owns a set of semaphores: a printer, its paper, and a bell
 *
 *   spooler --semop(+12 sheets)--> [ PRINTERS SHEETS BELL ] <--semop()-- job
 *
 * It brings paper whenever a job rings, until SIGTERM. Its partner is ./job.
 *
 * Watch: semget() and SETALL are two steps. What if somebody comes between?
 */
#define _GNU_SOURCE
#include <sys/sem.h>
#include <sys/wait.h>

#include "../../common/lesson.h"

enum { PRINTERS, SHEETS, BELL, NSEMS };		// job.c has the same

// No header has it: POSIX leaves it to the caller of semctl().
union semun { int val; struct semid_ds *buf; unsigned short *array; };

static volatile sig_atomic_t id = -1;		// not 0: that is a good id

static void remove_set(void)
{
	semctl(id, 0, IPC_RMID);
}

static void make_set(void)
{
	int old = semget(own_key(1), 0, 0);	// a killed spooler's

	if (old != -1 && semctl(old, 0, IPC_RMID) == -1)
		die("semctl IPC_RMID");
	hold_signals();			// until we know what to remove
	id = semget(own_key(1), NSEMS, IPC_CREAT | IPC_EXCL | 0600);
	let_signals();
	if (id == -1)
		die("semget");
}

static int set_all(void)
{
	unsigned short start[NSEMS] = { [PRINTERS] = 1 };	// no paper yet
	union semun arg = { .array = start };

	if (semctl(id, 0, SETALL, arg) == -1)
		die("semctl SETALL");
	return semctl(id, SHEETS, GETVAL);
}

int main(void)
{
	struct sembuf paper = { .sem_num = SHEETS, .sem_op = 10 };
	struct sembuf bell = { .sem_num = BELL, .sem_op = -1 };
	pid_t child;
	int left;

	remove_at_end(remove_set);
	make_set();
	child = fork();
	if (child == -1)
		die("fork");
	if (child == 0)		// somebody who does not ask: is it ready?
		_exit(semop(id, &paper, 1) == -1);
	if (wait(NULL) == -1)
		die("wait");
	left = set_all();	// this wipes out what he added
	make_set();		// so once more, and properly
	say("10 sheets came before SETALL: it leaves %d", left);

	// That line starts ./job. It too may come before SETALL, but waits
	// for sem_otime: the first semop() sets it. Nobody else may be first.
	for (set_all(); semop(id, &paper, 1) == 0; paper.sem_op = 12) {
		while (semop(id, &bell, 1) == -1)	// sleeps until it rings
			if (errno != EINTR)		// as after Ctrl-Z
				die("semop");
		say("the bell: 12 more sheets");
	}
	die("semop");
}
