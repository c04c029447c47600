/*
 * undo - a job is killed while it has the printer
 *
 *   A child takes the printer, with SEM_UNDO or without. Then it is killed by
 *   SIGKILL, so it cannot clean up anything.
 *
 * Watch: how many printers are free afterwards. Who has given the printer back?
 *
 * Try: in take_and_stay(), write `.sem_op = -2`, and in main() change both
 * set_printers(1) to set_printers(2). How many printers does the kernel give
 * back?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/sem.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { PRINTERS = 0 };		// this semaphore: how many printers are free

static int set;

static void remove_set(void)
{
	semctl(set, 0, IPC_RMID);	// the whole set: the 0 is not used
}

static void make_set(void)
{
	hold_signals();
	// No key is needed: our child inherits the id.
	set = semget(IPC_PRIVATE, 1, 0600);
	if (set == -1)
		die("semget");
	remove_at_end(remove_set);
	let_signals();
}

/* semctl() may take a fourth argument. No header defines its type, so we do.
 * SETVAL uses val, SETALL array, IPC_STAT buf. */
union semun {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
};

static void set_printers(int value)
{
	union semun arg = { .val = value };

	if (semctl(set, PRINTERS, SETVAL, arg) == -1)
		die("semctl SETVAL");
}

/* Say WHAT, and how many printers are free. */
static void show(const char *what)
{
	int value = semctl(set, PRINTERS, GETVAL);

	if (value == -1)
		die("semctl GETVAL");
	say("%s; free printers: %d", what, value);
}

/* In the child: take the printer, and keep it until we are killed. FLAG: 0 or
 * SEM_UNDO. */
static void take_and_stay(short flag)
{
	struct sembuf take = {
		.sem_num = PRINTERS,
		.sem_op = -1,
		.sem_flg = flag,
	};

	if (semop(set, &take, 1) == -1)
		die("semop, take");
	for (;;)
		pause();	// sleeps until a signal comes
}

/* Start a child that takes the printer, say WHAT, and kill the child. FLAG: 0
 * or SEM_UNDO. */
static void kill_a_holder(const char *what, short flag)
{
	pid_t parent = getpid();
	pid_t job = fork();
	int status;

	if (job == -1)
		die("fork");
	if (job == 0) {
		// If the parent is killed, nobody is left to end the child.
		if (!end_with_parent(parent))
			die("end_with_parent");
		take_and_stay(flag);
	}
	if (!wait_until_asleep(job))
		quit("the job has ended, but it should sleep in pause()");
	show(what);
	if (kill(job, SIGKILL) == -1)
		die("kill");
	if (waitpid(job, &status, 0) == -1)
		die("waitpid");
	if (!WIFSIGNALED(status))
		quit("the job did not die of the signal");
}

int main(void)
{
	make_set();

	set_printers(1);
	kill_a_holder("wrong: a job has the printer, without SEM_UNDO", 0);
	show("wrong: it was killed");

	set_printers(1);
	kill_a_holder("right: a job has the printer, with SEM_UNDO", SEM_UNDO);
	show("right: it was killed");
	return EXIT_SUCCESS;
}
