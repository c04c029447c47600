/*
 * early - a partner that posts before sem_init(): its post is lost
 *
 *   1. mmap(): the memory is there, all bytes are 0
 *   2. sem_init(): now there is a semaphore in it
 *
 * Two steps, so a partner may come between them.
 *
 * Watch: the early partner gets no error.
 *
 * Try: in wrong_order(), give sem_init() the value 5 instead of 0. Does the
 * post of the early partner count now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

/* Make memory that our child inherits, and shares with us. MAP_ANONYMOUS: the
 * memory has no file, so the descriptor is -1, and the 0 after it means
 * nothing. NULL: the kernel chooses the address. */
static sem_t *make_memory(void)
{
	sem_t *sem = mmap(NULL, sizeof *sem, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (sem == MAP_FAILED)
		die("mmap");
	return sem;
}

/* Start the partner, a child that posts once, and see it end. */
static void let_partner_post(sem_t *sem)
{
	pid_t parent = getpid();
	pid_t partner = fork();
	int status;

	if (partner == -1)
		die("fork");
	if (partner == 0) {
		// If the parent is killed, the child has to end, too.
		if (!end_with_parent(parent))
			die("end_with_parent");
		if (sem_post(sem) == -1)
			die("sem_post");
		exit(EXIT_SUCCESS);
	}
	while (waitpid(partner, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the partner has failed");
}

static int value_of(sem_t *sem)
{
	int value;

	if (sem_getvalue(sem, &value) == -1)
		die("sem_getvalue");
	return value;
}

static void wrong_order(void)
{
	sem_t *sem = make_memory();
	int value;

	let_partner_post(sem);
	value = value_of(sem);
	say("wrong: the partner has posted: the value is %d", value);

	// 1: processes share it. 0 is its first value.
	if (sem_init(sem, 1, 0) == -1)
		die("sem_init");
	value = value_of(sem);
	say("wrong: then sem_init(): the value is %d", value);
}

static void right_order(void)
{
	sem_t *sem = make_memory();
	int value;

	if (sem_init(sem, 1, 0) == -1)
		die("sem_init");
	let_partner_post(sem);
	value = value_of(sem);
	say("right: sem_init(), then a post: the value is %d", value);
}

int main(void)
{
	wrong_order();
	right_order();
	return EXIT_SUCCESS;
}
