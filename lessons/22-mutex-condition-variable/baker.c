/*
 * baker - bakes loaves, and puts them on a shelf that has room for four
 *
 *   baker --> [ mutex | more_bread | more_room | loaves: 0 to 4 ] --> customer
 *
 * The shelf is memory that both processes share. Start ./baker alone: it makes
 * the shelf, and then it starts ./customer.
 *
 * Watch: the customer wants three loaves at a time, but the baker wakes it
 * after every single one. The customer looks, and sleeps again until there are
 * three.
 */
#define _GNU_SOURCE			// for memfd_create()
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "../../common/lesson.h"

enum { ROOM = 4 };		// so many loaves fit on the shelf
enum { TO_BAKE = 10 };		// so many loaves the baker makes today

struct shelf {			// the same as in customer.c
	pthread_mutex_t mutex;	// lock it before you look at the numbers
	pthread_cond_t more_bread;	// the customer waits for this
	pthread_cond_t more_room;	// the baker waits for this
	int loaves;		// how many are on the shelf
	int all_baked;		// 1: no more loaves will come
};

static void wait_for_room(struct shelf *shelf, pid_t customer);
_Noreturn static void fail(const char *call, int err);

/* Put one loaf on the shelf, as soon as there is room for it. */
static void put_loaf(struct shelf *shelf, pid_t customer)
{
	int err;		// 0, or the number of an error

	err = pthread_mutex_lock(&shelf->mutex);
	if (err != 0)
		fail("pthread_mutex_lock", err);

	// while, not if: a wait may end though there is no room. The process id
	// is for a look whether the customer still lives.
	while (shelf->loaves == ROOM)
		wait_for_room(shelf, customer);
	shelf->loaves++;

	// Wake the customer if it waits for bread. Without this call it would
	// sleep on, though there is some. If the customer was killed in the
	// middle of a call on this condition variable, our call may wait for
	// the dead: start_limit() bounds that.
	err = pthread_cond_broadcast(&shelf->more_bread);
	if (err != 0)
		fail("pthread_cond_broadcast", err);

	// A customer that was woken can go on only now: it needs the mutex.
	err = pthread_mutex_unlock(&shelf->mutex);
	if (err != 0)
		fail("pthread_mutex_unlock", err);
}

/* Tell the customer that no more loaves will come. */
static void end_baking(struct shelf *shelf)
{
	int err;

	err = pthread_mutex_lock(&shelf->mutex);
	if (err != 0)
		fail("pthread_mutex_lock", err);
	shelf->all_baked = 1;
	err = pthread_cond_broadcast(&shelf->more_bread);
	if (err != 0)
		fail("pthread_cond_broadcast", err);
	err = pthread_mutex_unlock(&shelf->mutex);
	if (err != 0)
		fail("pthread_mutex_unlock", err);
}

/* CALL has returned ERR, the number of an error. Say so, and end. */
_Noreturn static void fail(const char *call, int err)
{
	// EOWNERDEAD: the customer died while it had the mutex. Now we have the
	// mutex. But a change may be half made, so we must not use this shelf
	// any more.
	if (err == EOWNERDEAD)
		quit("the customer has died with the mutex locked");

	errno = err;		// die() looks there for the number
	die(call);
}

enum { PATIENCE = 5 };		// seconds for a call that may wait for the dead

/* SIGCHLD has come: the customer has ended. If it was killed in the middle of a
 * call on a condition variable, our next call on this variable may wait for the
 * dead, for ever. So let SIGALRM end us in PATIENCE seconds. If no call hangs,
 * we come to check_end() before that. */
static void start_limit(int sig)
{
	(void)sig;		// not used: this keeps the compiler silent
	alarm(PATIENCE);
}

/* From now on the end of a child calls start_limit(), whatever we are doing. */
static void catch_end(void)
{
	// SA_NOCLDSTOP: not when a child is only stopped or continued.
	// SA_RESTART: what we were doing goes on after the handler.
	struct sigaction act = {
		.sa_handler = start_limit,
		.sa_flags = SA_NOCLDSTOP | SA_RESTART,
	};

	sigemptyset(&act.sa_mask);
	if (sigaction(SIGCHLD, &act, NULL) == -1)
		die("sigaction");
}

