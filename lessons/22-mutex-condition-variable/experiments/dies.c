/*
 * dies - a baker is killed while it has the mutex, in the middle of a change
 *
 *   baker, a child: baked + 1   (killed here)   loaves + 1
 *   we, the parent: want the mutex after that
 *
 * Watch: who tells us that the baker has died? And is it enough to unlock the
 * mutex?
 *
 * Try: in repair(), leave out the line that sets the loaves right. Which line
 * changes, and does any call notice it?
 */
#define _GNU_SOURCE			// for lesson.h
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

struct shop {
	pthread_mutex_t mutex;
	int baked;		// loaves that have been baked so far
	int loaves;		// loaves in the shop: the same number
};

static struct shop *shop;	// in shared memory: see main()

/* The pthread calls return 0, or the number of an error. */
static void check(const char *call, int err)
{
	if (err == 0)
		return;
	errno = err;
	die(call);
}

/* Set up the shop anew. ROBUST says what happens to the mutex if its holder
 * dies: PTHREAD_MUTEX_STALLED, as by default, or PTHREAD_MUTEX_ROBUST. */
static void set_up(int robust)
{
	pthread_mutexattr_t attr;
	int err;

	err = pthread_mutexattr_init(&attr);
	check("pthread_mutexattr_init", err);
	err = pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	check("pthread_mutexattr_setpshared", err);
	err = pthread_mutexattr_setrobust(&attr, robust);
	check("pthread_mutexattr_setrobust", err);
	err = pthread_mutex_init(&shop->mutex, &attr);
	check("pthread_mutex_init", err);
	shop->baked = 0;
	shop->loaves = 0;
}

static void unlock(void)
{
	int err = pthread_mutex_unlock(&shop->mutex);

	check("pthread_mutex_unlock", err);
}

/* The baker is killed between the two parts of one change. */
_Noreturn static void bake_and_die(void)
{
	int err = pthread_mutex_lock(&shop->mutex);

	check("pthread_mutex_lock", err);
	shop->baked++;
	raise(SIGKILL);		// no handler, no clean-up, no unlock
	exit(EXIT_FAILURE);	// for the compiler: we do not come here
}

static void run_baker(void)
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		bake_and_die();
	}
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (!WIFSIGNALED(status))
		quit("the baker has not been killed");
}

/* Set the numbers right. Only the program knows how they belong together. */
static void repair(void)
{
	shop->loaves = shop->baked;
}

/* WRONG: the default. The mutex stays locked. */
static void plain_way(void)
{
	int err;

	set_up(PTHREAD_MUTEX_STALLED);
	run_baker();
	// trylock is lock, but it does not wait: it returns EBUSY instead.
	err = pthread_mutex_trylock(&shop->mutex);
	say("wrong: not robust: %s, now and for ever", errno_name(err));
}

/* WRONG: lock returns EOWNERDEAD, and we go on as if it were 0. */
static void careless_way(void)
{
	int err;

	set_up(PTHREAD_MUTEX_ROBUST);
	run_baker();
	err = pthread_mutex_lock(&shop->mutex);
	say("wrong: robust: %s, and we just unlock", errno_name(err));
	unlock();
	err = pthread_mutex_lock(&shop->mutex);
	say("wrong: the next one that locks: %s", errno_name(err));
}

static void right_way(void)
{
	int err;

	set_up(PTHREAD_MUTEX_ROBUST);
	run_baker();
	err = pthread_mutex_lock(&shop->mutex);
	if (err != EOWNERDEAD)
		quit("nobody has died with the mutex");
	say("right: robust: EOWNERDEAD; baked: %d, loaves: %d", shop->baked,
	    shop->loaves);

	repair();
	// Say that the data is right again. Without this call the unlock would
	// make the mutex useless for ever.
	err = pthread_mutex_consistent(&shop->mutex);
	check("pthread_mutex_consistent", err);
	unlock();

	err = pthread_mutex_lock(&shop->mutex);
	check("pthread_mutex_lock", err);
	say("right: repaired, and the next one: locked; baked: %d, loaves: %d",
	    shop->baked, shop->loaves);
	unlock();
}

int main(void)
{
	shop = mmap(NULL, sizeof *shop, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shop == MAP_FAILED)
		die("mmap");

	plain_way();
	careless_way();
	right_way();
	return EXIT_SUCCESS;
}
