/*
 * bank - opens an account; two clerks book into it at the same time
 *
 *   ./clerk -30 --.
 *                  >--> [ segment: the balance ]   in turn: one at a time
 *   ./clerk 50 ---'
 *
 * The balance is how much money the account has. To book an amount means to add
 * it to the balance. The bank starts its partner, ./clerk, twice.
 *
 * Watch: the last balance is right, whichever clerk was first. The balance is a
 * variable, and a clerk changes it without a system call. A call is needed only
 * to take the turn, and to give the turn back.
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>

#include "../../common/lesson.h"

struct account {			// clerk.c has the same
	long balance;
};

enum { SEGMENT_KEY, TURN_KEY };		// clerk.c has the same

// Both are ids. -1 says that there is nothing to remove yet.
static int segment = -1;		// the memory
static int turn = -1;			// the semaphore: 1 if the turn is free

/* A bank removes the semaphore before the segment, and a clerk looks for the
 * semaphore before the segment. So a clerk never books with the turn of one
 * bank into the account of another:
 *
 *	clerk			old bank		new bank
 *	finds the semaphore
 *				removes it
 *				removes the segment
 *							makes both
 *	finds the new segment
 *	semop() fails: nothing is booked
 */
static void remove_both(void)
{
	if (turn != -1)
		semctl(turn, 0, IPC_RMID);
	if (segment != -1)
		shmctl(segment, IPC_RMID, NULL);
}

_Noreturn static void refuse_to_open(void)
{
	quit("another bank is open; if it was killed, remove what it left:"
	     " ipcrm -M 0x%x -S 0x%x", (unsigned)own_key(SEGMENT_KEY),
	     (unsigned)own_key(TURN_KEY));
}

static struct account *make_account(void)
{
	struct account *account;

	// If Ctrl-C ended us right after shmget(), segment would still be -1,
	// and nobody would remove what we have made. So Ctrl-C has to wait.
	hold_signals();

	// This call stands before both shmget() and semget(). If only the
	// first of them works, remove_both() must still remove the segment.
	remove_at_end(remove_both);

	segment = shmget(own_key(SEGMENT_KEY), sizeof *account,
			 IPC_CREAT | IPC_EXCL | 0600);
	if (segment == -1 && errno == EEXIST)
		refuse_to_open();
	if (segment == -1)
		die("shmget");

	// Attach the segment: now it is memory of this program. NULL lets the
	// kernel choose the address. 0 means that we may load and store.
	account = shmat(segment, NULL, 0);
	if (account == (void *)-1)		// a failure is not NULL
		die("shmat");

	turn = semget(own_key(TURN_KEY), 1, IPC_CREAT | IPC_EXCL | 0600);
	if (turn == -1 && errno == EEXIST)
		refuse_to_open();
	if (turn == -1)
		die("semget");
	let_signals();
	return account;
}

static pid_t start_clerk(const char *amount)
{
	pid_t bank = getpid();
	pid_t clerk = fork();

	if (clerk == -1)
		die("fork");
	if (clerk == 0) {
		// If the bank is killed, its clerks have to end, too.
		if (!end_with_parent(bank))
			die("end_with_parent");
		execl("./clerk", "clerk", amount, (char *)NULL);
		die("execl ./clerk");
	}
	return clerk;
}

static void see_it_end(pid_t clerk)
{
	int status;

	if (waitpid(clerk, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("a clerk has failed: its booking may be missing");
}

int main(void)
{
	struct sembuf open_account = { .sem_op = 1 };
	struct sembuf close_account = { .sem_op = -1 };
	struct account *account;
	pid_t ann;
	pid_t bob;

	account = make_account();

	// On Linux a new semaphore is 0: the turn is not free yet. A clerk that
	// comes now waits, so it never sees a balance that is not set.
	account->balance = 100;
	say("the account is open: it has %ld", account->balance);
	if (semop(turn, &open_account, 1) == -1)
		die("semop, open the account");

	ann = start_clerk("-30");
	bob = start_clerk("50");
	see_it_end(ann);
	see_it_end(bob);

	// You may have started more clerks by hand. So we take the turn, and
	// keep it: nobody books while we load the balance, or after that.
	// EINTR: Ctrl-Z and fg, for example, ended the wait. Wait again.
	while (semop(turn, &close_account, 1) == -1) {
		if (errno != EINTR)
			die("semop, close the account");
	}
	say("both clerks are done: it has %ld", account->balance);

	if (shmdt(account) == -1)
		die("shmdt");
	return EXIT_SUCCESS;
}
