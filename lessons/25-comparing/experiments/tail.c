/*
 * tail - what one late ball in a thousand does to the mean, the median and the
 * longest time
 *
 *   we --(a ball)--> [ pipe ] --> pong --(the same ball)--> [ pipe ] --> we
 *
 * Pong gives back 1000 balls, twice. The second time, it does something else
 * for 50 milliseconds before it gives back one of them.
 *
 * Watch: which of the three figures shows the late ball, and which one does not
 * move. The median is the time within which half of the balls came back.
 *
 * Try: set BREAK_AT to NEVER. What is the difference of the two lines then, and
 * what made it?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/wait.h>
#include <time.h>

#include "../../../common/experiment.h"

enum { BALLS = 1000 };
enum { NEVER = -1, BREAK_AT = 500 };	// the number of the ball that is late
enum { BREAK_MS = 50 };			// milliseconds

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

/* For qsort(): less than 0 if *A comes before *B, more than 0 if after it. */
static int ascending(const void *a, const void *b)
{
	const long long *first = a;
	const long long *second = b;

	if (*first < *second)
		return -1;
	if (*first > *second)
		return 1;
	return 0;
}

/* In the child: be busy with something else for BREAK_MS milliseconds. */
static void do_something_else(void)
{
	long long end = now_ns() + BREAK_MS * 1000000LL;

	while (now_ns() < end)
		continue;
}

/* In the child: give back each ball. Before giving back ball number LATE_BALL,
 * do something else. (If LATE_BALL is NEVER, no ball has this number.) */
static void give_back(int in, int out, int late_ball)
{
	char ball;

	for (int i = 0; catch_ball(in, &ball); i++) {
		if (i == late_ball)
			do_something_else();
		throw_ball(out, ball);
	}
}

static struct pong start_pong(int late_ball)
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
		give_back(there[0], back[1], late_ball);
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

static long long time_ball(const struct pong *pong)
{
	long long start;
	long long end;
	char ball = 'x';

	start = now_ns();
	throw_ball(pong->out, ball);
	if (!catch_ball(pong->in, &ball))
		quit("pong has gone");
	end = now_ns();
	return end - start;
}

static void play(const char *what, int late_ball)
{
	long long ns[BALLS];
	long long sum = 0;
	struct pong pong = start_pong(late_ball);

	time_ball(&pong);	// pong is still starting: it does not count
	for (int i = 0; i < BALLS; i++) {
		ns[i] = time_ball(&pong);
		sum += ns[i];
	}
	end_pong(&pong);

	qsort(ns, BALLS, sizeof *ns, ascending);
	say("%s: mean %lld ns, median %lld ns, longest %lld ns", what,
	    sum / BALLS, ns[BALLS / 2], ns[BALLS - 1]);
}

int main(void)
{
	play("all the same", NEVER);
	play("one is late", BREAK_AT);
	return EXIT_SUCCESS;
}
