/*
 * bank - moves money between two accounts in a file that others have mapped
 *
 *   bank --lock--> [ mutex | in_move | account 0, 1 | before 0, 1 ]
 *                     ^ the owner may be killed at any time
 *
 *   ./bank FILE new 100 50	makes it
 *   ./bank FILE move 10		from 0 to 1; prints both
 */
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>

#include "../../../common/lesson.h"

struct bank {
	pthread_mutex_t mutex;
	/* volatile: stored in the order in which we write it down, for a
	 * kill may come between any two stores. */
	volatile int in_move;	/* 1: `before' is what the accounts had */
	volatile long account[2], before[2];
};

static void set_up(struct bank *b)
{
	pthread_mutexattr_t attr;

	if (pthread_mutexattr_init(&attr) ||
	    pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED))
		quit("no attributes");
	// Whoever locks next is told when the owner has died.
	if (pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST))
		quit("no robust mutex");
	if (pthread_mutex_init(&b->mutex, &attr))
		quit("no mutex");
}

/* The owner died: undo what it had begun. */
static void roll_back(struct bank *b)
{
	if (b->in_move) {
		b->account[0] = b->before[0];
		b->account[1] = b->before[1];
		b->in_move = 0;
	}
}

static void lock(struct bank *b)
{
	int err = pthread_mutex_trylock(&b->mutex);

	if (err == EBUSY)
		err = pthread_mutex_lock(&b->mutex);

	if (err == EOWNERDEAD) {
		// It is ours, but what it guards may be half done.
		roll_back(b);
		err = pthread_mutex_consistent(&b->mutex);
	}
	if (err)
		quit("cannot lock: %s", errno_name(err));
}

static void move(struct bank *b, long amount)
{
	int err;

	lock(b);
	b->before[0] = b->account[0];
	b->before[1] = b->account[1];
	b->in_move = 1;
	b->account[0] -= amount;
	b->account[1] += amount;
	b->in_move = 0;
	printf("%ld %ld\n", b->account[0], b->account[1]);
	err = pthread_mutex_unlock(&b->mutex);
	if (err)
		quit("cannot unlock: %s", errno_name(err));
}

int main(int argc, char **argv)
{
	int is_new = argc == 5 && strcmp(argv[2], "new") == 0, fd;
	struct bank *b;

	if (!is_new && (argc != 4 || strcmp(argv[2], "move") != 0))
		quit("usage: ./bank FILE new A B, or ./bank FILE move N");
	fd = open(argv[1], is_new ? O_RDWR | O_CREAT | O_EXCL : O_RDWR, 0600);
	if (fd == -1)
		die(argv[1]);
	if (is_new && ftruncate(fd, sizeof *b) == -1)
		die("ftruncate");
	b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (b == MAP_FAILED)
		die("mmap");
	if (is_new) {
		set_up(b);
		b->account[0] = atol(argv[3]);
		b->account[1] = atol(argv[4]);
	} else {
		move(b, atol(argv[3]));
	}
	return EXIT_SUCCESS;
}
