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
// Sort some figures: the one in the middle is their median. Half of the others
// are not larger, and half of them are not smaller.
enum { TURNS = 21 };		// odd: of 21 figures the 11th is the median
enum { BALLS = 100 };		// of one way in one turn
enum { ALL = TURNS * BALLS };	// of one way

/* A way to a pong and back. */
struct way {
	const char *name;
	int out;		// the descriptor that takes a ball to pong
	int in;			// the descriptor that brings it back
	pid_t pong;		// the process at the other side
	long long ns[ALL];	// what each ball took, in nanoseconds
	long long middle[TURNS];	// [t]: the median of turn t
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
		// If pong is killed, we see end-of-file: 0. If it had not read
		// our ball yet, read() of a socket fails with ECONNRESET.
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
 * and the data yet. That happens only once, so their times are not what a ball
 * usually takes. Throw them before we count. */
static void warm_up(const struct way *way)
{
	for (int i = 0; i < WARM_UP; i++)
		time_ball(way, i);
}

/* Print the median, and the time within which 99 of 100 balls came back. Not
 * the mean: a few very late balls would move it. */
static void report(struct way *way)
{
	qsort(way->ns, ALL, sizeof *way->ns, ascending);
	say("%s: half within %lld ns, 99 of 100 within %lld ns", way->name,
	    way->ns[ALL / 2], way->ns[ALL * 99 / 100]);
}

/* How long does B take, if A takes 100? Compare within each turn: if the
 * machine is slow for a moment, both ways are, and the quotient stays. */
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
	CPU_SET((size_t)here, &cpus);
	if (sched_setaffinity(0, sizeof cpus, &cpus) == -1)
		die("sched_setaffinity");
}

/* Descriptors 0, 1 and 2 must be open. If they were closed, our pipes would get
 * these numbers, for a new descriptor gets the lowest free one. Three things
 * could go wrong in start_pong() and after it:
 * - OUT is 0. Then dup2(in, 0) closes it, and dup2(out, 1) copies the wrong
 *   descriptor.
 * - IN is 0. Then dup2(0, 0) does nothing: O_CLOEXEC stays on, and execl()
 *   closes 0.
 * - A pipe is 1. Then our lines go into this pipe. */
static void check_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		// F_GETFD asks for the flags of fd. It fails if fd is closed.
		if (fcntl(fd, F_GETFD) == -1)
			quit("descriptor %d is closed: start me with 0, 1 and 2"
			     " open", fd);
	}
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
			die("dup2, stdin");
		if (dup2(out, STDOUT_FILENO) == -1)
			die("dup2, stdout");
		execl("./pong", "pong", (char *)NULL);
		die("execl ./pong");	// execl() returns only if it has failed
	}
	return child;
}

/* O_CLOEXEC: execl() closes the descriptor. Only the two copies by dup2() stay
 * open. If pong still had the end to write of the pipe that it reads, it would
 * never see end-of-file. */
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

	// These two are pong's. If we kept back[1], we would never see
	// end-of-file, even if pong had died.
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

/* Close our descriptors, so that pong reads end-of-file and exits. Wait until
 * it has done so. */
static void end_pong(const struct way *way)
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
	check_standard_descriptors();
	make_pipes(&pipes);
	make_sockets(&sockets);

	// If pong has gone, write() is to fail with EPIPE, and not to kill us.
	// We ask for that after the forks, because pong would inherit it.
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
	end_pong(&pipes);
	end_pong(&sockets);

	report(&pipes);
	report(&sockets);
	compare(&pipes, &sockets);
	return EXIT_SUCCESS;
}
