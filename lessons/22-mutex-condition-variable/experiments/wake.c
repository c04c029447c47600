/*
 * wake - two customers wait, two loaves come at once: signal or broadcast?
 *
 *   baker, the parent: [ 2 loaves ] --signal--> two customers, its children
 *
 * Watch: pthread_cond_signal() wakes one of them. It does not know how many
 * loaves there are.
 *
 * Try: in wrong_way(), call signal_one() twice. Does that help? And if each
 * customer wants two loaves?
 */
#define _GNU_SOURCE			// for lesson.h
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

struct shop {
	pthread_mutex_t mutex;
	pthread_cond_t more_bread;
	int loaves;
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

/* Set up mutex and condition variable anew, for processes. */
static void set_up(void)
{
	pthread_mutexattr_t mutex_attr;
	pthread_condattr_t cond_attr;
	int err;

	err = pthread_mutexattr_init(&mutex_attr);
	check("pthread_mutexattr_init", err);
	err = pthread_mutexattr_setpshared(&mutex_attr, PTHREAD_PROCESS_SHARED);
	check("pthread_mutexattr_setpshared", err);
	err = pthread_mutex_init(&shop->mutex, &mutex_attr);
	check("pthread_mutex_init", err);

	err = pthread_condattr_init(&cond_attr);
	check("pthread_condattr_init", err);
	err = pthread_condattr_setpshared(&cond_attr, PTHREAD_PROCESS_SHARED);
	check("pthread_condattr_setpshared", err);
	err = pthread_cond_init(&shop->more_bread, &cond_attr);
	check("pthread_cond_init", err);
	shop->loaves = 0;
}

static void lock(void)
{
	int err = pthread_mutex_lock(&shop->mutex);

	check("pthread_mutex_lock", err);
}

static void unlock(void)
{
	int err = pthread_mutex_unlock(&shop->mutex);

	check("pthread_mutex_unlock", err);
}

static void wait_for_bread(void)
{
	int err = pthread_cond_wait(&shop->more_bread, &shop->mutex);

	check("pthread_cond_wait", err);
}

static void take_one(void)
{
	lock();
	while (shop->loaves == 0)
		wait_for_bread();
	shop->loaves--;
	unlock();
}

/* Start a customer that calls DOES. When we return, the customer sleeps. */
static pid_t start_customer(void (*does)(void))
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, nobody is left to end our sleep.
		if (!end_with_parent(parent))
			die("end_with_parent");
		does();
		exit(EXIT_SUCCESS);
	}
	if (!wait_until_asleep(child))
		quit("the customer has ended too early");
	return child;
}

static void see_it_end(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("a customer has failed");
}

/* Wait until one of the two customers has ended. Return the other one. */
static pid_t see_one_end(const pid_t customer[2])
{
	int status;
	pid_t ended = wait(&status);

	while (ended == -1 && errno == EINTR)
		ended = wait(&status);
	if (ended == -1)
		die("wait");
	if (status != 0)
		quit("a customer has failed");
	if (ended == customer[0])
		return customer[1];
	return customer[0];
}

static void signal_one(void)
{
	int err = pthread_cond_signal(&shop->more_bread);

	check("pthread_cond_signal", err);
}

static void wake_all(void)
{
	int err = pthread_cond_broadcast(&shop->more_bread);

	check("pthread_cond_broadcast", err);
}

static void wrong_way(void)
{
	pid_t customer[2];
	pid_t other;

	set_up();
	customer[0] = start_customer(take_one);
	customer[1] = start_customer(take_one);

	lock();
	shop->loaves += 2;
	signal_one();
	unlock();

	other = see_one_end(customer);
	if (!wait_until_asleep(other))
		quit("both customers have ended");
	say("wrong: signal: one has a loaf, the other sleeps; loaves: %d",
	    shop->loaves);
	wake_all();		// only to end the other one
	see_it_end(other);
}

static void right_way(void)
{
	pid_t customer[2];

	set_up();
	customer[0] = start_customer(take_one);
	customer[1] = start_customer(take_one);

	lock();
	shop->loaves += 2;
	wake_all();
	unlock();

	see_it_end(customer[0]);
	see_it_end(customer[1]);
	say("right: broadcast: both have a loaf; loaves: %d", shop->loaves);
}

int main(void)
{
	shop = mmap(NULL, sizeof *shop, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shop == MAP_FAILED)
		die("mmap");

	wrong_way();
	right_way();
	return EXIT_SUCCESS;
}
