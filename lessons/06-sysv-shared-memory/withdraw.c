/*
 * withdraw - takes 30 out of an account, and loses what was paid in meanwhile
 *
 *   withdraw --stores--> [ segment: the account ] <--stores-- deposit
 *
 * Starts ./deposit at the worst time: it has read the balance, and not yet
 * written it. Watch: the balance, and memory that outlives its own removal.
 */
#define _GNU_SOURCE
#include <sys/shm.h>
#include <sys/wait.h>
#include "../../common/lesson.h"

struct account {		// deposit.c declares the same
	long balance;
	struct account *where;	// its address, in this process
};

static volatile sig_atomic_t segment = -1;	// 0 is an id like any other

static void remove_segment(void)
{
	shmctl(segment, IPC_RMID, NULL);	// of -1: EINVAL
}

// No IPC_EXCL: what a killed run has left is taken over.
static struct account *open_account(void)
{
	struct account *account;

	remove_at_end(remove_segment);
	hold_signals();			// until we know what to remove
	segment = shmget(own_key(6), sizeof *account, IPC_CREAT | 0600);
	let_signals();
	if (segment == -1)
		die("shmget");
	account = shmat(segment, NULL, 0);
	if (account == (void *)-1)		// a failure is not NULL
		die("shmat");
	account->where = account;
	account->balance = 100;
	return account;
}

static void run_deposit(void)
{
	int status;

	switch (fork()) {
	case -1: die("fork");
	case 0:			// exec detaches: it must attach again
		execl("./deposit", "deposit", (char *)NULL);
		die("execl ./deposit");
	}
	if (wait(&status) == -1 || status != 0)
		quit("deposit has failed: start ./withdraw again");
}

int main(void)
{
	struct account *account = open_account();
	long balance = account->balance;

	say("read %ld, and now deposit runs", balance);
	run_deposit();
	account->balance = balance - 30;	// from a copy that is old
	say("wrote %ld, not 120: 50 are lost", account->balance);

	// deposit has removed the segment. For who is in, it is still there.
	say("removed, and still the balance is %ld", account->balance);
	if (shmdt(account) == -1)
		die("shmdt");
	if (shmat(segment, NULL, 0) == (void *)-1)
		say("the last detach ended it: %s", errno_name(errno));
	return EXIT_SUCCESS;
}
