/*
 * f_ladder.c - one ring, four rungs: what each idea is worth
 *
 *   naive    head and tail side by side in one line, in sequential order
 *   padded   each in lines of its own, with acquire and release
 *   cached   the other's index is read only when the known one is used up
 *   batched  the own index is published every so many slots
 *
 * Two CPUs only: both sides spin.
 */
#define _GNU_SOURCE
#include "bench.h"

enum rung { NAIVE, PADDED, CACHED, BATCHED };
enum { RING = 256 << 10, APART = 128, BATCH = 64 };

static struct {
	struct {			/* naive: they share a line */
		_Alignas(APART) _Atomic uint32_t head;
		_Atomic uint32_t tail;
	} near;
	_Alignas(APART) _Atomic uint32_t head;
	_Alignas(APART) _Atomic uint32_t tail;
	_Alignas(PAGE) unsigned char slot[RING];
} *r;

static const char *setup(struct bench *b)
{
	if (b->size > 4096)
		return "a slot of the ring has at most 4096 bytes";
	r = area_make(AREA_ANON, sizeof *r);
	return r ? NULL : refuse("mmap");
}

#define INLINE __attribute__((always_inline)) static inline

INLINE uint32_t load(const _Atomic uint32_t *word, enum rung rung)
{
	if (rung == NAIVE)
		return atomic_load(word);
	return atomic_load_explicit(word, memory_order_acquire);
}

INLINE void store(_Atomic uint32_t *word, uint32_t value, enum rung rung)
{
	if (rung == NAIVE)
		atomic_store(word, value);
	else
		atomic_store_explicit(word, value, memory_order_release);
}

/* A slot is the message's size, made up to a power of two. */
static uint32_t slot_size(const struct bench *b)
{
	uint32_t size = 8;

	while (size < b->size)
		size *= 2;
	return size;
}

INLINE int last_of_batch(uint32_t at, uint32_t slots, enum rung rung)
{
	uint32_t batch = slots / 4 < BATCH ? slots / 4 : BATCH;

	return rung < BATCHED || at % batch == 0;
}

/* At eight bytes the message is its number: no detour through b->msg, whose
 * cost would hide what the rungs are about. */
INLINE void fill(struct bench *b, unsigned char *slot, uint64_t seq)
{
	if (b->size == 8 && !b->whole) {
		memcpy(slot, &seq, 8);
		return;
	}
	b->seq = seq;
	/* The stamp comes last: a wide load just behind the narrow store of
	 * a stamp waits until the store has reached the cache. */
	copy(slot, b->msg, b->size);
	stamp(b, slot);
}

INLINE void empty(struct bench *b, const unsigned char *slot, uint64_t seq)
{
	uint64_t got;

	if (b->size == 8 && !b->whole) {
		memcpy(&got, slot, 8);
		if (__builtin_expect(got == seq, 1))
			return;
	}
	b->seq = seq;
	copy(b->got, slot, b->size);
	check_lines(b, b->got);
}

INLINE void produce(struct bench *b, long n, enum rung rung)
{
	_Atomic uint32_t *head = rung == NAIVE ? &r->near.head : &r->head;
	_Atomic uint32_t *tail = rung == NAIVE ? &r->near.tail : &r->tail;
	uint32_t size = slot_size(b), slots = RING / size;
	uint32_t mine = load(head, rung), theirs = load(tail, rung);
	unsigned char *slot = r->slot;
	uint64_t seq = b->seq;

	for (long i = 0; i < n; i++) {
		if (rung < CACHED)
			theirs = load(tail, rung);
		while (mine - theirs == slots) {
			relax();
			theirs = load(tail, rung);
		}
		fill(b, slot + mine % slots * size, ++seq);
		if (last_of_batch(++mine, slots, rung))
			store(head, mine, rung);
	}
	store(head, mine, rung);
	b->seq = seq;
}

/* A slot is given back only after it has been read and checked. */
INLINE void consume(struct bench *b, long n, enum rung rung)
{
	_Atomic uint32_t *head = rung == NAIVE ? &r->near.head : &r->head;
	_Atomic uint32_t *tail = rung == NAIVE ? &r->near.tail : &r->tail;
	uint32_t size = slot_size(b), slots = RING / size;
	uint32_t mine = load(tail, rung), theirs = mine;
	const unsigned char *slot = r->slot;
	uint64_t seq = b->seq;

	for (long i = 0; i < n; i++) {
		if (rung < CACHED)
			theirs = load(head, rung);
		while (theirs == mine) {
			relax();
			theirs = load(head, rung);
		}
		empty(b, slot + mine % slots * size, ++seq);
		if (last_of_batch(++mine, slots, rung))
			store(tail, mine, rung);
	}
	store(tail, mine, rung);
	b->seq = seq;
}

#define RUNG(rung, lower, text)						\
	static void produce_##lower(struct bench *b, long n)		\
	{								\
		produce(b, n, rung);					\
	}								\
	static void consume_##lower(struct bench *b, long n)		\
	{								\
		consume(b, n, rung);					\
	}								\
	const struct facility f_ring_##lower = {			\
		.name = "ring-" #lower, .title = text,			\
		.family = "memory", .can = POLLS | ONE_WAY | LADDER,	\
		.max = 4096, .copies = 2, .setup = setup,		\
		.produce = produce_##lower, .consume = consume_##lower,	\
	}

RUNG(NAIVE, naive, "ring: naive");
RUNG(PADDED, padded, "ring: padded");
RUNG(CACHED, cached, "ring: cached index");
RUNG(BATCHED, batched, "ring: batched");
