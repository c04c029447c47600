/*
 * cpus - the same ball in three places: on one CPU, and on two in two ways
 *
 *   we --(a ball)--> pong --(the same ball)--> we
 *
 *   1. one CPU, pipes: the side that waits for the ball sleeps.
 *   2. two CPUs, pipes: the side that waits for the ball sleeps.
 *   3. two CPUs, a number in shared memory: the side that waits looks at the
 *	number again and again.
 *
 * Watch: lines 1 and 2 come from the same code and the same pipes.
 *
 * Try: in play_on(), write start_pong(way, ours). Which lines change, and by
 * how much?
 */
#define _GNU_SOURCE			// for sched_setaffinity()
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "../../../common/experiment.h"

enum { BALLS = 2000 };			// at most, in one place
enum { LIMIT_MS = 1000 };		// of one place, in milliseconds

// After so many looks at the number we ask whether pong still lives.
enum { LOOKS = 1000000 };

enum way { OVER_PIPES, IN_MEMORY };

/* A pong, and what we share with it. */
struct pong {
	pid_t pid;
	int out;		// our end to write of the one pipe
	int in;			// our end to read of the other one
	_Atomic int *ball;	// odd: we have thrown it; even: pong has
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

/* From now on this process, and the children that it makes, run only on the CPU
 * with the number CPU. */
static void stay_on(int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET((size_t)cpu, &cpus);
	if (sched_setaffinity(0, sizeof cpus, &cpus) == -1)
		die("sched_setaffinity");
}

/* Return the first CPU in ALLOWED whose number is above AFTER; -1 if there is
 * none. */
static int next_cpu(const cpu_set_t *allowed, int after)
{
	for (int cpu = after + 1; cpu < CPU_SETSIZE; cpu++) {
		if (CPU_ISSET((size_t)cpu, allowed))
			return cpu;
	}
	return -1;
}

/* In the child: give back each ball, until end-of-file. */
static void give_back(int in, int out)
{
	char ball;

	while (catch_ball(in, &ball))
		throw_ball(out, ball);
}

/* In the child: look at the number again and again. Our parent kills us at the
 * end. */
_Noreturn static void give_back_in_memory(_Atomic int *ball)
{
	for (;;) {
		int now = atomic_load(ball);

		if (now % 2 == 1)
			atomic_store(ball, now + 1);
	}
}

static struct pong start_pong(enum way way, int cpu)
{
	struct pong pong;
	pid_t parent = getpid();
	int there[2];		// [0] is the end to read, [1] to write
	int back[2];

	if (pipe(there) == -1)
		die("pipe");
	if (pipe(back) == -1)
		die("pipe");
	// New memory of mmap() is all 0. So nobody has thrown a ball yet.
	pong.ball = mmap(NULL, sizeof *pong.ball, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (pong.ball == MAP_FAILED)
		die("mmap");
	pong.pid = fork();
	if (pong.pid == -1)
		die("fork");
	if (pong.pid == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		stay_on(cpu);
		// If pong kept there[1], it would never see end-of-file.
		if (close(there[1]) == -1)
			die("close");
		if (close(back[0]) == -1)
			die("close");
		if (way == IN_MEMORY)
			give_back_in_memory(pong.ball);	// does not return
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

static void end_pong(const struct pong *pong, enum way way)
{
	int status;

	if (close(pong->out) == -1)	// a pong that reads sees end-of-file
		die("close");
	if (close(pong->in) == -1)
		die("close");
	if (way == IN_MEMORY) {
		if (kill(pong->pid, SIGTERM) == -1)
			die("kill");
	}
	while (waitpid(pong->pid, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (way == IN_MEMORY) {
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGTERM)
			quit("pong has failed");
	} else if (status != 0) {
		quit("pong has failed");
	}
	if (munmap(pong->ball, sizeof *pong->ball) == -1)
		die("munmap");
}

static void over_pipes(const struct pong *pong)
{
	char ball = 'x';

	throw_ball(pong->out, ball);
	if (!catch_ball(pong->in, &ball))
		quit("pong has gone");
}

static void in_memory(const struct pong *pong)
{
	int thrown = atomic_load(pong->ball) + 1;
	int looks = 0;

	atomic_store(pong->ball, thrown);
	while (atomic_load(pong->ball) == thrown) {
		// If pong was killed, nobody changes the number. Memory does
		// not tell us, so ask the kernel from time to time.
		looks++;
		if (looks == LOOKS) {
			if (waitpid(pong->pid, NULL, WNOHANG) != 0)
				quit("pong has gone");
			looks = 0;
		}
	}
}

static long long time_ball(const struct pong *pong, enum way way)
{
	long long start;
	long long end;

	start = now_ns();
	if (way == IN_MEMORY)
		in_memory(pong);
	else
		over_pipes(pong);
	end = now_ns();
	return end - start;
}

/* Play on the CPUs OURS and PONGS, but not longer than LIMIT_MS. On a busy
 * machine the two are seldom free at the same time, so a ball may take long. */
static void play_on(const char *where, enum way way, int ours, int pongs)
{
	long long ns[BALLS];
	long long limit;
	size_t balls = 0;
	struct pong pong;

	stay_on(ours);
	pong = start_pong(way, pongs);
	time_ball(&pong, way);		// the first one: pong is starting
	limit = now_ns() + LIMIT_MS * 1000000LL;
	do {
		ns[balls] = time_ball(&pong, way);
		balls++;
	} while (balls < BALLS && now_ns() < limit);
	end_pong(&pong, way);

	qsort(ns, balls, sizeof *ns, ascending);
	say("%s: half of the balls were back within %lld ns", where,
	    ns[balls / 2]);
}

int main(void)
{
	cpu_set_t allowed;
	int first;
	int second;

	if (sched_getaffinity(0, sizeof allowed, &allowed) == -1)
		die("sched_getaffinity");
	first = next_cpu(&allowed, -1);
	second = next_cpu(&allowed, first);

	play_on("one CPU, asleep", OVER_PIPES, first, first);
	if (second == -1) {
		say("skipped: only one CPU is allowed; see taskset(1)");
		return EXIT_SUCCESS;
	}
	play_on("two CPUs, asleep", OVER_PIPES, first, second);
	play_on("two CPUs, awake", IN_MEMORY, first, second);
	return EXIT_SUCCESS;
}
