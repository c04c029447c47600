/*
 * early - who comes between shmget() and the first store sees zeros
 *
 *   bank    shmget()                      balance = 100     open: +1
 *   clerk              loads: 0
 *   clerk              waits for its turn ........................  loads: 100
 *
 * Watch: both clerks come at the same moment. Only one of them asks before it
 * loads.
 *
 * Try: in main(), move the line that stores 100 below the semop(). What does
 * the second clerk load now? Is it the same each time?
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

static void clerk_that_does_not_ask(void)
{
	say("wrong: a clerk comes early, loads %ld", account->balance);
}

static void clerk_that_asks(void)
{
	struct sembuf take = { .sem_op = -1, .sem_flg = SEM_UNDO };

	while (semop(turn, &take, 1) == -1) {
		if (errno != EINTR)
			die("semop, take the turn");
	}
	say("right: the clerk loads %ld", account->balance);
	// The end gives the turn back: SEM_UNDO.
}

static pid_t start_clerk(void (*looks)(void))
{
	pid_t bank = getpid();
	pid_t clerk = fork();

	if (clerk == -1)
		die("fork");
	if (clerk == 0) {
		// If the bank is killed, nobody is left to end our wait.
		if (!end_with_parent(bank))
			exit(EXIT_FAILURE);
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
		quit("a clerk has failed: status 0x%x", (unsigned)status);
}

int main(void)
{
	struct sembuf open_account = { .sem_op = 1 };
	pid_t clerk;

	make_both();

	clerk = start_clerk(clerk_that_does_not_ask);
	see_it_end(clerk);

	clerk = start_clerk(clerk_that_asks);
	if (!wait_until_asleep(clerk))
		quit("the clerk did not wait");
	say("right: a clerk comes early, waits for its turn");

	account->balance = 100;
	say("right: the bank stores 100, opens the account");
	if (semop(turn, &open_account, 1) == -1)
		die("semop, open the account");
	see_it_end(clerk);
	return EXIT_SUCCESS;
}
