/*
 * payee - waits for money: misses a signal, hears one, outlives two cashiers
 *
 *   cashier --> [ plain | robust | moved | left -10 | right +10 ] --> payee
 *
 * Starts ./cashier for each step. Watch which signal and which lock is lost.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../common/experiment.h"

struct bank {
	pthread_mutex_t plain, robust;
	pthread_cond_t moved;
	int left, right;
};
static char name[OWN_NAME];
static void remove_bank(void) { shm_unlink(name); }

static void cashier(const char *step, int to_its_end)
{
	pid_t pid = fork();

	if (pid == 0)
		execl("./cashier", "cashier", name, step, (char *)NULL);
	if (pid <= 0)		// in the child: execl() has failed
		die("fork or execl ./cashier");
	if (to_its_end ? waitpid(pid, NULL, 0) != pid : !wait_until_asleep(pid))
		quit("the cashier ended too early; start me again");
}

static void wait_for_money(struct bank *b)
{
	struct timespec until = { .tv_sec = 1 };	// has passed: in 1970

	if (b->right == 50)	// WRONG: no lock, so all this fits in between
		cashier("move", 1);
	pthread_mutex_lock(&b->robust);
	say("waited for a signal of the past: %s", errno_name(
	    pthread_cond_timedwait(&b->moved, &b->robust, &until)));
	// RIGHT: locked from look to wait. Only the wait lets a cashier in.
	cashier("move", 0);
	until.tv_sec = time(NULL) + 5;	// the dead signal nobody
	while (b->right == 60)	// not if: a wait may end without a signal
		if (pthread_cond_timedwait(&b->moved, &b->robust, &until))
			quit("the cashier has died; start me again");
	say("a signal ended the wait: right has %d", b->right);
	pthread_mutex_unlock(&b->robust);
	wait(NULL);
}

int main(void)
{
	struct bank *b;
	int fd;

	own_name(name, "bank");	// O_TRUNC: a killed run may have left one
	remove_at_end(remove_bank);
	fd = shm_open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd == -1)
		die("shm_open");
	if (ftruncate(fd, sizeof *b) == -1)
		die("ftruncate");
	b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (b == MAP_FAILED)
		die("mmap");
	cashier("open", 1);
	wait_for_money(b);
	cashier("die", 1);
	say("plain: %s", errno_name(pthread_mutex_trylock(&b->plain)));
	cashier("move", 1);	// the next one repairs
	cashier("die", 1);
	if (pthread_mutex_lock(&b->robust) == EOWNERDEAD)
		pthread_mutex_unlock(&b->robust);	// and does not repair
	say("robust: %s", errno_name(pthread_mutex_lock(&b->robust)));
}
