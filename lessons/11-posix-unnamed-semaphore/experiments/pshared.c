/*
 * pshared - a post wakes another process only if two things are right
 *
 *   we --sem_post()--> [ sem_t ] --> a child sleeps in sem_wait()
 *
 * The memory must be shared, and the second argument of sem_init() must not be
 * 0. It is called pshared: "shared between processes".
 *
 * Watch: in all three parts no call fails.
 *
 * Try: in the second play() of main(), write -1 instead of 0. Does the child
 * wake now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

/* Make memory for a semaphore. SHARING is MAP_SHARED or MAP_PRIVATE.
 * MAP_ANONYMOUS: the memory has no file, so the descriptor is -1, and the 0
 * after it means nothing. NULL: the kernel chooses the address. */
static sem_t *make_memory(int sharing)
{
	sem_t *sem = mmap(NULL, sizeof *sem, PROT_READ | PROT_WRITE,
			  sharing | MAP_ANONYMOUS, -1, 0);

	if (sem == MAP_FAILED)
		die("mmap");
	return sem;
}

static pid_t start_waiter(sem_t *sem)
{
	pid_t parent = getpid();
	pid_t waiter = fork();

	if (waiter == -1)
		die("fork");
	if (waiter == 0) {
		// If the parent is killed, nobody else posts.
		if (!end_with_parent(parent))
			die("end_with_parent");
		while (sem_wait(sem) == -1) {
			if (errno != EINTR)
				die("sem_wait");
		}
		exit(EXIT_SUCCESS);
	}
	if (!wait_until_asleep(waiter))
		quit("the child did not wait");
	return waiter;
}

/* See the child end. EXPECTED is the signal that we have sent, 0 for none. */
static void see_it_end(pid_t waiter, int expected)
{
	int status;

	while (waitpid(waiter, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (WIFSIGNALED(status) && WTERMSIG(status) == expected)
		return;
	if (status != 0)
		quit("the child has failed");
}

/* Post to a child that waits, and say whether the child wakes. WHAT is the
 * beginning of the line. */
static void play(const char *what, int sharing, int pshared)
{
	sem_t *sem = make_memory(sharing);
	pid_t waiter;
	int value;

	// 0 is the first value.
	if (sem_init(sem, pshared, 0) == -1)
		die("sem_init");
	waiter = start_waiter(sem);
	if (sem_post(sem) == -1)
		die("sem_post");

	// wait_until_asleep() returns 1: the child still sleeps. It returns 0:
	// the child woke, and has ended.
	if (wait_until_asleep(waiter)) {
		if (sem_getvalue(sem, &value) == -1)
			die("sem_getvalue");
		say("%s: the value is %d, the child sleeps on", what, value);
		if (kill(waiter, SIGKILL) == -1)
			die("kill");
		see_it_end(waiter, SIGKILL);
		return;
	}
	see_it_end(waiter, 0);
	if (sem_getvalue(sem, &value) == -1)
		die("sem_getvalue");
	say("%s: the value is %d, the child woke", what, value);
}

int main(void)
{
	play("wrong: private memory", MAP_PRIVATE, 1);
	play("wrong: shared memory, pshared 0", MAP_SHARED, 0);
	play("right: shared memory, pshared 1", MAP_SHARED, 1);
	return EXIT_SUCCESS;
}
