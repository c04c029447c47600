/*
 * ghost - the condition variable still counts a waiter that was killed
 *
 *   customer, a child: waits, and is killed in its wait
 *   baker, another child: wants to destroy the condition variable
 *
 * Watch: there is nothing like a robust condition variable. No call says that
 * somebody has died.
 *
 * Try: in wrong_way(), leave out the call of kill_a_waiter(). What does the
 * program say, and why?
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

static struct shop *shop;	// in shared memory: see make_memory()

/* The pthread calls return 0, or the number of an error. */
static void check(const char *call, int err)
{
	if (err == 0)
		return;
	errno = err;
	die(call);
}

static struct shop *make_memory(void)
{
	struct shop *memory;

	memory = mmap(NULL, sizeof *memory, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		die("mmap");
	return memory;
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

/* A wait without a loop and a look: here we want to see the wait alone. */
static void wait_once(void)
{
	int err;

	lock();
	err = pthread_cond_wait(&shop->more_bread, &shop->mutex);
	check("pthread_cond_wait", err);
	unlock();
}

static void destroy_cond(void)
{
	int err = pthread_cond_destroy(&shop->more_bread);

	check("pthread_cond_destroy", err);
}

/* Start a child that calls DOES. */
static pid_t start_child(void (*does)(void))
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
	return child;
}

/* Kill CHILD, and wait until it has ended.  */
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
		quit("the child has ended too early");
}

static void see_it_end(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("a child has failed");
}

static void ring(void)
{
	int err = pthread_cond_broadcast(&shop->more_bread);

	check("pthread_cond_broadcast", err);
}

static void kill_a_waiter(void)
{
	pid_t customer = start_child(wait_once);

	if (!wait_until_asleep(customer))
		quit("the customer has ended too early");
	kill_it(customer);
}

static void wrong_way(void)
{
	pid_t baker;

	set_up();
	kill_a_waiter();
	baker = start_child(destroy_cond);
	if (!wait_until_asleep(baker))
		quit("pthread_cond_destroy() has returned");
	say("wrong: pthread_cond_destroy() waits for a dead customer");
	kill_it(baker);		// the baker would wait for ever
}

/* RIGHT: do not touch the old condition variable any more. Make a new one, in
 * new memory. */
static void right_way(void)
{
	pid_t customer;

	shop = make_memory();
	set_up();
	customer = start_child(wait_once);
	if (!wait_until_asleep(customer))
		quit("the customer has ended too early");
	ring();
	see_it_end(customer);
	destroy_cond();
	say("right: a new one, in new memory, wakes and can be destroyed");
}

int main(void)
{
	shop = make_memory();
	wrong_way();
	right_way();
	return EXIT_SUCCESS;
}
