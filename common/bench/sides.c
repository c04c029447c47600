/*
 * sides.c - what the two processes of one run do
 *
 * PING leads: it sends an order through a pipe, PONG carries it out and
 * answers with the CPU time it used. Around each measurement whole messages
 * go through and are compared byte by byte; the clock runs in between.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lesson.h"
#include "inside.h"

enum order { WHOLE, ROUNDS_TIMED, MESSAGES, LOCKS, WORK, END };

struct order_msg { enum order order; long n; };
struct usage { double cpu, delay, switches; };

static const struct cell *cell;
static const struct settings *set;
static struct bench b;
static int order_pipe[2], answer_pipe[2];
static sem_t *token;			/* for COPIES: "I have read it" */

double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return (double)((int64_t)t.tv_sec * 1000000000 + t.tv_nsec);
}

void pin(int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET((size_t)cpu, &one);
	sched_setaffinity(0, sizeof one, &one);
}

/* CPU time, time spent ready but not running (schedstat, 0 where the kernel
 * does not count it), context switches: all since this process began. */
static struct usage usage(void)
{
	unsigned long long ran = 0, delay = 0;
	struct usage u = { 0, 0, 0 };
	struct timespec t;
	struct rusage r;
	FILE *f;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	u.cpu = (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
	if (getrusage(RUSAGE_SELF, &r) == 0)
		u.switches = (double)(r.ru_nvcsw + r.ru_nivcsw);
	f = fopen("/proc/self/schedstat", "re");
	if (f) {
		if (fscanf(f, "%llu %llu", &ran, &delay) == 2)
			u.delay = (double)delay;
		fclose(f);
	}
	return u;
}

static struct usage since(struct usage begin)
{
	struct usage u = usage();

	return (struct usage){ u.cpu - begin.cpu, u.delay - begin.delay,
			       u.switches - begin.switches };
}

/* The pattern that stamp() writes its numbers over. */
static void plain_payload(void)
{
	uint64_t word;

	for (size_t o = 0; o < b.size; o += 8) {
		word = word_at(o);
		memcpy(b.msg + o, &word, 8);
	}
}

/* ---------------------------------------------------------- the loops */

static void ping_rounds(long n)
{
	if (cell->f->ping) {
		cell->f->ping(&b, n);
		return;
	}
	for (long i = 0; i < n; i++) {
		b.seq++;
		stamp(&b, b.msg);
		cell->f->send(&b, b.msg, b.size);
		cell->f->recv(&b, b.got, b.size);
		check(&b, b.got);
	}
}

/* The echo is the message that came, not a copy of what should have. */
static void pong_rounds(long n)
{
	if (cell->f->pong) {
		cell->f->pong(&b, n);
		return;
	}
	for (long i = 0; i < n; i++) {
		b.seq++;
		cell->f->recv(&b, b.got, b.size);
		check(&b, b.got);
		cell->f->send(&b, b.got, b.size);
	}
}

static void produce(long n)
{
	void (*put)(struct bench *, const void *, size_t) =
	    cell->f->put ? cell->f->put : cell->f->send;

	if (cell->f->produce) {
		cell->f->produce(&b, n);
		return;
	}
	for (long i = 0; i < n; i++) {
		b.seq++;
		stamp(&b, b.msg);
		put(&b, b.msg, b.size);
	}
}

static void consume(long n)
{
	void (*get)(struct bench *, void *, size_t) =
	    cell->f->get ? cell->f->get : cell->f->recv;

	if (cell->f->consume) {
		cell->f->consume(&b, n);
		return;
	}
	for (long i = 0; i < n; i++) {
		b.seq++;
		get(&b, b.got, b.size);
		check_lines(&b, b.got);
	}
}

static void to_oneself(long n)
{
	for (long i = 0; i < n; i++) {
		b.seq++;
		stamp(&b, b.msg);
		cell->f->send(&b, b.msg, b.size);
		cell->f->recv(&b, b.got, b.size);
		check(&b, b.got);
	}
}

/* Not atomic: if the lock lets two in, the sum is wrong. */
static void lock_loop(long n)
{
	for (long i = 0; i < n; i++) {
		cell->f->lock(&b);
		b.shared->counter = b.shared->counter + 1;
		cell->f->unlock(&b);
	}
}

static void wait_token(void)
{
	while (sem_wait(token) == -1)
		if (errno != EINTR)
			fail(&b, "sem_wait");
}

/* Make a whole message, pass it on, wait until it has been read. */
static void make_work(long n)
{
	for (long i = 0; i < n; i++) {
		unsigned char *m = cell->f->place ? cell->f->place(&b, 1) :
						    b.msg;

		b.seq++;
		memset(m, (int)(b.seq & 0xff), b.size);
		cell->f->send(&b, m, b.size);
		wait_token();
	}
}

static void read_work(long n)
{
	for (long i = 0; i < n; i++) {
		unsigned char *m = cell->f->place ? cell->f->place(&b, 0) :
						    b.got;
		unsigned char want, odd = 0;

		b.seq++;
		want = (unsigned char)b.seq;
		cell->f->recv(&b, m, b.size);
		for (size_t o = 0; o < b.size; o += LINE)
			odd |= m[o] ^ want;
		if (odd || m[b.size - 1] != want)
			payload_bad(&b, m);
		sem_post(token);
	}
}

/* ------------------------------------------------------- order, answer */

static int streams(void)
{
	return cell->kind == STREAM;
}

static void give_order(enum order order, long n)
{
	struct order_msg m = { order, n };

	b.whole = order == WHOLE;
	errno = 0;
	if (write(order_pipe[1], &m, sizeof m) != sizeof m)
		fail(&b, "the order to the other side");
	if (order == LOCKS)
		wait_token();		/* both begin together */
}

static struct usage answer(void)
{
	struct usage u;

