/*
 * flag - SEM_UNDO belongs to the taking and to the giving back, or to neither
 *
 *   A child takes the only printer, gives it back, and ends in good order.
 *
 * Watch: how many printers are free when the child has ended.
 *
 * Try: play the first wrong way three times in a row, without the
 * set_printers(1) between them. How many printers are free then?
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

static void add(short amount, short flag)
{
	struct sembuf operation = {
		.sem_num = PRINTERS,
		.sem_op = amount,
		.sem_flg = flag,
	};

	if (semop(set, &operation, 1) == -1)
		die("semop");
}

/* A child takes the printer with FLAG_OF_TAKE, and gives it back with
 * FLAG_OF_GIVE. Each of them is 0 or SEM_UNDO. Then the child ends, and now the
 * kernel undoes what was done with SEM_UNDO. */
static void take_and_give(short flag_of_take, short flag_of_give)
{
	pid_t parent = getpid();
	pid_t job = fork();
	int status;

	if (job == -1)
		die("fork");
	if (job == 0) {
		// If the parent is killed, the child has to end, too.
		if (!end_with_parent(parent))
			die("end_with_parent");
		add(-1, flag_of_take);
		add(1, flag_of_give);
		exit(EXIT_SUCCESS);
	}
	if (waitpid(job, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("the job has failed");
}

int main(void)
{
	make_set();

	set_printers(1);
	take_and_give(SEM_UNDO, 0);
	show("wrong: only the taking has SEM_UNDO");

	set_printers(1);
	take_and_give(0, SEM_UNDO);
	show("wrong: only the giving has SEM_UNDO");

	set_printers(1);
	take_and_give(SEM_UNDO, SEM_UNDO);
	show("right: both have SEM_UNDO");
	return EXIT_SUCCESS;
}
