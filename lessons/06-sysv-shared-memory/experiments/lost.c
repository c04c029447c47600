/*
 * lost - one of two bookings is lost, every time; with turns none is lost
 *
 *   Ann    load 100                                  store 100 - 30
 *   Bob              load 100      store 100 + 50
 *
 * The parent is Ann. She starts Bob, a child, at the worst moment: she has
 * loaded the balance, and not stored it yet.
 *
 * Watch: what Bob does in the first part, and what he does in the second.
 *
 * Try: in bob_in_his_turn(), move take_turn() below the line that loads the
 * balance. Bob still has the turn when he stores. Does the last line still say
 * 120?
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
	// No key is needed: our child inherits the ids, and what is attached.
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

/* A new semaphore is 0: nobody can take the turn. Now it is 1. */
static void open_account(void)
{
	struct sembuf add_one = { .sem_op = 1 };

	if (semop(turn, &add_one, 1) == -1)
		die("semop, open the account");
}

static void take_turn(void)
{
	struct sembuf take = { .sem_op = -1, .sem_flg = SEM_UNDO };

	while (semop(turn, &take, 1) == -1) {
		if (errno != EINTR)
			die("semop, take the turn");
	}
}

static void give_turn(void)
{
	struct sembuf give = { .sem_op = 1, .sem_flg = SEM_UNDO };

	if (semop(turn, &give, 1) == -1)
		die("semop, give the turn back");
}

static void bob_without_a_turn(void)
{
	long balance = account->balance;

	account->balance = balance + 50;
	say("wrong: Bob loads %ld, stores %ld", balance, balance + 50);
}

static void bob_in_his_turn(void)
{
	long balance;

	take_turn();
	balance = account->balance;
	account->balance = balance + 50;
	say("right: Bob loads %ld, stores %ld", balance, balance + 50);
	give_turn();
}

static pid_t start_bob(void (*books)(void))
{
	pid_t ann = getpid();
	pid_t bob = fork();

	if (bob == -1)
		die("fork");
	if (bob == 0) {
		// If Ann is killed, Bob has to end, too.
		if (!end_with_parent(ann))
			die("end_with_parent");
		books();
		exit(EXIT_SUCCESS);
	}
	return bob;
}

static void see_it_end(pid_t bob)
{
	int status;

	if (waitpid(bob, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("Bob has failed");
}

static void without_turns(void)
{
	long balance;
	pid_t bob;

	account->balance = 100;
	balance = account->balance;
	say("wrong: Ann loads %ld", balance);

	// Bob's whole booking comes between Ann's load and her store.
	bob = start_bob(bob_without_a_turn);
	see_it_end(bob);

	account->balance = balance - 30;
	say("wrong: Ann stores %ld; the 50 are lost", account->balance);
}

static void with_turns(void)
{
	long balance;
	pid_t bob;

	account->balance = 100;
	open_account();

	take_turn();
	balance = account->balance;
	say("right: Ann has the turn, loads %ld", balance);

	// Bob comes at the same moment as in the first part: Ann has loaded the
	// balance, and not stored it yet.
	bob = start_bob(bob_in_his_turn);
	if (!wait_until_asleep(bob))
		quit("Bob did not wait");
	say("right: Bob waits for his turn");

	account->balance = balance - 30;
	say("right: Ann stores %ld, gives the turn back", account->balance);
	give_turn();
	see_it_end(bob);
	say("right: the account has %ld", account->balance);
}

int main(void)
{
	make_both();
	without_turns();
	with_turns();
	return EXIT_SUCCESS;
}
