/*
 * loops.c - what a side does N times, and nothing else, while the clock runs
 *
 * Each loop takes the facility's own, if it has one. Every message is checked.
 */
#define _GNU_SOURCE
#include <semaphore.h>

#include "inside.h"

void plain_payload(struct bench *b)
{
	uint64_t word;

	for (size_t o = 0; o < b->size; o += 8) {
		word = word_at(o);
		memcpy(b->msg + o, &word, 8);
	}
}

/* ------------------------------------------------------- there and back */

void to_oneself(struct run *r, long n)
{
	const struct facility *f = r->cell->f;
	struct bench *b = &r->b;

	for (long i = 0; i < n; i++) {
		b->seq++;
		stamp(b, b->msg);
		f->send(b, b->msg, b->size);
		f->recv(b, b->got, b->size);
		check(b, b->got);
	}
}

/* The loop is the same, but what comes back has been with the other side. */
void ping_rounds(struct run *r, long n)
{
	if (r->cell->f->ping)
		r->cell->f->ping(&r->b, n);
	else
		to_oneself(r, n);
}

/* The echo is the message that came, not a copy of what should have. */
void pong_rounds(struct run *r, long n)
{
	const struct facility *f = r->cell->f;
	struct bench *b = &r->b;

	if (f->pong) {
		f->pong(b, n);
		return;
	}
	for (long i = 0; i < n; i++) {
		b->seq++;
		f->recv(b, b->got, b->size);
		check(b, b->got);
		f->send(b, b->got, b->size);
	}
}

/* -------------------------------------------------------------- one way */

void produce(struct run *r, long n)
{
	const struct facility *f = r->cell->f;
	struct bench *b = &r->b;
	void (*put)(struct bench *, const void *, size_t) =
	    f->put ? f->put : f->send;

	if (f->produce) {
		f->produce(b, n);
		return;
	}
	for (long i = 0; i < n; i++) {
		b->seq++;
		stamp(b, b->msg);
		put(b, b->msg, b->size);
	}
}

void consume(struct run *r, long n)
{
	const struct facility *f = r->cell->f;
	struct bench *b = &r->b;
	void (*get)(struct bench *, void *, size_t) =
	    f->get ? f->get : f->recv;

	if (f->consume) {
		f->consume(b, n);
		return;
	}
	for (long i = 0; i < n; i++) {
		b->seq++;
		get(b, b->got, b->size);
		check_lines(b, b->got);
	}
}

/* ------------------------------------------------------ locks and copies */

/* Not atomic: if the lock lets two in, the sum is wrong. */
void lock_loop(struct run *r, long n)
{
	const struct facility *f = r->cell->f;
	struct bench *b = &r->b;

	for (long i = 0; i < n; i++) {
		f->lock(b);
		b->shared->counter = b->shared->counter + 1;
		f->unlock(b);
	}
	r->steps += n;
}

void wait_token(struct run *r)
{
	while (sem_wait(r->token) == -1)
		if (errno != EINTR)
			fail(&r->b, "sem_wait");
}

/* Make a whole message, pass it on, wait until it has been read. */
void make_work(struct run *r, long n)
{
	const struct facility *f = r->cell->f;
	struct bench *b = &r->b;

	for (long i = 0; i < n; i++) {
		unsigned char *m = f->place ? f->place(b, 1) : b->msg;

		b->seq++;
		memset(m, (int)(b->seq & 0xff), b->size);
		f->send(b, m, b->size);
		wait_token(r);
	}
}

void read_work(struct run *r, long n)
{
	const struct facility *f = r->cell->f;
	struct bench *b = &r->b;

	for (long i = 0; i < n; i++) {
		unsigned char *m = f->place ? f->place(b, 0) : b->got;
		unsigned char want, odd = 0;

		b->seq++;
		want = (unsigned char)b->seq;
		f->recv(b, m, b->size);
		for (size_t o = 0; o < b->size; o += LINE)
			odd |= m[o] ^ want;
		if (odd || m[b->size - 1] != want)
			payload_bad(b, m);
		sem_post(r->token);
	}
}
