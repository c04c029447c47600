/*
 * clerk - books an amount into the account that ./bank has opened
 *
 *   ./clerk 50
 *
 * Its partner ./bank starts it twice. The diagram is there.
 *
 * Watch: the three steps of a booking. Take the turn, change the balance, give
 * the turn back.
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/sem.h>
#include <sys/shm.h>

#include "../../common/lesson.h"

struct account {			// bank.c has the same
	long balance;
};

static void book(struct account *account, int turn, long amount)
{
	// SEM_UNDO: if we are killed in our turn, the kernel gives it back.
	// Without it everybody else would wait for ever.
	struct sembuf take_turn = { .sem_op = -1, .sem_flg = SEM_UNDO };
	struct sembuf give_turn = { .sem_op = 1, .sem_flg = SEM_UNDO };

	// EINTR: Ctrl-Z and fg, for example, ended the wait. Wait again.
	while (semop(turn, &take_turn, 1) == -1) {
		if (errno == EINVAL || errno == EIDRM)	// it is removed
			quit("the bank has closed; nothing is booked");
		if (errno != EINTR)
			die("semop, take the turn");
	}

	// This looks like one step, and is three: load, add, store. Nobody
	// comes in between, for it is our turn.
	account->balance += amount;

	if (semop(turn, &give_turn, 1) == -1)
		die("semop, give the turn back");
}

static long amount_of(const char *word)
{
	enum { LARGEST = 1000000 };	// far below what a long can hold
	char *end;
	long amount = strtol(word, &end, 10);

	if (end == word || *end != '\0')
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

	// The semaphore first. If the bank closes after this line, and another
	// one opens, semop() fails. Otherwise we could take the turn of the one
	// bank, and book into the account of the other one.
	turn = semget(own_key(1), 0, 0);
	if (turn == -1 && errno == ENOENT)
		quit("no account is open: start ./bank first");
	if (turn == -1)
		die("semget");

	// No size and no flags: we want the segment that the bank has made.
	segment = shmget(own_key(0), 0, 0);
	if (segment == -1 && errno == ENOENT)
		quit("the bank has closed; nothing is booked");
	if (segment == -1)
		die("shmget");
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
