/*
 * lost - a broadcast that nobody waits for is lost
 *
 *   customer, a child: is there a loaf?   (here the baker comes)   wait
 *   baker, the parent:                     a loaf, broadcast
 *
 * A process can lose its turn on the processor between its look and its wait.
 * Here that is forced: at that place the customer waits at a gate.
 *
 * Watch: what keeps the baker out of that place?
 *
 * Try: in right_way(), call put_loaf(1) before open_gate(). Who waits for whom
 * now? End it with Ctrl-C.
 */
#define _GNU_SOURCE			// for lesson.h
#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

struct shop {
	pthread_mutex_t mutex;
	pthread_cond_t more_bread;
	sem_t gate;		// holds the customer back after its look
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

/* Set up all of the shop anew, for processes, in memory that they share. */
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

	// 1: for several processes. 0: the gate is shut.
	if (sem_init(&shop->gate, 1, 0) == -1)
		die("sem_init");
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

static void wait_at_gate(void)
{
	while (sem_wait(&shop->gate) == -1) {
		if (errno != EINTR)
			die("sem_wait");
	}
}

static void open_gate(void)
{
	if (sem_post(&shop->gate) == -1)
		die("sem_post");
}

/* WRONG: the customer looks, and takes the mutex only after that. */
static void look_then_lock(void)
{
	while (shop->loaves == 0) {
		wait_at_gate();
		lock();
		wait_for_bread();
		unlock();
	}
}

/* RIGHT: the customer has the mutex from its look to its wait. */
static void lock_then_look(void)
{
	lock();
	while (shop->loaves == 0) {
		wait_at_gate();
		wait_for_bread();
	}
	unlock();
}

/* Set up the shop anew, and start a customer that calls DOES. When we return,
 * the customer is at the gate. */
static pid_t start_customer(void (*does)(void))
{
	pid_t parent = getpid();
	pid_t child;

	set_up();
	child = fork();
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
		quit("the customer has failed");
}

static void ring(void)
{
	int err = pthread_cond_broadcast(&shop->more_bread);

	check("pthread_cond_broadcast", err);
}

/* Put a loaf there and ring. WITH_MUTEX: 1 as it should be, or 0. */
static void put_loaf(int with_mutex)
{
	if (with_mutex)
		lock();
	shop->loaves++;
	ring();
	if (with_mutex)
		unlock();
}

/* The baker has come and gone while the customer was at the gate. WHAT names
 * the mistake. */
static void wrong_way(const char *what, pid_t customer)
{
	open_gate();
	if (!wait_until_asleep(customer))
		quit("the customer has ended too early");
	say("wrong: %s: %d loaf is there, the customer sleeps", what,
	    shop->loaves);
	ring();			// only this wakes the customer now
	see_it_end(customer);
}

static void right_way(void)
{
	pid_t customer = start_customer(lock_then_look);
	int err;

	// trylock is lock, but it does not wait: it returns EBUSY instead.
	err = pthread_mutex_trylock(&shop->mutex);
	if (err == 0)
		quit("the baker has got the mutex");
	say("right: the baker comes between: %s, it has to wait",
	    errno_name(err));
	open_gate();
	if (!wait_until_asleep(customer))
		quit("the customer has ended too early");
	put_loaf(1);
	see_it_end(customer);
	say("right: %d loaf is there, the customer is awake", shop->loaves);
}

int main(void)
{
	pid_t customer;

	shop = mmap(NULL, sizeof *shop, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shop == MAP_FAILED)
		die("mmap");

	customer = start_customer(look_then_lock);
	put_loaf(1);
	wrong_way("a look without the mutex", customer);

	customer = start_customer(lock_then_look);
	put_loaf(0);
	wrong_way("a change without the mutex", customer);

	right_way();
	return EXIT_SUCCESS;
}
