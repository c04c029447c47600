/*
 * floor.c - what no facility can beat on this machine, measured like one
 *
 * Each function runs in a process of its own, on the first CPU, and takes
 * a few milliseconds.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../experiment.h"
#include "inside.h"

enum { BATCHES = 41 };

static int second_cpu = -1;

/* What the machine can do at its best: the value that a tenth of the batches
 * reach. Others may slow a batch down, nobody can make one faster. */
static double best(const double *v, size_t n, int more_is_better)
{
	double s[BATCHES];
	size_t at = n / 10;

	memcpy(s, v, n * sizeof *s);
	sort(s, n);
	return s[more_is_better ? n - 1 - at : at];
}

/* Beside a busy neighbour each batch takes long: then a few must do. */
static int late(double begin) { return now_ns() - begin > 50e6; }

/* The mean of N steps, the best of BATCHES. */
static double steps(struct bench *b, void (*step)(struct bench *), int n)
{
	double mean[BATCHES], begin = now_ns();
	size_t done = 0;

	while (done < BATCHES && !(done > 4 && late(begin))) {
		double t;

		await_pace(b);
		t = now_ns();
		for (int j = 0; j < n; j++)
			step(b);
		mean[done++] = (now_ns() - t) / n;
	}
	return best(mean, done, 0);
}

static void read_clock(struct bench *b)
{
	(void)b;
	now_ns();
}

static double clock_cost(struct bench *b) { return steps(b, read_clock, 1000); }

static void enter_kernel(struct bench *b)
{
	(void)b;
	syscall(SYS_getppid);
}

static double syscall_cost(struct bench *b)
{
	return steps(b, enter_kernel, 1000);
}

static _Atomic uint32_t *own_word;

static void add_one(struct bench *b)
{
	(void)b;
	atomic_fetch_add(own_word, 1);
}

static double atomic_cost(struct bench *b)
{
	own_word = area_make(AREA_ANON, LINE);
	if (!own_word)
		fail(b, "mmap");
	return steps(b, add_one, 10000);
}

/* MB/s of copying SIZE bytes again and again; the target begins SHIFT bytes
 * later in its page than the source. */
static double copy_rate(struct bench *b, size_t shift, size_t size, int times)
{
	double mean[BATCHES] = { 0 };
	int batches = size > LARGEST ? 3 : BATCHES;
	unsigned char *from = area_make(AREA_ANON, size);
	unsigned char *to = area_make(AREA_ANON, size + PAGE);

	if (!from || !to)
		fail(b, "mmap");
	for (int i = 0; i < batches; i++) {
		double t;

		await_pace(b);
		t = now_ns();
		for (int j = 0; j < times; j++)
			copy_all(to + shift, from, size);
		mean[i] = (double)size * times * 1e3 / (now_ns() - t);
	}
	return best(mean, (size_t)batches, 1);
}

static double copy_cache(struct bench *b) { return copy_rate(b, 0, 65536, 20); }
static double copy_shift(struct bench *b) { return copy_rate(b, 16, 65536, 5); }
static double copy_memory(struct bench *b)
{
	return copy_rate(b, 0, 32 << 20, 1);
}

/* ----------------------------------------------- with a second process */

static pid_t partner(struct bench *b, void (*work)(struct bench *), int cpu)
{
	pid_t pid = fork();

	if (pid == -1)
		fail(b, "fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pin(cpu);
		work(b);
		_exit(0);
	}
	return pid;
}

