/*
 * ping.c - one run of one cell: PING leads, and measures
 *
 * It tells PONG what to do, does its own half of it, and takes the time.
 * Before and after that whole messages go through, which are compared byte by
 * byte. A cell of one process alone has no PONG.
 */
#define _GNU_SOURCE
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../lesson.h"
#include "inside.h"

static struct run me;
static struct outcome *result;		/* what this run yields */

static long at_least(double n, long least, long most)
{
	if (n < (double)least)
		return least;
	return n > (double)most ? most : (long)n;
}

/* What others had of the time: on one CPU all that neither side used; when
 * both spin, what the worse of the two lacks; when they sleep, how long they
 * were ready and did not run. */
static double lost(struct usage a, struct usage z, double wall)
{
	double worse = a.cpu < z.cpu ? a.cpu : z.cpu, part;

	if (me.cell->f->can & HELPED || wall <= 0)
		return 0;
	if (me.cell->where == ONE)
		part = 1 - (a.cpu + z.cpu) / wall;
	else if (me.cell->where == TWO_SPIN)
		part = 1 - worse / wall;
	else
		part = (a.delay + z.delay) / wall;
	return part > 0 ? part : 0;
}

static void whole_messages(enum order order, void (*loop)(struct run *, long))
{
	me.b.whole = 1;
	pong_order(&me, order, 4);
	loop(&me, 4);
	pong_answer(&me);
	me.b.whole = 0;
	plain_payload(&me.b);
}

/* How long one round takes, in ns. The pieces grow until the loop itself is
 * long, not the wake-up of the other side at its begin. */
static double warm_up(enum order order, void (*loop)(struct run *, long))
{
	double begin = now_ns(), warm = me.set->effort.warm_ns, piece, alone;
	long n = 10, done = 0, last;

	do {
		piece = now_ns();
		pong_order(&me, order, n);
		alone = now_ns();
		loop(&me, n);
		alone = now_ns() - alone;
		pong_answer(&me);
		piece = now_ns() - piece;
		last = n;
		done += n;
		if (alone < warm / 4)
			n *= 4;
	} while ((done < me.set->effort.warm_ops || alone < warm / 4) &&
		 now_ns() - begin < 20 * warm);
	return piece > (double)last ? piece / (double)last : 1;
}

/* N operations, timed as a whole until the other side has answered: it does so
 * after it has checked the last byte. */
static double time_all(enum order order, void (*loop)(struct run *, long),
		       long n)
{
	struct usage mine = usage_now(), theirs;
	double begin = now_ns(), wall;

	pong_order(&me, order, n);
	loop(&me, n);
	theirs = pong_answer(&me);
	wall = now_ns() - begin;
	mine = usage_since(mine);
	result->lost = lost(mine, theirs, wall);
	result->switches = (mine.switches + theirs.switches) / (double)n;
	return wall;
}

/* --------------------------------------------------------- there and back */

/* One lead, until the other side is awake, and then the batches. */
static void ping_batches(struct run *r, long n)
{
	time_batch(r, ping_rounds, r->batch);
	drop_batch();
	for (long i = r->batch; i < n; i += r->batch)
		time_batch(r, ping_rounds, r->batch);
}

static void time_batches(double each)
{
	double budget = 0.6 * me.set->effort.sample_ns;
	long n;

	me.batch = at_least(batch_ns(budget) / each, 1, 100);
	n = at_least(budget / each / (double)me.batch, 3, batches_room());
	time_all(me.turns ? DO_ROUNDS_IN_TURNS : DO_ROUNDS, ping_batches,
		 (n + 1) * me.batch);
}

/* Single stamps for the tail. */
static void time_singles(double each)
{
	long n = at_least(0.4 * me.set->effort.sample_ns / each, 10, SINGLES);
	long lead = n < 10 ? n : 10;

	pong_order(&me, DO_ROUNDS, lead + n);
	ping_rounds(&me, lead);
	for (long i = 0; i < n; i++) {
		double t = now_ns();

		ping_rounds(&me, 1);
		t = now_ns() - t;
		result->single[i] = t < 4e9 ? (uint32_t)t : 4000000000u;
	}
	pong_answer(&me);
	result->singles = (size_t)n;
}

