/*
 * limit.c - what two spinning CPUs can do at best: a cache line, and blocks
 *
 * A word goes to the other CPU and back, in one cache line. A block is copied
 * in on one CPU and copied out on the other: that is a hand-over. floor.c
 * measures both by themselves; PING and PONG also do them in turns with what
 * is set beside them. Both processes have the memory by fork().
 */
#define _GNU_SOURCE
#include "inside.h"

enum { BLOCKS_IN = 4 };			/* that may be full at once */

const size_t block_size[BLOCK_SIZES] = { 4 << 10, 16 << 10, 64 << 10 };

static struct {
	_Alignas(LINE) _Atomic uint32_t word;
	_Alignas(LINE) _Atomic uint32_t full[BLOCKS_IN];
	_Alignas(PAGE) unsigned char block[BLOCKS_IN][64 << 10];
} *common;
static uint32_t turn, next_block;	/* each side's own, after the fork */

void limit_make(struct bench *b)
{
	common = area_make(AREA_ANON, sizeof *common);
	if (!common)
		fail(b, "mmap");
	turn = 0;
	next_block = 0;
}

static uint32_t word(void)
{
	return atomic_load_explicit(&common->word, memory_order_acquire);
}

static void set_word(uint32_t value)
{
	atomic_store_explicit(&common->word, value, memory_order_release);
}

void line_ping(long n)
{
	for (long i = 0; i < n; i++, turn += 2) {
		set_word(turn + 1);
		while (word() == turn + 1)
			relax();
	}
}

void line_pong(long n)
{
	for (long i = 0; i < n; i++, turn += 2) {
		while (word() != turn + 1)
			relax();
		set_word(turn + 2);
	}
}

static void await_block(uint32_t full)
{
	while (atomic_load_explicit(&common->full[next_block],
				    memory_order_acquire) != full)
		relax();
}

static void pass_block(uint32_t full)
{
	atomic_store_explicit(&common->full[next_block], full,
			      memory_order_release);
	next_block = (next_block + 1) % BLOCKS_IN;
}

/* A block is written only while it is empty, and read only while full. */
void blocks_in(struct bench *b, size_t size)
{
	for (size_t at = 0; at < HAND_OVER; at += size) {
		await_block(0);
		copy_all(common->block[next_block], b->msg, size);
		pass_block(1);
	}
}

void blocks_out(struct bench *b, size_t size)
{
	for (size_t at = 0; at < HAND_OVER; at += size) {
		await_block(1);
		copy_all(b->got, common->block[next_block], size);
		pass_block(0);
	}
}
