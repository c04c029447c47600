/*
 * clerk - books an amount into the account that ./bank has opened
 *
 *   ./clerk 50
 *
 * Its partner ./bank starts it twice. The diagram is there.
 *
 * Watch: in book() the clerk takes the turn, then changes the balance, and then
 * gives the turn back.
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/sem.h>
#include <sys/shm.h>

#include "../../common/lesson.h"

struct account {			// bank.c has the same
	long balance;
};

enum { SEGMENT_KEY, TURN_KEY };		// bank.c has the same

static void book(struct account *account, int turn, long amount)
{
	// SEM_UNDO: if we are killed in our turn, the kernel gives the turn
	// back. Without this flag everybody else would wait for ever.
	struct sembuf take_turn = { .sem_op = -1, .sem_flg = SEM_UNDO };
	struct sembuf give_turn = { .sem_op = 1, .sem_flg = SEM_UNDO };

	// EINTR: Ctrl-Z and fg, for example, ended the wait. Wait again.
	while (semop(turn, &take_turn, 1) == -1) {
		// The bank has removed the semaphore: EINVAL before this call,
		// EIDRM while we waited in it.
		if (errno == EINVAL || errno == EIDRM)
			quit("the bank has closed; nothing is booked");
		if (errno != EINTR)
			die("semop, take the turn");
	}

	// This looks like one step, but it is three: load, add, store. Nobody
	// comes in between, because we have the turn.
	account->balance += amount;

	if (semop(turn, &give_turn, 1) == -1)
		die("semop, give the turn back");
}

static long amount_of(const char *word)
{
	enum { LARGEST = 1000000 };	// far below what a long can hold
	char *rest;			// what follows the number
	long amount = strtol(word, &rest, 10);

	// Refuse "ten", where no number is found, and "10x", where something
	// follows the number.
	if (rest == word || *rest != '\0')
		quit("%s is not a number", word);
	if (amount < -LARGEST || amount > LARGEST)
		quit("%s is too much for one booking", word);
	return amount;
}

int main(int argc, char **argv)
{
	struct account *account;
	long amount;
	int segment;
	int turn;

	if (argc != 2)
		quit("which amount? For example: ./clerk 50");
	amount = amount_of(argv[1]);

	// Look for the semaphore before the segment: remove_both() in bank.c
	// says why. We want the semaphore that the bank has made, so we give no
	// number of semaphores and no flags.
	turn = semget(own_key(TURN_KEY), 0, 0);
	if (turn == -1 && errno == ENOENT)
		quit("no account is open: start ./bank first");
	if (turn == -1)
		die("semget");

	// The same here: we give no size and no flags.
	segment = shmget(own_key(SEGMENT_KEY), 0, 0);
	if (segment == -1 && errno == ENOENT)
		quit("the bank has closed; nothing is booked");
	if (segment == -1)
		die("shmget");

	// EINVAL: the bank has removed the segment before this call. EIDRM:
	// during the call.
	account = shmat(segment, NULL, 0);
	if (account == (void *)-1 && (errno == EINVAL || errno == EIDRM))
		quit("the bank has closed; nothing is booked");
	if (account == (void *)-1)
		die("shmat");

	book(account, turn, amount);
	if (shmdt(account) == -1)
		die("shmdt");
	say("my booking is in the account");
	return EXIT_SUCCESS;
}
