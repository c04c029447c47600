/*
 * first - the first ball is no measure: pong is still starting, or is cold
 *
 *   we --(a ball)--> [ pipe ] --> cat --> [ pipe ] --> we
 *
 * Here pong is the program cat, which also gives back what it gets.
 *
 * Watch: the same ball, the same two pipes. What differs is what has happened
 * before it.
 *
 * Try: set WARM_UP to 10, and then to 1. Which of the three lines changes, and
 * by how much?
 */
#define _GNU_SOURCE			// for pipe2()
#include <fcntl.h>
#include <sys/wait.h>
#include <time.h>

#include "../../../common/experiment.h"

enum { SIZE = 64 };		// bytes of a ball
enum { WARM_UP = 1000 };	// balls before those that count
enum { BALLS = 1000 };		// those that count
enum start { THROW_AT_ONCE, WAIT_UNTIL_READY };

/* A pong that has been started, and our ends of its two pipes. */
struct pong {
	pid_t pid;
	int out;
	int in;
};

static void throw_ball(int fd, const char ball[SIZE])
{
	size_t gone = 0;

	while (gone < SIZE) {
		ssize_t n = write(fd, ball + gone, SIZE - gone);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("write");
		gone += (size_t)n;
	}
}

static void catch_ball(int fd, char ball[SIZE])
{
	size_t have = 0;

	while (have < SIZE) {
		ssize_t n = read(fd, ball + have, SIZE - have);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("read");
		if (n == 0)
			quit("pong has gone");
		have += (size_t)n;
	}
}

static long long now_ns(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) == -1)
		die("clock_gettime");
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static long long time_ball(const struct pong *pong)
{
	char ball[SIZE] = "ball";
	char back[SIZE];
	long long start;
	long long end;

	start = now_ns();
	throw_ball(pong->out, ball);
	catch_ball(pong->in, back);
	end = now_ns();
	if (memcmp(ball, back, SIZE) != 0)
		quit("another ball came back");
	return end - start;
}

/* Descriptors 0, 1 and 2 must be open. If they were closed, our pipes would get
 * these numbers, for a new descriptor gets the lowest free one. If there[0] is
 * 0, then dup2(0, 0) in start_pong() does nothing: O_CLOEXEC stays on, and
 * execlp() closes 0. */
static void check_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		// F_GETFD asks for the flags of fd. It fails if fd is closed.
		if (fcntl(fd, F_GETFD) == -1)
			quit("descriptor %d is closed: start me with 0, 1 and 2"
			     " open", fd);
	}
}

static struct pong start_pong(enum start how)
{
	struct pong pong;
	pid_t parent = getpid();
	int there[2];
	int back[2];

	if (pipe2(there, O_CLOEXEC) == -1)
		die("pipe2");
	if (pipe2(back, O_CLOEXEC) == -1)
		die("pipe2");
	pong.pid = fork();
	if (pong.pid == -1)
		die("fork");
	if (pong.pid == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		if (dup2(there[0], STDIN_FILENO) == -1)
			die("dup2, stdin");
		if (dup2(back[1], STDOUT_FILENO) == -1)
			die("dup2, stdout");
		execlp("cat", "cat", (char *)NULL);
		die("execlp cat");
	}
	if (close(there[0]) == -1)
		die("close");
	if (close(back[1]) == -1)
		die("close");
	pong.out = there[1];
	pong.in = back[0];

	// When cat sleeps, it waits for the first ball.
	if (how == WAIT_UNTIL_READY) {
		if (!wait_until_asleep(pong.pid))
			quit("pong has ended, but it should wait for a ball");
	}
	return pong;
}

static void end_pong(const struct pong *pong)
{
	int status;

	if (close(pong->out) == -1)	// cat reads end-of-file, and ends
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

int main(void)
{
	long long ns[BALLS];
	long long first;
	struct pong pong;

	check_standard_descriptors();

	// 1. fork() has returned. But the child is not cat yet: it has to load
	//    the program and its libraries first.
	pong = start_pong(THROW_AT_ONCE);
	first = time_ball(&pong);
	say("wrong: cat is still starting: the first ball took %lld ns", first);
	end_pong(&pong);

	// 2. Cat waits for the ball. But this cat has never given one back, and
	//    we have thrown and caught only one.
	pong = start_pong(WAIT_UNTIL_READY);
	first = time_ball(&pong);
	say("wrong: cat is ready, but cold: the first ball took %lld ns",
	    first);

	// 3. The same cat, after some more balls.
	for (int i = 0; i < WARM_UP; i++)
		time_ball(&pong);
	for (int i = 0; i < BALLS; i++)
		ns[i] = time_ball(&pong);
	qsort(ns, BALLS, sizeof *ns, ascending);
	say("right: cat is warm: half of %d balls were back within %lld ns",
	    BALLS, ns[BALLS / 2]);
	end_pong(&pong);
	return EXIT_SUCCESS;
}