	errno = 0;
	if (read(answer_pipe[0], &u, sizeof u) != sizeof u)
		fail(&b, "the answer of the other side");
	return u;
}

/* ------------------------------------------------- in turns with the limit
 *
 * A host may move its two CPUs apart or together at any moment, and a cache
 * line then takes 30, 70 or 430 ns. So where both spin the limit is measured
 * in turns with what is set beside it, by the same two processes: a batch of
 * rounds and LINES times the cache line; a part of a stream and a hand-over.
 */
enum { LINES = 100, BLOCK_SIZES = 3 };
static const size_t block_size[BLOCK_SIZES] = { 4 << 10, 16 << 10, 64 << 10 };

static int has_turns(void)
{
	return cell->where == TWO_SPIN &&
	       (cell->kind == ROUND_TRIP || cell->kind == STREAM);
}

static uint32_t parts;			/* that this side is through with */

static void tell_part(void)
{
	atomic_store_explicit(&b.shared->parts, ++parts, memory_order_release);
}

static void await_part(void)
{
	parts++;
	while (atomic_load_explicit(&b.shared->parts, memory_order_acquire) !=
	       parts)
		relax();
}

static void consume_parts(void)
{
	for (int i = 0; i < PARTS; i++) {
		consume(b.shared->part);
		tell_part();
		blocks_out(&b, block_size[i % BLOCK_SIZES]);
		tell_part();
	}
}

static struct { double part[PARTS], over[BLOCK_SIZES][PARTS]; } took;

static void produce_parts(long n)
{
	(void)n;
	for (int i = 0; i < PARTS; i++) {
		double begin = now_ns(), middle;

		produce(b.shared->part);
		await_part();
		middle = now_ns();
		took.part[i] = middle - begin;
		blocks_in(&b, block_size[i % BLOCK_SIZES]);
		await_part();
		took.over[i % BLOCK_SIZES][i / BLOCK_SIZES] = now_ns() - middle;
	}
}

static void pong_batches(long n)
{
	for (long i = 0; i < n; i += b.shared->part) {
		pong_rounds(b.shared->part);
		line_pong(LINES);
	}
}

static void carry_out(struct order_msg m)
{
	b.whole = m.order == WHOLE;
	if (m.order == LOCKS && sem_post(token) == 0)
		lock_loop(m.n);
	else if (m.order == WORK)
		read_work(m.n);
	else if (streams() && b.shared->part)
		consume_parts();
	else if (streams())
		consume(m.n);
	else if (b.shared->part)
		pong_batches(m.n);
	else
		pong_rounds(m.n);
}

_Noreturn static void pong_main(void)
{
	struct order_msg m;
	struct usage used;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	b.me = PONG;
	b.peer = b.shared->pid[0];
	b.shared->pid[1] = getpid();
	pin(set->cpu[cell->where != ONE]);
	if (cell->f->join)
		cell->f->join(&b);
	used = usage();
	if (write(answer_pipe[1], &used, sizeof used) != sizeof used)
		fail(&b, "the first answer");
	while (read(order_pipe[0], &m, sizeof m) == sizeof m) {
		if (m.order == END)
			break;
		used = usage();
		carry_out(m);
		used = since(used);
		if (write(answer_pipe[1], &used, sizeof used) != sizeof used)
			fail(&b, "an answer");
	}
	_exit(0);
}

/* ----------------------------------------------------- what PING measures */

/* What others had of the time: on one CPU all that neither side used; when
 * both spin, what the worse of the two lacks; when they sleep, how long they
 * were ready and did not run. */
static double lost(struct usage a, struct usage z, double wall)
{
	double worse = a.cpu < z.cpu ? a.cpu : z.cpu, part;

	if (cell->f->can & HELPED || wall <= 0)
		return 0;
	if (cell->where == ONE)
		part = 1 - (a.cpu + z.cpu) / wall;
	else if (cell->where == TWO_SPIN)
		part = 1 - worse / wall;
	else
		part = (a.delay + z.delay) / wall;
	return part > 0 ? part : 0;
}

static long at_least(double n, long least, long most)
{
	return n < (double)least ? least : n > (double)most ? most : (long)n;
}

/* How long one round takes, from the warm-up. The pieces grow until the loop
 * itself is long, not the wake-up of the other side at its begin. */
static double warm_up(enum order order, void (*loop)(long))
{
	double begin = now_ns(), warm = set->effort.warm_ns, piece, alone;
	long n = 10, done = 0, last;

	do {
		piece = now_ns();
		give_order(order, n);
		alone = now_ns();
		loop(n);
		alone = now_ns() - alone;
		answer();
		piece = now_ns() - piece;
		done += last = n;
		if (alone < warm / 4)
			n *= 4;
	} while ((done < set->effort.warm_ops || alone < warm / 4) &&
		 now_ns() - begin < 20 * warm);
	return piece > (double)last ? piece / (double)last : 1;
}

/* ------------------------------------------------ the CPU's own pace
 *
 * Where a core has two threads, or a host two guests on it, a CPU gets slower
 * by half for some milliseconds, and no counter in here tells. Fixed work
 * does: a batch counts if that was done at full pace before and after it. The
 * figure itself has no say in it. On one CPU only: of the other side's CPU we
 * would know nothing.
 */
enum { BATCHES = 2000, ENOUGH = 10 };
static const double SLOWER = 1.2;

static struct {
	double mean[BATCHES], pace[BATCHES], line[BATCHES];
	size_t n;
} batches;

static double pace(void)
{
	double t = now_ns();

	for (int i = 0; i < 20; i++)
		syscall(SYS_getppid);
	return now_ns() - t;
}

/* Two in a row, so that a single lucky one does not become the measure. */
static double steady_pace(struct shared *s)
{
	double one = pace(), two = pace();

	if (two > one)
		one = two;
	if (s->pace == 0 || one < s->pace)
		s->pace = one;
	return one;
}

void await_pace(struct bench *bench)
{
	double t = now_ns();

	while (steady_pace(bench->shared) > SLOWER * bench->shared->pace &&
	       now_ns() - t < 2e6)
		continue;
}

/* 0 where it says nothing: on two CPUs. */
static double pace_here(void)
{
	return cell->where == ONE ? steady_pace(b.shared) : 0;
}

/* LOOP(N), timed by two stamps of the clock, so that the clock itself does
 * not count. */
static void time_batch(void (*loop)(long), long n)
{
	double before = pace_here(), t = now_ns(), after;

	loop(n);
	batches.mean[batches.n] = (now_ns() - t) / (double)n;
	after = pace_here();
	if (has_turns()) {
		t = now_ns();
		line_ping(LINES);
		batches.line[batches.n] = (now_ns() - t) / (double)LINES;
	}
	batches.pace[batches.n++] = before > after ? before : after;
}

/* The batches that count go to TO; how many they are. */
static size_t that_count(double *to)
{
	return at_pace(batches.mean, batches.pace, batches.n,
		       SLOWER * b.shared->pace, to);
}

/* TRY times they were made: once more, until enough of them count? */
static int more_batches(int try)
{
	static double mean[BATCHES];

	return try == 0 || (cell->where == ONE && try < 8 &&
			    that_count(mean) < ENOUGH);
}

/* The median of those. If there are too few, of all, and then the CPU was
 * lost to others in part. */
static void judge_batches(void)
{
	static double mean[BATCHES];
	size_t n = that_count(mean);
	double part;

	b.shared->out.slow = 1 - (double)n / (double)batches.n;
	b.shared->out.value = median(mean, n);
	if (has_turns())
		b.shared->out.beside = median(batches.line, batches.n);
	if (n >= 3)
		return;
	b.shared->out.value = median(batches.mean, batches.n);
	part = 1 - b.shared->pace / median(batches.pace, batches.n);
	if (part > b.shared->out.lost)
		b.shared->out.lost = part;
	/* A CPU that has got warm stays slower: that is its full pace then. */
	b.shared->pace *= 1.05;
}

/* A batch is short against the milliseconds in which a CPU keeps its pace. */
static double batch_ns(double budget)
{
	return budget / 10 < 2e5 ? budget / 10 : 2e5;
}

static void time_batches(double each)
{
	double budget = 0.6 * set->effort.sample_ns, begin, wall;
	long batch = at_least(batch_ns(budget) / each, 1, 100);
	long n = at_least(budget / each / (double)batch, 3, BATCHES / 4);
	struct usage mine, theirs;
	size_t kept = batches.n;

	b.shared->part = has_turns() ? batch : 0;
	mine = usage();
	begin = now_ns();
	give_order(ROUNDS_TIMED, (n + 1) * batch);
	time_batch(ping_rounds, batch);	/* until the other side is awake */
	batches.n = kept;
	for (long i = 0; i < n; i++)
		time_batch(ping_rounds, batch);
	theirs = answer();
	wall = now_ns() - begin;
	mine = since(mine);
	b.shared->out.lost = lost(mine, theirs, wall);
	b.shared->out.switches = (mine.switches + theirs.switches) /
				 (double)((n + 1) * batch);
	b.shared->part = 0;
}

/* Single stamps for the tail. */
static void time_singles(double each)
{
	long n = at_least(0.4 * set->effort.sample_ns / each, 10, SINGLES);
	long lead = n < 10 ? n : 10;

	give_order(ROUNDS_TIMED, lead + n);
	ping_rounds(lead);
	for (long i = 0; i < n; i++) {
		double t = now_ns();

		ping_rounds(1);
		t = now_ns() - t;
		b.shared->out.single[i] = t < 4e9 ? (uint32_t)t : 4000000000u;
	}
	answer();
	b.shared->out.singles = (size_t)n;
}

static void whole_messages(void (*loop)(long))
{
	give_order(WHOLE, 4);
	loop(4);
	answer();
	b.whole = 0;
	plain_payload();
}

static void measure_rounds(void)
{
	double each;

	whole_messages(ping_rounds);
	each = warm_up(ROUNDS_TIMED, ping_rounds);
	for (int i = 0; more_batches(i); i++)
		time_batches(each);
	judge_batches();
	time_singles(each);
	whole_messages(ping_rounds);
}

/* One piece of work of N operations, timed as a whole until the other side
 * has answered: it does so after it has checked the last byte. */
static double time_all(enum order order, void (*loop)(long), long n)
{
	struct usage mine = usage(), theirs;
	double begin = now_ns(), wall;

	give_order(order, n);
	loop(n);
	theirs = answer();
	wall = now_ns() - begin;
	mine = since(mine);
	b.shared->out.lost = lost(mine, theirs, wall);
	b.shared->out.switches = (mine.switches + theirs.switches) / (double)n;
	return wall;
}

/* Whoever takes a CPU for a moment stops the whole stream: so the median part
 * counts. Each ends when PONG has checked its last byte. */
static void measure_parts(long n)
{
	double least = 0, t;

	b.shared->part = n / PARTS + 1;
	time_all(MESSAGES, produce_parts, b.shared->part * PARTS);
	b.shared->out.value = (double)b.shared->part * (double)b.size * 1e3 /
			      median(took.part, PARTS);
	for (int i = 0; i < BLOCK_SIZES; i++) {
		t = median(took.over[i], PARTS / BLOCK_SIZES);
		if (least == 0 || t < least)
			least = t;
	}
	b.shared->out.beside = (double)HAND_OVER * 1e3 / least;
	b.shared->part = 0;
}

static void measure_stream(void)
{
	double each;
	long n;

	whole_messages(produce);
	each = warm_up(MESSAGES, produce);
	n = at_least(set->effort.sample_ns / each, 20, 100000000);
	if (has_turns()) {
		measure_parts(n);
		whole_messages(produce);
		return;
	}
	b.shared->out.value = (double)n * (double)b.size * 1e3 /
			      time_all(MESSAGES, produce, n);
	whole_messages(produce);
}

static void measure_locks(void)
{
	double each = warm_up(LOCKS, lock_loop);
	long n = at_least(set->effort.sample_ns / each, 20, 100000000), want;

	want = b.shared->counter + 2 * n;
	b.shared->out.value = time_all(LOCKS, lock_loop, n) /
			      (double)(2 * n);
	errno = 0;
	if (b.shared->counter != want)
		fail(&b, "the lock let two in: %ld steps were lost",
		     want - b.shared->counter);
}

static void measure_copies(void)
{
	double each = warm_up(WORK, make_work);
	long n = at_least(set->effort.sample_ns / each, 20, 1000000);

	b.shared->out.value = time_all(WORK, make_work, n) / (double)n;
}

/* For one process alone: N until the sample is long enough. */
static void measure_alone(void (*loop)(long))
{
	double budget = set->effort.sample_ns, t = 0, begin;
	long n = 4, want = b.shared->counter;
	struct usage mine;

	b.whole = cell->kind == SELF_COST;
	loop(4);
	b.whole = 0;
	plain_payload();
	want += 4;
	while (t < batch_ns(budget) && n < 100000000) {
		n *= 2;
		begin = now_ns();
		loop(n);
		t = now_ns() - begin;
		want += n;
	}
	mine = usage();
	begin = now_ns();
	for (int i = 0; more_batches(i); i++)
		for (t = 0; t < budget && batches.n < BATCHES; want += n) {
			time_batch(loop, n);
			t += batches.mean[batches.n - 1] * (double)n;
		}
	mine = since(mine);
	b.shared->out.lost = lost(mine, (struct usage){ 0, 0, 0 },
				  now_ns() - begin);
	judge_batches();
	errno = 0;
	if (cell->kind == LOCK_ALONE && b.shared->counter != want)
		fail(&b, "the lock lost steps of one process alone");
}

/* ---------------------------------------------------------- the frame */

/* The other side died without a word: say how. */
static void pong_died(int sig)
{
	int status = 0;

	(void)sig;
	if (waitpid(b.peer, &status, WNOHANG) != b.peer)
		return;
	if (!b.shared->out.why[0] && WIFSIGNALED(status))
		snprintf(b.shared->out.why, sizeof b.shared->out.why,
			 "the other side was killed by signal %d",
			 WTERMSIG(status));
	_exit(1);
}

static void start_pong(void)
{
	pid_t pid;

	if (pipe(order_pipe) == -1 || pipe(answer_pipe) == -1)
		fail(&b, "pipe");
	signal(SIGCHLD, pong_died);
	pid = fork();
	if (pid == -1)
		fail(&b, "fork");
	if (pid == 0) {
		signal(SIGCHLD, SIG_DFL);
		pong_main();
	}
	b.peer = pid;
	if (cell->f->join)
		cell->f->join(&b);
	answer();			/* it has joined: both are there */
}

static void stop_pong(void)
{
	int status;

	signal(SIGCHLD, SIG_DFL);
	give_order(END, 0);
	errno = 0;
	if (waitpid(b.peer, &status, 0) != b.peer || status != 0)
		fail(&b, "the other side did not end well");
}

static void measure_pair(void)
{
	start_pong();
	if (cell->kind == ROUND_TRIP)
		measure_rounds();
	else if (cell->kind == STREAM)
		measure_stream();
	else if (cell->kind == LOCK_BOTH)
		measure_locks();
	else
		measure_copies();
	stop_pong();
}

static void measure_self(void)
{
	b.me = ALONE;
	if (cell->f->join)
		cell->f->join(&b);
	measure_alone(cell->kind == SELF_COST ? to_oneself : lock_loop);
}

static void *memory(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (p == MAP_FAILED)
		fail(&b, "mmap");
	return p;
}

static void prepare(void)
{
	b.keep = &b.shared->keep;
	own_nothing(b.keep);
	b.me = PING;
	b.spin = cell->where == TWO_SPIN;
	b.one_way = cell->kind == STREAM;
	b.locking = cell->kind == LOCK_BOTH || cell->kind == LOCK_ALONE;
	b.variant = cell->variant;
	b.size = cell->size;
	b.msg = aligned_alloc(PAGE, LARGEST);
	b.got = aligned_alloc(PAGE, LARGEST);
	if (!b.msg || !b.got)
		fail(&b, "memory for the messages");
	memset(b.msg, 0, LARGEST);
	memset(b.got, 0, LARGEST);
	plain_payload();
	token = memory(sizeof *token);
	if (sem_init(token, 1, 0) == -1)
		fail(&b, "sem_init");
	if (has_turns())
		limit_make(&b);
}

void side_main(const struct cell *c, const struct settings *s,
	       struct shared *shared)
{
	const char *no;

	cell = c;
	set = s;
	b.shared = shared;
	shared->pid[0] = getpid();
	pin(set->cpu[0]);
	prepare();
	if (c->kind == FLOOR) {
		shared->making = 0;
		shared->out.value = c->floor->measure(&b);
	} else {
		hold_signals();
		no = c->f->setup(&b);
		shared->making = 0;
		let_signals();
		if (no) {
			snprintf(shared->out.why, sizeof shared->out.why, "%s",
				 no);
			shared->out.refused = 1;
			_exit(0);
		}
		if (c->kind == SELF_COST || c->kind == LOCK_ALONE)
			measure_self();
		else
			measure_pair();
	}
	shared->out.done = 1;
	_exit(0);
}
