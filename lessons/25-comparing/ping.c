/*
 * ping - times how long a ball takes to pong and back: over pipes, and over
 * sockets
 *
 *   ping --(a ball)--> [ pipe or socket ] --> pong
 *   ping <-- [ pipe or socket ] <--(the same ball)-- pong
 *
 * Start ./ping. It starts its partner ./pong twice: one pong has a pipe for
 * each direction, the other one has a socket for both.
 *
 * Watch: the two figures come from the same loop in the same run, turn by turn.
 * Only the descriptors differ.
 */
#define _GNU_SOURCE			// for pipe2(), sched_setaffinity()
#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "../../common/lesson.h"

enum { SIZE = 64 };		// bytes of a ball, as in pong.c
enum { WARM_UP = 1000 };	// balls of a way that are not counted
enum { TURNS = 21 };		// odd: of 21 figures the 11th is the middle one
enum { BALLS = 100 };		// of one way in one turn
enum { ALL = TURNS * BALLS };	// of one way

/* A way to a pong and back. */
struct way {
	const char *name;
	int out;		// the descriptor that takes a ball to pong
	int in;			// the descriptor that brings it back
	pid_t pong;		// the process at the other side
	long long ns[ALL];	// what each ball took, in nanoseconds
	long long middle[TURNS];	// of each turn, the middle one of those
};

static void throw_ball(const struct way *way, const char ball[SIZE]);
static void catch_ball(const struct way *way, char ball[SIZE]);

/* Throw a ball, wait until it is back, and return what that took. */
static long long time_ball(const struct way *way, int number)
{
	char ball[SIZE] = "";
	char back[SIZE];
	struct timespec start;
	struct timespec end;

	// Each ball has its number on it. So an old ball that comes back late
	// is not taken for this one.
	snprintf(ball, sizeof ball, "ball %d", number);

	if (clock_gettime(CLOCK_MONOTONIC, &start) == -1)
		die("clock_gettime");
	throw_ball(way, ball);
	catch_ball(way, back);
	if (clock_gettime(CLOCK_MONOTONIC, &end) == -1)
		die("clock_gettime");

	// A time is worth nothing if the work was not done.
	if (memcmp(ball, back, SIZE) != 0)
		quit("%s: another ball came back", way->name);

	// In nanoseconds, of which a second has 1000000000. LL: a long long.
	return (end.tv_sec - start.tv_sec) * 1000000000LL +
	       (end.tv_nsec - start.tv_nsec);
}

static void throw_ball(const struct way *way, const char ball[SIZE])
{
	size_t gone = 0;	// bytes of the ball that are on their way

	while (gone < SIZE) {
		ssize_t n = write(way->out, ball + gone, SIZE - gone);

		// EINTR: a signal came before a byte went out. Try again.
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EPIPE)
			quit("%s: pong has gone", way->name);
		if (n == -1)
			die("write");
		gone += (size_t)n;
	}
}