/* The customer has ended. Go on only if it has ended well. */
static void check_end(int status)
{
	alarm(0);		// no call hangs: SIGALRM is not to come
	if (WIFSIGNALED(status))
		quit("the customer was killed by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		quit("the customer failed: status %d", WEXITSTATUS(status));
}

/* The shelf has been full for a second. Has the customer ended? */
static void check_customer(pid_t customer)
{
	int status;
	pid_t ended = waitpid(customer, &status, WNOHANG);	// does not wait

	if (ended == -1)
		die("waitpid");
	if (ended == 0)		// no: it is only slow, or stopped
		return;
	check_end(status);
	quit("the customer has ended, and the shelf is full");
}

/* We have the mutex, and the shelf is full. Let the customer have the mutex,
 * and sleep until the customer wakes us, but at most for a second. When we
 * return, we have the mutex again. */
static void wait_for_room(struct shelf *shelf, pid_t customer)
{
	struct timespec until;
	int err;

	// The limit is a point in time, in a second from now, by the clock that
	// make_cond() chooses. By another clock it would not be a second.
	if (clock_gettime(CLOCK_MONOTONIC, &until) == -1)
		die("clock_gettime");
	until.tv_sec += 1;

	// Unlock the mutex, sleep, and lock the mutex again: all in this call.
	err = pthread_cond_timedwait(&shelf->more_room, &shelf->mutex, &until);
	if (err != 0 && err != ETIMEDOUT)
		fail("pthread_cond_timedwait", err);

	// A customer that has died wakes nobody. If we did not look, we might
	// wait for ever.
	if (err == ETIMEDOUT)
		check_customer(customer);
}

/* A mutex for several processes that also tells when its holder has died. */
static void make_mutex(pthread_mutex_t *mutex)
{
	pthread_mutexattr_t attr;	// what kind of mutex it is to be
	int err;

	err = pthread_mutexattr_init(&attr);
	if (err != 0)
		fail("pthread_mutexattr_init", err);

	// Without this an unlock would not wake a sleeper in another process.
	err = pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	if (err != 0)
		fail("pthread_mutexattr_setpshared", err);

	// Without this the mutex would stay locked for ever if a process is
	// killed while it has it.
	err = pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	if (err != 0)
		fail("pthread_mutexattr_setrobust", err);

	err = pthread_mutex_init(mutex, &attr);
	if (err != 0)
		fail("pthread_mutex_init", err);
	err = pthread_mutexattr_destroy(&attr);	// it is not needed any more
	if (err != 0)
		fail("pthread_mutexattr_destroy", err);
}

/* A condition variable for several processes. */
static void make_cond(pthread_cond_t *cond)
{
	pthread_condattr_t attr;
	int err;

	err = pthread_condattr_init(&attr);
	if (err != 0)
		fail("pthread_condattr_init", err);

	// Without this a broadcast would wake nobody in another process.
	err = pthread_condattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	if (err != 0)
		fail("pthread_condattr_setpshared", err);

	// The usual clock jumps when somebody sets the time. This one does not.
	err = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	if (err != 0)
		fail("pthread_condattr_setclock", err);

	err = pthread_cond_init(cond, &attr);
	if (err != 0)
		fail("pthread_cond_init", err);
	err = pthread_condattr_destroy(&attr);
	if (err != 0)
		fail("pthread_condattr_destroy", err);
}

/* Make an empty shelf in the memory that descriptor FD leads to. */
static struct shelf *make_shelf(int fd)
{
	struct shelf *shelf;

	// New memory is all zeros: no loaves, and not all are baked.
	if (ftruncate(fd, sizeof *shelf) == -1)
		die("ftruncate");
	shelf = mmap(NULL, sizeof *shelf, PROT_READ | PROT_WRITE, MAP_SHARED,
		     fd, 0);
	if (shelf == MAP_FAILED)
		die("mmap");

	make_mutex(&shelf->mutex);
	make_cond(&shelf->more_bread);
	make_cond(&shelf->more_room);
	return shelf;
}

/* In the child: become ./customer, with the number of FD as its argument. */
_Noreturn static void become_customer(int fd, pid_t baker)
{
	char number[16];	// FD as text, since an argument is a text

	// Without the baker no more loaves come, and nobody says so. The
	// customer would wait for ever.
	if (!end_with_parent(baker))
		die("end_with_parent");
	snprintf(number, sizeof number, "%d", fd);
	execl("./customer", "customer", number, (char *)NULL);
	die("execl ./customer");	// execl() returns only if it has failed
}

static pid_t start_customer(int fd)
{
	pid_t baker = getpid();
	pid_t customer = fork();

	if (customer == -1)
		die("fork");
	if (customer == 0)
		become_customer(fd, baker);	// does not return
	return customer;
}

int main(void)
{
	struct shelf *shelf;
	pid_t customer;
	int status;
	int fd;

	say("the shelf has room for %d loaves, and I bake %d", ROOM, TO_BAKE);

	// Memory with a descriptor, but without a path. So there is nothing to
	// remove: the memory goes with the last process that has it. "shelf" is
	// a label, for people who look at the process. 0: no flags, so the
	// descriptor stays open when the child becomes ./customer.
	fd = memfd_create("shelf", 0);
	if (fd == -1)
		die("memfd_create");

	// The shelf is ready before there is a customer: nobody finds a mutex
	// that is not set up yet.
	shelf = make_shelf(fd);
	catch_end();
	customer = start_customer(fd);

	for (int i = 0; i < TO_BAKE; i++)
		put_loaf(shelf, customer);
	end_baking(shelf);

	while (waitpid(customer, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	check_end(status);
	say("the customer has gone: I close");
	return EXIT_SUCCESS;
}
