/*
 * zcount - the kernel counts the sleepers: semzcnt is how many wait for zero,
 * semncnt is how many want to take
 *
 *   Two children wait on one semaphore whose value is 1: the first for zero,
 *   the second to take 5.
 *
 * Watch: each of the two children is counted in its own count. A sleeper that
 * is killed is not counted any more.
 *
 * Try: let the second child take 1 instead of 5. Which line changes first?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/sem.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

/* semctl() may take a fourth argument. No header defines its type, so we do.
 * SETVAL uses val, SETALL array, IPC_STAT buf (semctl(2)). */
union semun {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
};

static int set;

static void remove_set(void)
{
	semctl(set, 0, IPC_RMID);
}

static void make_set(void)
{
	union semun one = { .val = 1 };

	hold_signals();
	// No key is needed: our children inherit the id.
	set = semget(IPC_PRIVATE, 1, 0600);
	if (set == -1)
		die("semget");
	remove_at_end(remove_set);
	let_signals();
	if (semctl(set, 0, SETVAL, one) == -1)
		die("semctl SETVAL");
}

static void show(const char *when)
{
	int zcount;
	int ncount;

	zcount = semctl(set, 0, GETZCNT);
	if (zcount == -1)
		die("semctl GETZCNT");
	ncount = semctl(set, 0, GETNCNT);
	if (ncount == -1)
		die("semctl GETNCNT");
	say("%s: semzcnt %d, semncnt %d", when, zcount, ncount);
}

/* AMOUNT 0: wait for zero. AMOUNT -5: wait until there are 5, and take them. */
static void wait_for(short amount)
{
	struct sembuf operation = { .sem_num = 0, .sem_op = amount };

	while (semop(set, &operation, 1) == -1) {
		if (errno != EINTR)
			die("semop, wait");
	}
}

static pid_t start_child(short amount)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, nobody ends this child's wait.
		if (!end_with_parent(parent))
			die("end_with_parent");
		wait_for(amount);
		exit(EXIT_SUCCESS);
	}
	// It is counted from the moment when it sleeps.
	if (!wait_until_asleep(child))
		quit("the child has ended, but it should wait");
	return child;
}

int main(void)
{
	struct sembuf four_more = { .sem_num = 0, .sem_op = 4 };
	pid_t waits_for_zero;
	pid_t takes_five;
	int status;

	make_set();
	show("nobody sleeps");

	waits_for_zero = start_child(0);
	show("one waits for zero");

	takes_five = start_child(-5);
	show("another one wants to take 5");

	// SIGKILL gives the child no time for anything. The kernel takes it off
	// the list of sleepers.
	if (kill(waits_for_zero, SIGKILL) == -1)
		die("kill");
	if (waitpid(waits_for_zero, &status, 0) == -1)
		die("waitpid");
	if (!WIFSIGNALED(status))
		quit("the child did not die of the signal");
	show("the first was killed");

	// Now there are 5, and the second child takes them all.
	if (semop(set, &four_more, 1) == -1)
		die("semop, four more");
	if (waitpid(takes_five, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("the child has failed");
	show("the second got its 5");
	return EXIT_SUCCESS;
}
