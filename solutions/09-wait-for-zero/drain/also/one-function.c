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
#include <sys/sem.h>
#include <time.h>

#include "../../../common/lesson.h"

enum { DRAINED = 0, FAILED = 1, REMOVED = 3, TIME_IS_UP = 4 };

static void asked(int sig)
{
	(void)sig;	// that it ran is enough: it ends semtimedop()
}

/* Milliseconds since some fixed moment. */
static long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

#define MS_PER_S 1000L

static int drain(int id, long end)
{
	struct sembuf zero = { .sem_num = 0, .sem_op = 0, .sem_flg = 0 };

wait_on:
	if (end == 0) {
		if (semop(id, &zero, 1) == 0)
			return DRAINED;
	} else {
		long left = end > now() ? end - now() : 0;
		struct timespec span = { .tv_sec = left / MS_PER_S,
				.tv_nsec = left % MS_PER_S * 1000 * 1000 };

		if (semtimedop(id, &zero, 1, &span) == 0)
			return DRAINED;
	}
	if (errno == EINTR) {
		printf("drain    | still %d in work\n", semctl(id, 0, GETVAL));
		fflush(stdout);
		goto wait_on;
	}
	if (errno == EAGAIN)
		return TIME_IS_UP;
	if (errno == EIDRM)
		return REMOVED;
	perror("semtimedop");
	return FAILED;
}

int main(int argc, char **argv)
{
	struct sigaction act = { .sa_handler = asked };
	long end;

	if (argc != 2 && argc != 3)
		quit("usage: ./drain ID [MS]");
	end = argc == 3 ? now() + atol(argv[2]) : 0;
	if (sigaction(SIGUSR1, &act, NULL) == -1)
		die("sigaction");
	return drain(atoi(argv[1]), end);
}
