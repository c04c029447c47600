/*
 * depot - closes for the night when the last lorry is back
 *
 *   lorry --(-1: I am back)--> [ OUT: 3 2 1 0 ] --zero--> the depot wakes
 *
 * Start it first. Then start its partner three times: ./lorry Ann, and so on.
 *
 * Watch: the depot does not ask again and again how many are back. It sleeps
 * in one call, and the kernel wakes it when the value is zero.
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/sem.h>

#include "../../common/lesson.h"

enum { OUT = 0 };	// number of the semaphore. Its value: lorries out
enum { NSEMS = 1 };		// the set has no other one
enum { LORRIES = 3 };

static int set;			// global, because remove_set() needs it

static void remove_set(void)
{
	semctl(set, 0, IPC_RMID);	// fails only if it has gone already
}

static void make_set(void)
{
	key_t key = own_key(0);

	// If Ctrl-C ended us right after semget(), nobody would remove the set.
	// So Ctrl-C has to wait until remove_at_end() knows what to remove.
	hold_signals();
	set = semget(key, NSEMS, IPC_CREAT | IPC_EXCL | 0600);
	if (set == -1 && errno == EEXIST)
		quit("another depot is open; if it was killed, remove what it"
		     " left: ipcrm -S 0x%x", (unsigned)key);
	if (set == -1)
		die("semget");
	remove_at_end(remove_set);
	let_signals();
}

int main(void)
{
	struct sembuf send_out = { .sem_num = OUT, .sem_op = LORRIES };
	// An amount of 0 adds nothing: it means "wait until the value is 0".
	struct sembuf until_zero = { .sem_num = OUT, .sem_op = 0 };

	make_set();

	// On Linux a new semaphore is 0. This adds 3, in one step.
	if (semop(set, &send_out, 1) == -1)
		die("semop, send out");
	say("%d lorries are out; I sleep until all are back", LORRIES);

	// EINTR: a signal, or Ctrl-Z and then fg, has ended the wait. The value
	// may not be zero yet, so wait again.
	while (semop(set, &until_zero, 1) == -1) {
		if (errno != EINTR)
			die("semop, wait for zero");
	}

	say("all are back; I close");
	return EXIT_SUCCESS;
}
