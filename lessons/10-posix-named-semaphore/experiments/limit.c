/*
 * limit - sem_timedwait() wants to know until when, and not how long
 *
 *   Nobody posts. So each wait ends by its time limit, or it fails.
 *
 * Watch: three of the limits are wrong, and the program does not wait for as
 * long as it means to.
 *
 * Try: begin the last limit with time(NULL) and no nanoseconds, instead of
 * clock_gettime(). How often does it wait long enough, in ten runs?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <semaphore.h>
#include <time.h>

#include "../../../common/experiment.h"

enum { MILLISECOND = 1000 * 1000 };	// in nanoseconds
enum { SECOND = 1000 * MILLISECOND };

static sem_t *make_semaphore(unsigned int value)
{
	char name[OWN_NAME];
	sem_t *sem;

	own_name(name, "limit");

	// We have it open, so it needs no name any more. It goes at our end.
	hold_signals();
	sem = sem_open(name, O_CREAT | O_EXCL, 0600, value);
	if (sem == SEM_FAILED && errno == EEXIST)
		quit("it runs already; if it was killed, remove what it left:"
		     " rm /dev/shm/sem.%s", name + 1);
	if (sem == SEM_FAILED)
		die("sem_open");
	if (sem_unlink(name) == -1)
		die("sem_unlink");
	let_signals();
	return sem;
}

/* The date that is MS milliseconds from now, as CLOCK counts. */
static struct timespec from_now(clockid_t clock, long ms)
{
	struct timespec date;	// seconds and nanoseconds

	if (clock_gettime(clock, &date) == -1)
		die("clock_gettime");
	date.tv_sec += ms / 1000;
	date.tv_nsec += (ms % 1000) * MILLISECOND;
	if (date.tv_nsec >= SECOND) {	// carry one second
		date.tv_nsec -= SECOND;
		date.tv_sec++;
	}
	return date;
}

static int is_before(struct timespec a, struct timespec b)
{
	if (a.tv_sec != b.tv_sec)
		return a.tv_sec < b.tv_sec;
	return a.tv_nsec < b.tv_nsec;
}

/* Wait until UNTIL, which was meant to be MS milliseconds from now. Say whether
 * the wait has lasted so long. */
static void try(sem_t *sem, const char *what, struct timespec until, long ms)
{
	// We measure by CLOCK_MONOTONIC, because nobody can set this clock.
	struct timespec meant = from_now(CLOCK_MONOTONIC, ms);
	struct timespec now;
	const char *error;

	if (sem_timedwait(sem, &until) == 0)
		quit("somebody has posted");
	error = errno_name(errno);
	if (clock_gettime(CLOCK_MONOTONIC, &now) == -1)
		die("clock_gettime");
	if (is_before(now, meant))
		say("wrong: %s: too early, %s", what, error);
	else
		say("right: %s: in time, %s", what, error);
}

int main(void)
{
	sem_t *sem;
	struct timespec five = { .tv_sec = 5 };
	struct timespec wrong_clock;
	struct timespec no_carry;
	struct timespec good;

	sem = make_semaphore(0);

	// 1. A duration, where a date is asked for.
	try(sem, "{ 5 s }", five, 5000);

	// 2. A date, but of a clock that counts from the start of the computer.
	wrong_clock = from_now(CLOCK_MONOTONIC, 5000);
	try(sem, "CLOCK_MONOTONIC and 5 s", wrong_clock, 5000);

	// 3. One second more, all in nanoseconds: there are too many of them.
	no_carry = from_now(CLOCK_REALTIME, 0);
	no_carry.tv_nsec += SECOND;
	try(sem, "now and 1000000000 ns", no_carry, 1000);

	// 4. A date of the right clock, with at most 999999999 nanoseconds.
	good = from_now(CLOCK_REALTIME, 100);
	try(sem, "now and 0.1 s", good, 100);
	return EXIT_SUCCESS;
}
