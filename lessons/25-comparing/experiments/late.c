/*
 * late - a loop that waits for each answer does not see how many had to wait
 *
 *   we --(a ball)--> [ pipe ] --> pong --(the same ball)--> [ pipe ] --> we
 *
 * A ball is due every millisecond, 200 balls in all. Requests from outside come
 * like that: a new request does not wait until the last one is answered. Once,
 * pong does something else for 50 milliseconds. Meanwhile about 50 balls become
 * due. We cannot throw them, because we wait.
 *
 * Watch: both lines are about the same balls. They differ in when the clock of
 * a ball starts: when we throw it, or when it is due.
 *
 * Try: set BREAK_MS to 100. Which of the two lines changes?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>

#include "../../../common/experiment.h"

enum { BALLS = 200 };
enum { BREAK_AT = 100 };		// the number of the ball that is late
enum { BREAK_MS = 50 };			// milliseconds
enum { MS = 1000000 };			// nanoseconds in a millisecond
enum { LATE = 10 * MS };		// what takes longer is late

/* A pong, and our ends of its two pipes. */
struct pong {
	pid_t pid;
	int out;
	int in;
};

static long long now_ns(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) == -1)
		die("clock_gettime");
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* One byte is a whole ball here: no call takes a part of it. */
static void throw_ball(int fd, char ball)
{
	ssize_t n;

	do {
		n = write(fd, &ball, 1);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		die("write");
}

/* Return 0 at end-of-file. */
static int catch_ball(int fd, char *ball)
{
	ssize_t n;

	do {
		n = read(fd, ball, 1);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		die("read");
	return n == 1;
}

/* In the child: be busy with something else for BREAK_MS milliseconds. */
static void do_something_else(void)
{
	long long end = now_ns() + BREAK_MS * (long long)MS;

	while (now_ns() < end)
		continue;
}

/* In the child: give back each ball. Before giving back ball number BREAK_AT,
 * do something else. */
static void give_back(int in, int out)
{
	char ball;

	for (int i = 0; catch_ball(in, &ball); i++) {
		if (i == BREAK_AT)
			do_something_else();
		throw_ball(out, ball);
	}
}

static struct pong start_pong(void)
{
	struct pong pong;
	pid_t parent = getpid();
	int there[2];		// [0] is the end to read, [1] to write
	int back[2];

	if (pipe(there) == -1)
		die("pipe");
	if (pipe(back) == -1)
		die("pipe");
	pong.pid = fork();
	if (pong.pid == -1)
		die("fork");
	if (pong.pid == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		// If pong kept there[1], it would never see end-of-file.
		if (close(there[1]) == -1)
			die("close");
		if (close(back[0]) == -1)
			die("close");
		give_back(there[0], back[1]);
		exit(EXIT_SUCCESS);
	}
	if (close(there[0]) == -1)
		die("close");
	if (close(back[1]) == -1)
		die("close");
	pong.out = there[1];
	pong.in = back[0];
	return pong;
}

static void end_pong(const struct pong *pong)
{
	int status;

	if (close(pong->out) == -1)	// pong reads end-of-file, and ends
		die("close");
	if (close(pong->in) == -1)
		die("close");
	while (waitpid(pong->pid, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("pong has failed");
}

/* A timer that ticks every millisecond. It is a descriptor (lesson 18). */
static int start_timer(void)
{
	struct itimerspec each_ms = {
		.it_value.tv_nsec = MS,		// the first tick
		.it_interval.tv_nsec = MS,	// from each one to the next
	};
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);

	if (timer == -1)
		die("timerfd_create");
	if (timerfd_settime(timer, 0, &each_ms, NULL) == -1)
		die("timerfd_settime");
	return timer;
}

/* Sleep until the timer has ticked, and return how many ticks have come since
 * the last call: more than one if we are late, but at most BALLS. */
static int wait_for_ticks(int timer)
{
	uint64_t ticks;
	ssize_t n;

	do {
		n = read(timer, &ticks, sizeof ticks);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		die("read timer");
	if (ticks > BALLS)	// more than there are balls to throw
		return BALLS;
	return (int)ticks;
}

int main(void)
{
	struct pong pong = start_pong();
	long long begin;
	int late_since_thrown = 0;
	int late_since_due = 0;
	int balls = 0;
	int waiting = 0;	// balls that are due and not thrown yet
	int timer;

	timer = start_timer();
	begin = now_ns();
	while (balls < BALLS) {
		long long due;
		long long thrown;
		long long back;
		char ball = 'x';

		// Sleep only if no ball is due. After a break many are due at
		// once.
		if (waiting == 0)
			waiting = wait_for_ticks(timer);
		waiting--;
		balls++;
		// Ball number n is due n milliseconds after the beginning.
		due = begin + balls * (long long)MS;

		thrown = now_ns();
		throw_ball(pong.out, ball);
		if (!catch_ball(pong.in, &ball))
			quit("pong has gone");
		back = now_ns();

		if (back - thrown > LATE)
			late_since_thrown++;
		if (back - due > LATE)
			late_since_due++;
	}
	end_pong(&pong);

	say("wrong: since they were thrown: %d of %d took over 10 ms",
	    late_since_thrown, BALLS);
	say("right: since they were due: %d of %d took over 10 ms",
	    late_since_due, BALLS);
	return EXIT_SUCCESS;
}