static void measure_rounds(void)
{
	double each;

	whole_messages(DO_ROUNDS, ping_rounds);
	each = warm_up(DO_ROUNDS, ping_rounds);
	for (int tries = 0; more_batches(&me, tries); tries++)
		time_batches(each);
	judge_batches(&me);
	time_singles(each);
	whole_messages(DO_ROUNDS, ping_rounds);
}

/* ---------------------------------------------------------------- one way */

/* MB/s of BYTES in NS. */
static double rate(double bytes, double ns)
{
	return bytes * 1e3 / ns;
}

static struct {
	double part[PARTS];		/* ns of each part of the stream */
	double over[BLOCK_SIZES][PARTS / BLOCK_SIZES];	/* of a hand-over */
} took;

/* Until PONG is through with what it was sent. */
static void await_part(struct run *r)
{
	r->parts++;
	while (atomic_load_explicit(&r->b.shared->parts,
				    memory_order_acquire) != r->parts)
		relax();
}

static void produce_parts(struct run *r, long n)
{
	for (int i = 0; i < PARTS; i++) {
		int size = i % BLOCK_SIZES;
		double begin = now_ns(), middle;

		produce(r, n / PARTS);
		await_part(r);
		middle = now_ns();
		took.part[i] = middle - begin;
		blocks_in(&r->b, block_size[size]);
		await_part(r);
		took.over[size][i / BLOCK_SIZES] = now_ns() - middle;
	}
}

/* Whoever takes a CPU for a moment stops the whole stream: so the median part
 * counts, and beside it the best of the sizes of a hand-over. */
static void measure_parts(long n)
{
	double over[BLOCK_SIZES], bytes;
	long part = n / PARTS + 1;

	time_all(DO_MESSAGES_IN_TURNS, produce_parts, part * PARTS);
	bytes = (double)part * (double)me.b.size;
	result->value = rate(bytes, median(took.part, PARTS));
	for (int i = 0; i < BLOCK_SIZES; i++)
		over[i] = median(took.over[i], PARTS / BLOCK_SIZES);
	result->beside = rate(HAND_OVER, lowest(over, BLOCK_SIZES));
}

static void measure_stream(void)
{
	double each, wall;
	long n;

	whole_messages(DO_MESSAGES, produce);
	each = warm_up(DO_MESSAGES, produce);
	n = at_least(me.set->effort.sample_ns / each, 20, 100000000);
	if (me.turns) {
		measure_parts(n);
	} else {
		wall = time_all(DO_MESSAGES, produce, n);
		result->value = rate((double)n * (double)me.b.size, wall);
	}
	whole_messages(DO_MESSAGES, produce);
}

/* -------------------------------------------------------- locks and copies */

static void measure_locks(void)
{
	double each = warm_up(DO_LOCKS, lock_loop);
	long n = at_least(me.set->effort.sample_ns / each, 20, 100000000);
	long want = me.b.shared->counter + 2 * n;

	result->value = time_all(DO_LOCKS, lock_loop, n) / (double)(2 * n);
	errno = 0;
	if (me.b.shared->counter != want)
		fail(&me.b, "the lock let two in: %ld steps were lost",
		     want - me.b.shared->counter);
}

static void measure_copies(void)
{
	double each = warm_up(DO_WORK, make_work);
	long n = at_least(me.set->effort.sample_ns / each, 20, 1000000);

	result->value = time_all(DO_WORK, make_work, n) / (double)n;
}

/* ------------------------------------------------------ one process alone */

/* How many rounds are as long as a batch should be. */
static long size_batch(void (*loop)(struct run *, long))
{
	double least = batch_ns(me.set->effort.sample_ns), t = 0;
	long n = 4;

	while (t < least && n < 100000000) {
		double begin = now_ns();

		n *= 2;
		loop(&me, n);
		t = now_ns() - begin;
	}
	return n;
}

