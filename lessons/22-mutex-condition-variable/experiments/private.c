/*
 * private - by default a mutex and a condition variable are for threads only
 *
 *   baker, the parent: unlock, broadcast     customer, a child: sleeps
 *
 * They lie in shared memory each time, and no call fails.
 *
 * Watch: a process that sleeps already is not woken. A process that comes later
 * finds a free mutex.
 *
 * Try: in the two lines with "wrong" in main(), write PTHREAD_PROCESS_SHARED in
 * place of PTHREAD_PROCESS_PRIVATE. What does the program say now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

struct shop {
	pthread_mutex_t mutex;
	pthread_cond_t more_bread;
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

/* Set up mutex and condition variable anew. PSHARED says for whom: for the
 * threads of one process, as by default, or for processes. */
static void set_up(int pshared)
{
	pthread_mutexattr_t mutex_attr;
	pthread_condattr_t cond_attr;
	int err;

	err = pthread_mutexattr_init(&mutex_attr);
	check("pthread_mutexattr_init", err);
	err = pthread_mutexattr_setpshared(&mutex_attr, pshared);
	check("pthread_mutexattr_setpshared", err);
	err = pthread_mutex_init(&shop->mutex, &mutex_attr);
	check("pthread_mutex_init", err);

	err = pthread_condattr_init(&cond_attr);
	check("pthread_condattr_init", err);
	err = pthread_condattr_setpshared(&cond_attr, pshared);
	check("pthread_condattr_setpshared", err);
	err = pthread_cond_init(&shop->more_bread, &cond_attr);
	check("pthread_cond_init", err);
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

static void lock_and_unlock(void)
{
	lock();
	unlock();
}

/* A wait without a loop and a look: here we want to see the wait alone. */
static void wait_once(void)
{
	lock();
	wait_for_bread();
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

/* The customer would sleep for ever. A killed waiter leaves the mutex and the
 * condition variable spoilt; set_up() makes them anew. */
static void kill_it(pid_t child)
{
	int status;

	if (kill(child, SIGKILL) == -1)
		die("kill");
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (!WIFSIGNALED(status))
		quit("the customer has ended too early");
}

/* Does an unlock wake a customer that sleeps in pthread_mutex_lock()? */
static void unlock_it(const char *way, int pshared)
{
	pid_t customer;
	int err;

	set_up(pshared);
	lock();
	customer = start_customer(lock_and_unlock);
	unlock();
	// 0: the customer has ended, so the unlock has woken it.
	if (!wait_until_asleep(customer)) {
		see_it_end(customer);
		say("%s: we unlock the mutex: the customer wakes", way);
		return;
	}
	// trylock is lock, but it does not wait: it returns EBUSY instead.
	err = pthread_mutex_trylock(&shop->mutex);
	check("pthread_mutex_trylock", err);
	say("%s: the mutex is free, and the customer sleeps on", way);
	kill_it(customer);
}

/* Does a broadcast wake a customer that waits? */
static void wake_all(const char *way, int pshared)
{
	pid_t customer;
	int err;

	set_up(pshared);
	customer = start_customer(wait_once);
	lock();
	err = pthread_cond_broadcast(&shop->more_bread);
	check("pthread_cond_broadcast", err);
	unlock();
	// 0: the customer has ended, so the broadcast has woken it.
	if (!wait_until_asleep(customer)) {
		see_it_end(customer);
		say("%s: a broadcast: the customer wakes", way);
		return;
	}
	say("%s: a broadcast, and the customer sleeps on", way);
	kill_it(customer);
}

int main(void)
{
	shop = mmap(NULL, sizeof *shop, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shop == MAP_FAILED)
		die("mmap");

	unlock_it("wrong", PTHREAD_PROCESS_PRIVATE);
	wake_all("wrong", PTHREAD_PROCESS_PRIVATE);
	unlock_it("right", PTHREAD_PROCESS_SHARED);
	wake_all("right", PTHREAD_PROCESS_SHARED);
	return EXIT_SUCCESS;
}
