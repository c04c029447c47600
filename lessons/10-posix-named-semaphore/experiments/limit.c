/*
 * limit - sem_timedwait() wants to know until when, and not how long
 *
 *   Nobody posts. So each wait ends by its time limit, or it fails.
 *
 * Watch: three of the limits are wrong, and their waits end too early.
 *
 * Try: in the last part of main(), set the limit without clock_gettime():
 *	good.tv_sec = time(NULL);
 *	good.tv_nsec = 100 * MILLISECOND;
 * How often is it "not too early" now, in ten runs?
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

	// If Ctrl-C ended us before sem_unlink(), the name would stay. So
	// Ctrl-C has to wait.
	hold_signals();
	sem = sem_open(name, O_CREAT | O_EXCL, 0600, value);
	// name + 1 leaves out the slash: the name of the file has none.
	if (sem == SEM_FAILED && errno == EEXIST)
		quit("another ./limit is running; if it was killed, remove what"
		     " it left: rm /dev/shm/sem.%s", name + 1);
	if (sem == SEM_FAILED)
		die("sem_open");
	// We have the semaphore open, so it needs no name any more. It goes
	// away when we end.
	if (sem_unlink(name) == -1)
		die("sem_unlink");
	let_signals();
	return sem;
}

/* Return the date that is MS milliseconds from now, as CLOCK counts. */
static struct timespec from_now(clockid_t clock, long ms)
{
	struct timespec date;	// seconds and nanoseconds

	if (clock_gettime(clock, &date) == -1)
		die("clock_gettime");
	date.tv_sec += ms / 1000;
	date.tv_nsec += (ms % 1000) * MILLISECOND;
	if (date.tv_nsec >= SECOND) {	// that is a second more
		date.tv_nsec -= SECOND;
		date.tv_sec++;
	}
	return date;
}

/* Is the date ONE before the date OTHER? */
static int is_before(struct timespec one, struct timespec other)
{
	if (one.tv_sec != other.tv_sec)
		return one.tv_sec < other.tv_sec;
	return one.tv_nsec < other.tv_nsec;
}

/* Wait, with the limit UNTIL. The program means to wait for MS milliseconds:
 * say whether the wait has lasted so long. WHAT says which limit it is. */
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
		say("right: %s: not too early, %s", what, error);
}

int main(void)
{
	sem_t *sem;
	struct timespec five = { .tv_sec = 5 };
	struct timespec wrong_clock;
	struct timespec no_carry;
	struct timespec good;

	sem = make_semaphore(0);

	// 1. A length of time, though the call wants a date.
	try(sem, "{ 5 s }", five, 5000);

	// 2. A date, but of a clock that counts from the start of the computer.
	wrong_clock = from_now(CLOCK_MONOTONIC, 5000);
	try(sem, "CLOCK_MONOTONIC and 5 s", wrong_clock, 5000);

	// 3. A second from now, but added to the nanoseconds: these become more
	// than 999999999.
	no_carry = from_now(CLOCK_REALTIME, 0);
	no_carry.tv_nsec += SECOND;
	try(sem, "now and 1000000000 ns", no_carry, 1000);

	// 4. A date of the right clock, with at most 999999999 nanoseconds.
	good = from_now(CLOCK_REALTIME, 100);
	try(sem, "now and 0.1 s", good, 100);
	return EXIT_SUCCESS;
}
