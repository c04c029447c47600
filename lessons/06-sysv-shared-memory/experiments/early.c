/*
 * early - a clerk that loads before the first store of the bank sees zeros
 *
 *   bank   shmget()                                 balance = 100   turn: +1
 *   Ann              loads: 0
 *   Bob                         waits for his turn ................  loads: 100
 *
 * Watch: both clerks, Ann and Bob, come after shmget() and before the bank has
 * stored 100. Ann loads at once. Bob takes the turn before he loads.
 *
 * Try: in main(), move the line that stores 100 below the semop() and its
 * die(). What does Bob load now? Is it the same each time?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

struct account {
	long balance;
};

static struct account *account;
static int segment = -1;
static int turn = -1;

static void remove_both(void)
{
	if (turn != -1)
		semctl(turn, 0, IPC_RMID);
	if (segment != -1)
		shmctl(segment, IPC_RMID, NULL);
}

static void make_both(void)
{
	hold_signals();
	remove_at_end(remove_both);
	// IPC_PRIVATE always makes a new one. No key is needed: our children
	// inherit the ids.
	segment = shmget(IPC_PRIVATE, sizeof *account, 0600);
	if (segment == -1)
		die("shmget");
	turn = semget(IPC_PRIVATE, 1, 0600);
	if (turn == -1)
		die("semget");
	let_signals();

	account = shmat(segment, NULL, 0);
	if (account == (void *)-1)
		die("shmat");
}

static void ann_loads_at_once(void)
{
	say("wrong: Ann comes early, loads %ld", account->balance);
}

static void bob_takes_the_turn(void)
{
	struct sembuf take = { .sem_op = -1, .sem_flg = SEM_UNDO };

	while (semop(turn, &take, 1) == -1) {
		if (errno != EINTR)
			die("semop, take the turn");
	}
	say("right: Bob loads %ld", account->balance);
	// Bob exits now. Then the kernel gives his turn back, by SEM_UNDO.
}

static pid_t start_clerk(void (*looks)(void))
{
	pid_t bank = getpid();
	pid_t clerk = fork();

	if (clerk == -1)
		die("fork");
	if (clerk == 0) {
		// If the bank is killed, nobody opens the account, and this
		// clerk would wait for ever. So it has to end, too.
		if (!end_with_parent(bank))
			die("end_with_parent");
		looks();
		exit(EXIT_SUCCESS);
	}
	return clerk;
}

static void see_it_end(pid_t clerk)
{
	int status;

	if (waitpid(clerk, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("a clerk has failed");
}

int main(void)
{
	struct sembuf open_account = { .sem_op = 1 };
	pid_t ann;
	pid_t bob;

	make_both();

	ann = start_clerk(ann_loads_at_once);
	see_it_end(ann);

	// A new semaphore is 0: nobody can take the turn yet.
	bob = start_clerk(bob_takes_the_turn);
	if (!wait_until_asleep(bob))
		quit("Bob did not wait");
	say("right: Bob comes early, waits for his turn");

	account->balance = 100;
	say("right: the bank stores 100, opens the account");
	if (semop(turn, &open_account, 1) == -1)
		die("semop, open the account");
	see_it_end(bob);
	return EXIT_SUCCESS;
}
