/*
 * pong.c - the other side of a run: it carries out orders, and answers
 *
 * PING starts it and sends it an order through a pipe. PONG carries the order
 * out, and answers with what it used of its CPU meanwhile.
 */
#define _GNU_SOURCE
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inside.h"

struct order_msg {
	enum order order;
	int whole;
	long n, batch;
};

static int order_pipe[2], answer_pipe[2];

/* -------------------------------------------------------- PONG's process */

/* In turns with the limit, as time_batch() does it on PING's side. */
static void pong_batches(struct run *r, long n)
{
	for (long i = 0; i < n; i += r->batch) {
		pong_rounds(r, r->batch);
		line_pong(LINE_TRIPS);
	}
}

static void tell_part(struct run *r)
{
	r->parts++;
	atomic_store_explicit(&r->b.shared->parts, r->parts,
			      memory_order_release);
}

/* The same for a stream: PING's side of it is produce_parts(). */
static void consume_parts(struct run *r, long n)
{
	for (int i = 0; i < PARTS; i++) {
		consume(r, n / PARTS);
		tell_part(r);
		blocks_out(&r->b, block_size[i % BLOCK_SIZES]);
		tell_part(r);
	}
}

static void carry_out(struct run *r, struct order_msg m)
{
	r->b.whole = m.whole;
	r->batch = m.batch;
	switch (m.order) {
	case DO_ROUNDS:
		pong_rounds(r, m.n);
		break;
	case DO_ROUNDS_IN_TURNS:
		pong_batches(r, m.n);
		break;
	case DO_MESSAGES:
		consume(r, m.n);
		break;
	case DO_MESSAGES_IN_TURNS:
		consume_parts(r, m.n);
		break;
	case DO_LOCKS:
		sem_post(r->token);	/* both begin together */
		lock_loop(r, m.n);
		break;
	case DO_WORK:
		read_work(r, m.n);
		break;
	case DO_END:
		break;
	}
}

static void give_answer(struct run *r, struct usage used)
{
	if (write(answer_pipe[1], &used, sizeof used) != sizeof used)
		fail(&r->b, "an answer of the other side");
}

/* Ends by the order DO_END, or with PING. */
_Noreturn static void pong_main(struct run *r)
{
	struct order_msg m;
	struct usage begin;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	r->b.me = PONG;
	r->b.peer = r->b.shared->pid[0];
	r->b.shared->pid[1] = getpid();
	pin(r->set->cpu[r->cell->where != ONE]);
	if (r->cell->f->join)
		r->cell->f->join(&r->b);
	give_answer(r, usage_now());	/* it has joined */
	while (read(order_pipe[0], &m, sizeof m) == sizeof m) {
		if (m.order == DO_END)
			break;
		begin = usage_now();
		carry_out(r, m);
		give_answer(r, usage_since(begin));
	}
	_exit(0);
}

/* ------------------------------------------------- what PING does with it */

static const struct bench *leader;	/* PING'r, for the handler */

/* The other side died without a word: say how. */
static void pong_died(int sig)
{
	struct outcome *out = &leader->shared->out;
	int status = 0;

	(void)sig;
	if (waitpid(leader->peer, &status, WNOHANG) != leader->peer)
		return;
	if (!out->why[0] && WIFSIGNALED(status))
		snprintf(out->why, sizeof out->why,
			 "the other side was killed by signal %d",
			 WTERMSIG(status));
	_exit(1);
}

void pong_start(struct run *r)
{
	pid_t pid;

	if (pipe(order_pipe) == -1 || pipe(answer_pipe) == -1)
		fail(&r->b, "pipe");
	leader = &r->b;
	signal(SIGCHLD, pong_died);
	pid = fork();
	if (pid == -1)
		fail(&r->b, "fork");
	if (pid == 0) {
		signal(SIGCHLD, SIG_DFL);
		pong_main(r);
	}
	r->b.peer = pid;
	if (r->cell->f->join)
		r->cell->f->join(&r->b);
	pong_answer(r);			/* both have joined */
}

void pong_order(struct run *r, enum order order, long n)
{
	struct order_msg m = { order, r->b.whole, n, r->batch };

	errno = 0;
	if (write(order_pipe[1], &m, sizeof m) != sizeof m)
		fail(&r->b, "the order to the other side");
	if (order == DO_LOCKS)
		wait_token(r);		/* both begin together */
}

struct usage pong_answer(struct run *r)
{
	struct usage u;

	errno = 0;
	if (read(answer_pipe[0], &u, sizeof u) != sizeof u)
		fail(&r->b, "the answer of the other side");
	return u;
}

void pong_stop(struct run *r)
{
	int status;

	signal(SIGCHLD, SIG_DFL);
	pong_order(r, DO_END, 0);
	errno = 0;
	if (waitpid(r->b.peer, &status, 0) != r->b.peer || status != 0)
		fail(&r->b, "the other side did not end well");
}
