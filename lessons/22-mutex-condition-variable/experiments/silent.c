/*
 * silent - a baker is killed: nobody wakes the customer that waits for bread
 *
 *   baker, a child: is killed              customer: waits for its broadcast
 *
 * Watch: the mutex is robust, and free. That does not help a process that
 * waits for a broadcast.
 *
 * Try: in wait_with_a_limit(), leave out the call of clock_gettime(), and
 * begin with `struct timespec until = { .tv_sec = 1 };`. How long does it wait?
 */
#define _GNU_SOURCE			// for lesson.h
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

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
	err = pthread_mutexattr_setrobust(&mutex_attr, PTHREAD_MUTEX_ROBUST);
	check("pthread_mutexattr_setrobust", err);
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

static void wait_without_a_limit(void)
{
	lock();
	while (shop->loaves == 0)
		wait_for_bread();
	unlock();
}

/* A baker that never bakes. */
static void be_late(void)
{
	for (;;)
		pause();	// sleeps until a signal comes
}

/* Start a child that calls DOES. When we return, the child sleeps. */
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
	if (!wait_until_asleep(child))
		quit("the child has ended too early");
	return child;
}

/* Kill CHILD, and wait until it has ended. */
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

static void wrong_way(void)
{
	pid_t baker = start_child(be_late);
	pid_t customer = start_child(wait_without_a_limit);

	kill_it(baker);
	if (!wait_until_asleep(customer))
		quit("the customer has ended too early");
	say("wrong: the baker has been killed; the customer sleeps on");
	kill_it(customer);	// the customer would sleep for ever
}

/* Now we are the customer. Wait for bread, but at most until the baker is late:
 * a tenth of a second. Return 1 if there is bread, or 0 if the time is over. */
static int wait_with_a_limit(void)
{
	const long second = 1000 * 1000 * 1000;		// nanoseconds
	struct timespec until;
	int err = 0;
	int found;

	// The limit is a point in time, so we need to know what time it is.
	// This is the clock of a condition variable by default.
	if (clock_gettime(CLOCK_REALTIME, &until) == -1)
		die("clock_gettime");
	// tv_nsec must stay below a second. What is more goes to tv_sec.
	until.tv_nsec += second / 10;
	if (until.tv_nsec >= second) {
		until.tv_nsec -= second;
		until.tv_sec += 1;
	}

	lock();
	while (shop->loaves == 0 && err == 0)
		err = pthread_cond_timedwait(&shop->more_bread, &shop->mutex,
					     &until);
	if (err != ETIMEDOUT)
		check("pthread_cond_timedwait", err);
	found = shop->loaves > 0;
	unlock();
	return found;
}

static void right_way(void)
{
	pid_t baker = start_child(be_late);
	pid_t ended;
	int status;

	if (kill(baker, SIGKILL) == -1)
		die("kill");
	// Not kill_it(): that would take the baker's status already. We want to
	// ask for it later, and the kernel keeps it until then. Here we only
	// wait until the baker has ended.
	if (wait_until_asleep(baker))
		quit("the baker is alive");

	if (wait_with_a_limit())
		quit("nobody has baked, and there is bread");
	say("right: the time is over: ETIMEDOUT; so we look at the baker");
	ended = waitpid(baker, &status, WNOHANG);	// does not wait
	if (ended == -1)
		die("waitpid");
	if (ended == 0)
		quit("the baker is alive");
	if (!WIFSIGNALED(status))
		quit("the baker has ended too early");
	say("right: it was killed by signal %d; we do not wait any longer",
	    WTERMSIG(status));
}

int main(void)
{
	shop = mmap(NULL, sizeof *shop, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shop == MAP_FAILED)
		die("mmap");

	set_up();
	wrong_way();
	set_up();
	right_way();
	return EXIT_SUCCESS;
}
