/*
 * drain - waits until a server has no request left in work
 *
 *   request +1 --> [ load ] --0--> drain ends: now it may be switched off
 *   request -1 -->
 *
 *   ./drain ID		waits as long as it takes
 *   ./drain ID MS	gives up after MS milliseconds
 *   kill -USR1 PID	makes it say how many are left; it goes on waiting
 *
 * ID is a set of one semaphore, the load. The exit status says how it ended.
 */
#define _GNU_SOURCE			// for semtimedop()
#include <pthread.h>
#include <sys/sem.h>
#include <time.h>

#include "../../../common/lesson.h"

enum { DRAINED = 0, FAILED = 1, REMOVED = 3, TIME_IS_UP = 4 };

static int the_id;

/* Waits for questions, in a thread of its own: it may use stdio. */
static void *answer(void *arg)
{
	sigset_t *set = arg;
	int sig;

	while (sigwait(set, &sig) == 0)
		say("still %d in work", semctl(the_id, 0, GETVAL));
	return NULL;
}

/* Milliseconds since some fixed moment. */
static long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* One wait for zero, of MS milliseconds at most, or without limit if MS is
 * negative. Returns 0, or errno. */
static int wait_for_zero(int id, long ms)
{
	struct sembuf zero = { 0, 0, 0 };
	struct timespec limit = { ms / 1000, ms % 1000 * 1000000 };

	if (semtimedop(id, &zero, 1, ms < 0 ? NULL : &limit) == -1)
		return errno;
	return 0;
}

/* Wait until the load is zero, until time END if that is not 0. A signal ends
 * the call, SA_RESTART or not, but not our wait: what is left of it is new
 * each time, for semtimedop() takes a span. */
static int drain(int id, long end)
{
	for (;;) {
		long left = end - now();

		left = left < 0 ? 0 : left;
		switch (wait_for_zero(id, end ? left : -1)) {
		case 0:
			return DRAINED;
		case EIDRM:
			return REMOVED;
		case EAGAIN:
			return TIME_IS_UP;
		case EINTR:
			break;
		default:
			die("semtimedop");
		}
	}
}

int main(int argc, char **argv)
{
	static sigset_t set;
	pthread_t thread;
	int err;
	long end;

	if (argc != 2 && argc != 3)
		quit("usage: ./drain ID [MS]");
	end = argc == 3 ? now() + atol(argv[2]) : 0;
	the_id = atoi(argv[1]);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	err = pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (err != 0)
		quit("pthread_sigmask: %s", strerror(err));
	err = pthread_create(&thread, NULL, answer, &set);
	if (err != 0)
		quit("pthread_create: %s", strerror(err));
	return drain(atoi(argv[1]), end);
}
