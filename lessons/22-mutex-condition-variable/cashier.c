/*
 * cashier - moves money under a lock; one is killed, the next repairs
 *
 *   cashier --> [ plain | robust | moved | left -10 | right +10 ] --> payee
 *
 * A death leaves a lock as it is: bytes in shared memory. Only a robust mutex
 * tells the next one. ./payee starts this program once for each step.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>

#include "../../common/lesson.h"

struct bank {			// as in payee.c
	pthread_mutex_t plain, robust;
	pthread_cond_t moved;
	int left, right;
};

static void set_up(struct bank *b)
{
	pthread_mutexattr_t ma;
	pthread_condattr_t ca;

	// The default is for threads: it would wake no other process.
	if (pthread_mutexattr_init(&ma) || pthread_condattr_init(&ca) ||
	    pthread_mutexattr_setpshared(&ma, PTHREAD_PROCESS_SHARED) ||
	    pthread_condattr_setpshared(&ca, PTHREAD_PROCESS_SHARED) ||
	    pthread_mutex_init(&b->plain, &ma) ||
	    pthread_mutexattr_setrobust(&ma, PTHREAD_MUTEX_ROBUST) ||
	    pthread_mutex_init(&b->robust, &ma) ||
	    pthread_cond_init(&b->moved, &ca))
		quit("the locks cannot be set up");
	b->left = b->right = 50;
}

static void move_money(struct bank *b, int fatal)
{
	// These calls leave errno alone: they return the error's number.
	int err = pthread_mutex_lock(&b->robust);

	if (err == EOWNERDEAD) {	// locked, but by whom was it left?
		say("EOWNERDEAD: %d of 100 are here", b->left + b->right);
		b->right = 100 - b->left;	// repair, and then say so
		err = pthread_mutex_consistent(&b->robust);
	}
	if (err)
		quit("cannot lock: %s", errno_name(err));
	b->left -= 10;		// from here until right has it: 90 of 100
	if (fatal) {
		pthread_mutex_trylock(&b->plain);
		say("took 10, and am killed with the locks");
		raise(SIGKILL);		// no handler, no unlock
	}
	b->right += 10;		// first the state, then the signal
	if (pthread_cond_signal(&b->moved) || pthread_mutex_unlock(&b->robust))
		quit("cannot signal or unlock");
	say("moved 10 and signalled: %d, %d", b->left, b->right);
}

int main(int argc, char **argv)
{
	int fd = argc == 3 ? shm_open(argv[1], O_RDWR, 0) : -1;
	struct bank *b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE,
			      MAP_SHARED, fd, 0);

	if (b == MAP_FAILED)
		quit("start ./payee: it makes the bank, then starts me");
	if (strcmp(argv[2], "open") == 0)
		set_up(b);
	else
		move_money(b, *argv[2] == 'd');		// die
	return EXIT_SUCCESS;
}
