/*
 * bank - two clerks book into one account
 *
 *   FILE --> clerk --.
 *                     >--> [ segment: balance, bookings ]
 *   FILE --> clerk --'
 *
 *   seq 2000 > a; ./bank 77 a a
 *			prints: balance 4002000 after 4000 bookings
 *
 * A semaphore lets one clerk at a time at the account. It is there already;
 * is it used as it should be?
 */
#include <sys/shm.h>
#include <sys/wait.h>

#include "../../../common/lesson.h"

struct account {
	long balance;
	long bookings;
};

static struct account *account;
static int segment = -1;

static void remove_segment(void)
{
	if (segment != -1)
		shmctl(segment, IPC_RMID, NULL);
}

static void open_bank(key_t key)
{
	remove_at_end(remove_segment);
	hold_signals();		// none between shmget() and the store
	segment = shmget(key, sizeof *account, IPC_CREAT | IPC_EXCL | 0600);
	let_signals();
	if (segment == -1)
		die("shmget");
	account = shmat(segment, NULL, 0);
	if (account == (void *)-1)
		die("shmat");
}

static void book(long amount)
{
	long balance = account->balance;

	// Store only if nobody has stored since our load; else again.
	while (!__atomic_compare_exchange_n(&account->balance, &balance,
					    balance + amount, 0,
					    __ATOMIC_SEQ_CST,
					    __ATOMIC_SEQ_CST))
		;
	__atomic_fetch_add(&account->bookings, 1, __ATOMIC_SEQ_CST);
}

/* The clerk: books each amount that stands in the file at PATH. */
static int work(const char *path)
{
	FILE *f = fopen(path, "r");
	long amount;

	if (!f)
		die(path);
	while (fscanf(f, "%ld", &amount) == 1)
		book(amount);
	return feof(f) ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	int status, failed = 0;

	if (argc != 4)
		quit("usage: ./bank KEY FILE FILE");
	open_bank((key_t)strtol(argv[1], NULL, 0));
	for (int i = 2; i < 4; i++) {
		pid_t clerk = fork();

		if (clerk == -1)
			die("fork");
		if (clerk == 0)
			return work(argv[i]);
	}
	for (int i = 2; i < 4; i++) {
		if (wait(&status) == -1)
			die("wait");
		failed |= status != 0;
	}
	if (failed)
		quit("a clerk has failed");
	printf("balance %ld after %ld bookings\n", account->balance,
	       account->bookings);
	return EXIT_SUCCESS;
}