static void catch_ball(const struct way *way, char ball[SIZE])
{
	size_t have = 0;	// bytes of the ball that have come

	while (have < SIZE) {
		ssize_t n = read(way->in, ball + have, SIZE - have);

		if (n == -1 && errno == EINTR)
			continue;
		// A pong that is killed makes end-of-file. If it has not read
		// our ball yet, a socket says ECONNRESET in place of that.
		if (n == 0 || (n == -1 && errno == ECONNRESET))
			quit("%s: pong has gone", way->name);
		if (n == -1)
			die("read");
		have += (size_t)n;
	}
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

static void play_turn(struct way *way, int turn)
{
	long long *ns = way->ns + turn * BALLS;	// this turn's part

	for (int i = 0; i < BALLS; i++)
		ns[i] = time_ball(way, turn * BALLS + i);
	qsort(ns, BALLS, sizeof *ns, ascending);
	way->middle[turn] = ns[BALLS / 2];
}

/* The first balls are slow: pong is still starting, and no cache has the code
 * and the data yet. That happens once, so it is not what a ball takes. Throw
 * them before we count. */
static void warm_up(const struct way *way)
{
	for (int i = 0; i < WARM_UP; i++)
		time_ball(way, i);
}

/* Not the mean: a single ball that takes 100 times as long would double it. */
static void report(struct way *way)
{
	qsort(way->ns, ALL, sizeof *way->ns, ascending);
	say("%s: half within %lld ns, 99 of 100 within %lld ns", way->name,
	    way->ns[ALL / 2], way->ns[ALL * 99 / 100]);
}

/* How long does B take, if A takes 100? Compare within each turn: if the
 * machine is slow for a moment, both are, and the quotient stays. */
static void compare(const struct way *a, const struct way *b)
{
	long long percent[TURNS];

	for (int turn = 0; turn < TURNS; turn++) {
		if (a->middle[turn] == 0)
			quit("the clock of this system is too coarse");
		percent[turn] = b->middle[turn] * 100 / a->middle[turn];
	}
	qsort(percent, TURNS, sizeof *percent, ascending);
	say("%s take %lld %% of the time of %s; single turns: %lld to %lld %%",
	    b->name, percent[TURNS / 2], a->name, percent[0],
	    percent[TURNS - 1]);
}

/* We, and the children that we make later, run on one CPU from now on. Without
 * this the system may move them in the middle of the run, and then we would
 * compare places and not ways. */
static void stay_on_this_cpu(void)
{
	cpu_set_t cpus;
	int here = sched_getcpu();

	if (here == -1)
		die("sched_getcpu");
	CPU_ZERO(&cpus);
	CPU_SET((size_t)here, &cpus);	// plain-c: a macro of sched.h
	if (sched_setaffinity(0, sizeof cpus, &cpus) == -1)
		die("sched_setaffinity");
}

/* Start a pong that reads balls from IN and writes them to OUT. */
static pid_t start_pong(int in, int out)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If ping is killed, pong ends as well.
		if (!end_with_parent(parent))
			die("end_with_parent");
		if (dup2(in, STDIN_FILENO) == -1)
			die("dup2");
		if (dup2(out, STDOUT_FILENO) == -1)
			die("dup2");
		execl("./pong", "pong", (char *)NULL);
		die("execl ./pong");	// it returns only if it has failed
	}
	return child;
}

/* CLOEXEC: "close on exec". A pong has the two copies that dup2() has made for
 * it, and no other end: not even those of the other way. A pong that had an end
 * of its own way twice would never see end-of-file. */
static void make_pipes(struct way *way)
{
	int there[2];		// [0] is the end to read, [1] to write
	int back[2];

	if (pipe2(there, O_CLOEXEC) == -1)
		die("pipe2");
	if (pipe2(back, O_CLOEXEC) == -1)
		die("pipe2");
	way->pong = start_pong(there[0], back[1]);
	way->out = there[1];
	way->in = back[0];

	// These two are pong's. If we kept them, we would not see that it has
	// gone: we would wait for ourselves.
	if (close(there[0]) == -1)
		die("close");
	if (close(back[1]) == -1)
		die("close");
}

static void make_sockets(struct way *way)
{
	int fd[2];		// [0] is ours, [1] is pong's

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) == -1)
		die("socketpair");
	way->pong = start_pong(fd[1], fd[1]);	// a socket goes both ways
	way->out = fd[0];
	way->in = fd[0];
	if (close(fd[1]) == -1)
		die("close");
}

/* Close our ends. Pong reads end-of-file, and ends. See that it has done so. */
static void end(const struct way *way)
{
	int status;

	if (close(way->out) == -1)
		die("close");
	if (way->in != way->out) {
		if (close(way->in) == -1)
			die("close");
	}
	while (waitpid(way->pong, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("%s: pong has failed", way->name);
}

int main(void)
{
	// static, because they are large: room for the times of all balls.
	static struct way pipes = { .name = "pipes" };
	static struct way sockets = { .name = "sockets" };

	stay_on_this_cpu();
	make_pipes(&pipes);
	make_sockets(&sockets);

	// If pong has gone, write() is to fail with EPIPE, and not to kill us.
	// It stands after the forks: pong would inherit it.
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		die("signal");

	say("a ball of %d bytes, there and back, on one CPU, %d times each",
	    SIZE, ALL);
	warm_up(&pipes);
	warm_up(&sockets);
	for (int turn = 0; turn < TURNS; turn++) {
		play_turn(&pipes, turn);
		play_turn(&sockets, turn);
	}
	end(&pipes);
	end(&sockets);

	report(&pipes);
	report(&sockets);
	compare(&pipes, &sockets);
	return EXIT_SUCCESS;
}