static void end_partner(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static long switches(void)
{
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	return r.ru_nvcsw + r.ru_nivcsw;
}

static void yield_for_ever(struct bench *b)
{
	while (!atomic_load(&b->shared->stop))
		sched_yield();
}

/* Two processes give way to each other. The kernel may let one go on, so the
 * switches are counted: away and back again are two. */
static double switch_cost(struct bench *b)
{
	double mean[BATCHES] = { 0 }, begin = now_ns();
	size_t n = 0;
	pid_t pid;

	pid = partner(b, yield_for_ever, sched_getcpu());
	while (!switches())
		sched_yield();
	for (int i = 0; i < BATCHES && !(n > 4 && late(begin)); i++) {
		long before, away;
		double t;

		await_pace(b);
		before = switches();
		t = now_ns();
		for (int j = 0; j < 25; j++)
			sched_yield();
		t = now_ns() - t;
		away = switches() - before;
		if (away > 5)
			mean[n++] = t / (double)(2 * away);
	}
	end_partner(pid);
	errno = 0;
	if (n == 0)
		fail(b, "sched_yield() does not switch to the other process");
	return best(mean, n, 0);
}

static void echo_line(struct bench *b)
{
	(void)b;
	for (;;)
		line_pong(1000);
}

/* One word in one cache line, there and back. */
static double line_cost(struct bench *b)
{
	double mean[BATCHES], begin;
	size_t done = 0;
	pid_t pid;

	limit_make(b);
	pid = partner(b, echo_line, second_cpu);
	begin = now_ns();
	while (done < BATCHES && !(done > 4 && late(begin))) {
		double t = now_ns();

		line_ping(1000);
		mean[done++] = (now_ns() - t) / 1000;
	}
	end_partner(pid);
	return best(mean, done, 0);
}

static void copy_out(struct bench *b)
{
	for (;;)
		blocks_out(b, b->size);
}

static double hand_over(struct bench *b, size_t size)
{
	double rate[BATCHES], begin;
	size_t done = 0;
	pid_t pid;

	b->size = size;
	limit_make(b);			/* every block is empty again */
	pid = partner(b, copy_out, second_cpu);
	begin = now_ns();
	while (done < BATCHES && !(done > 4 && late(begin))) {
		double t = now_ns();

		blocks_in(b, size);
		rate[done++] = (double)HAND_OVER * 1e3 / (now_ns() - t);
	}
	end_partner(pid);
	return best(rate, done, 1);
}

/* Copy in here, copy out there, nothing else: the best of three sizes. */
static double hand_over_rate(struct bench *b)
{
	double most = 0, rate;

	for (int i = 0; i < BLOCK_SIZES; i++) {
		rate = hand_over(b, block_size[i]);
		if (rate > most)
			most = rate;
	}
	return most;
}

/* What this process and its partner tell each other. */
static struct {
	_Alignas(LINE) _Atomic uint32_t word;
	_Alignas(LINE) _Atomic uint32_t sleeps;	/* that the sleeper has had */
	_Alignas(LINE) double woke;		/* when it woke last */
} *common;

static void make_common(struct bench *b)
{
	common = area_make(AREA_ANON, sizeof *common);
	if (!common)
		fail(b, "mmap");
}

static void spin_registered(struct bench *b)
{
	syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, 0, 0);
	atomic_store(&common->word, 1);
	while (!atomic_load(&b->shared->stop))
		relax();
}

static void interrupt(struct bench *b)
{
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0, 0))
		fail(b, "membarrier");
}

/* membarrier(2) interrupts the CPUs that run such a process, and waits. */
static double interrupt_cost(struct bench *b)
{
	double t;
	pid_t pid;

	make_common(b);
	pid = partner(b, spin_registered, second_cpu);
	while (!atomic_load(&common->word))
		relax();
	t = steps(b, interrupt, 5);
	end_partner(pid);
	return t;
}

static void sleeper(struct bench *b)
{
	(void)b;
	for (uint32_t i = 0;; i++) {
		while (atomic_load(&common->word) == i)
			syscall(SYS_futex, &common->word, FUTEX_WAIT, i, NULL,
				NULL, 0);
		common->woke = now_ns();
		atomic_store(&common->sleeps, i + 1);
	}
}

/* From the call that wakes to the first instruction of the sleeper. */
static double wake_cost(struct bench *b)
{
	double took[BATCHES], begin = now_ns();
	uint32_t done = 0;
	pid_t pid;

	make_common(b);
	pid = partner(b, sleeper, second_cpu);
	while (done < BATCHES && !(done > 4 && late(begin))) {
		double t;

		if (!wait_until_asleep(pid))
			fail(b, "the sleeper has ended");
		t = now_ns();
		atomic_store(&common->word, done + 1);
		syscall(SYS_futex, &common->word, FUTEX_WAKE, 1, NULL, NULL, 0);
		while (atomic_load(&common->sleeps) != done + 1)
			relax();
		took[done++] = common->woke - t;
	}
	end_partner(pid);
	return best(took, done, 0);
}

void floors_use(int cpu) { second_cpu = cpu; }

const struct floor floors[] = {
	{ "clock", "reading the clock", "ns", ONE, 0, clock_cost },
	{ "atomic", "atomic add, own cache line", "ns", ONE, 0, atomic_cost },
	{ "syscall", "bare system call (getppid)", "ns", ONE, 0, syscall_cost },
	{ "switch", "context switch, one CPU", "ns", ONE, 0, switch_cost },
	{ "copy-cache", "memcpy, 64 KiB", "MB/s", ONE, 0, copy_cache },
	{ "copy-shifted", "the same, target 16 bytes later in page", "MB/s",
	  ONE, 0, copy_shift },
	{ "copy-memory", "memcpy, 32 MiB", "MB/s", ONE, ONCE, copy_memory },
	{ "line", "cache line to the other CPU and back", "ns", TWO_SPIN, TWO,
	  line_cost },
	{ "hand-over", "copy in here, out on the other CPU", "MB/s", TWO_SPIN,
	  TWO, hand_over_rate },
	{ "interrupt", "interrupt to the other CPU and back", "ns", TWO_SLEEP,
	  TWO, interrupt_cost },
	{ "wake-up", "wake a sleeper on the other CPU", "ns", TWO_SLEEP, TWO,
	  wake_cost },
	{ NULL, NULL, NULL, ONE, 0, NULL },
};