/* The loop N times, batch by batch, until they are enough. */
static void measure_alone(void (*loop)(struct run *, long))
{
	const struct usage nobody = { 0, 0, 0 };
	double budget = me.set->effort.sample_ns, begin, t;
	struct usage mine;
	long n;

	me.b.whole = 1;
	loop(&me, 4);
	me.b.whole = 0;
	plain_payload(&me.b);
	n = size_batch(loop);
	mine = usage_now();
	begin = now_ns();
	for (int tries = 0; more_batches(&me, tries); tries++) {
		t = 0;
		while (t < budget && batches_room() > 0)
			t += time_batch(&me, loop, n) * (double)n;
	}
	mine = usage_since(mine);
	result->lost = lost(mine, nobody, now_ns() - begin);
	judge_batches(&me);
}

static void measure_self(void)
{
	me.b.me = ALONE;
	if (me.cell->f->join)
		me.cell->f->join(&me.b);
	if (me.cell->kind == SELF_COST) {
		measure_alone(to_oneself);
		return;
	}
	measure_alone(lock_loop);
	errno = 0;
	if (me.b.shared->counter != me.steps)
		fail(&me.b, "the lock lost steps of one process alone");
}

/* ---------------------------------------------------------------- the run */

static void measure_pair(void)
{
	pong_start(&me);
	if (me.cell->kind == ROUND_TRIP)
		measure_rounds();
	else if (me.cell->kind == STREAM)
		measure_stream();
	else if (me.cell->kind == LOCK_BOTH)
		measure_locks();
	else
		measure_copies();
	pong_stop(&me);
}

static void *message_memory(void)
{
	void *p = aligned_alloc(PAGE, LARGEST);

	if (p)
		memset(p, 0, LARGEST);
	else
		fail(&me.b, "memory for the messages");
	return p;
}

static sem_t *make_token(void)
{
	sem_t *token = area_make(AREA_ANON, sizeof *token);

	if (!token)
		fail(&me.b, "mmap");
	if (sem_init(token, 1, 0) == -1)
		fail(&me.b, "sem_init");
	return token;
}

static void prepare(void)
{
	const struct cell *c = me.cell;
	struct bench *b = &me.b;

	b->keep = &b->shared->keep;
	own_nothing(b->keep);
	b->me = PING;
	b->spin = c->where == TWO_SPIN;
	b->one_way = c->kind == STREAM;
	b->locking = c->kind == LOCK_BOTH || c->kind == LOCK_ALONE;
	b->variant = c->variant;
	b->size = c->size;
	b->msg = message_memory();
	b->got = message_memory();
	plain_payload(b);
	me.token = make_token();
	me.turns = b->spin && (c->kind == ROUND_TRIP || c->kind == STREAM);
	if (me.turns)
		limit_make(b);
}

/* What the facility needs: from here on its objects may have names. Ends this
 * process if the system or this size cannot have it. */
static void set_up(void)
{
	const char *no;

	hold_signals();
	no = me.cell->f->setup(&me.b);
	me.b.shared->making = 0;
	let_signals();
	if (no) {
		snprintf(result->why, sizeof result->why, "%s", no);
		result->refused = 1;
		_exit(0);
	}
}

void ping_main(const struct cell *c, const struct settings *set,
	       struct shared *shared)
{
	me.cell = c;
	me.set = set;
	me.b.shared = shared;
	result = &shared->out;
	shared->pid[0] = getpid();
	pin(set->cpu[0]);
	prepare();
	if (c->kind == FLOOR) {
		shared->making = 0;
		result->value = c->floor->measure(&me.b);
	} else {
		set_up();
		if (c->kind == SELF_COST || c->kind == LOCK_ALONE)
			measure_self();
		else
			measure_pair();
	}
	result->done = 1;
	_exit(0);
}
