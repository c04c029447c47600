/*
 * f_shm_ring.c - shared memory, handed over by a word in it
 *
 * A round uses a mailbox: one area for both directions, its first word counts
 * the pieces that are in it. One area, because the line that was just read
 * comes to its reader, who may then write it at once; and up to 56 bytes the
 * message lies in the same line as the count. A larger one begins a page, and
 * is published in pieces, so that the reader copies while the writer still
 * writes.
 *
 * A stream uses a ring of slots: head and tail in lines of their own, the
 * other's index looked at only when the known one is used up, and published
 * in batches. On two CPUs both spin; on one CPU they sleep by futex(2).
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

enum { PIECE = 8192, SLOT = 4096, RING = 256 << 10, APART = 128 };

struct mailbox {
	_Alignas(LINE) _Atomic uint32_t pieces;
	_Alignas(8) unsigned char few[LINE - 8];
	_Alignas(LINE) _Atomic uint32_t sleeps[2];	/* PING, PONG */
	_Alignas(PAGE) unsigned char data[LARGEST];
};

struct ring {
	_Alignas(APART) _Atomic uint32_t head;	/* slots filled */
	_Atomic uint32_t consumer_sleeps;
	_Alignas(APART) _Atomic uint32_t tail;	/* slots emptied */
	_Atomic uint32_t producer_sleeps;
	_Alignas(PAGE) unsigned char slot[RING];
};

static union { struct mailbox *box; struct ring *ring; void *area; } u;

static const char *setup_memory(struct bench *b, enum area kind)
{
	(void)b;
	u.area = area_make(kind, sizeof(struct mailbox) > sizeof(struct ring) ?
			   sizeof(struct mailbox) : sizeof(struct ring));
	return u.area ? NULL : refuse("the shared memory");
}

static const char *setup_sysv(struct bench *b)
{
	return setup_memory(b, AREA_SYSV);
}

static const char *setup_posix(struct bench *b)
{
	return setup_memory(b, AREA_POSIX);
}

static const char *setup_file(struct bench *b)
{
	return setup_memory(b, AREA_FILE);
}

/* await - until *WORD is no longer OLD; returns what it is then. The flag is
 * set before the kernel compares the word, and publish() stores the word
 * before it reads the flag: one of the two sees the other. Only the sleeper
 * clears it: if publish() did, it could clear one that was set for the wait
 * after this one, and nobody would be woken any more. */
static inline uint32_t await(struct bench *b, _Atomic uint32_t *word,
			     uint32_t old, _Atomic uint32_t *sleeps)
{
	uint32_t now;

	while ((now = atomic_load_explicit(word, memory_order_acquire)) ==
	       old) {
		if (b->spin) {
			relax();
			continue;
		}
		atomic_store(sleeps, 1);
		if (syscall(SYS_futex, word, FUTEX_WAIT, old, NULL, NULL,
			    0) == -1 && errno != EAGAIN && errno != EINTR)
			fail(b, "futex wait");
		atomic_store(sleeps, 0);
	}
	return now;
}

static inline void publish(struct bench *b, _Atomic uint32_t *word,
			   uint32_t value, _Atomic uint32_t *sleeps)
{
	if (b->spin) {
		atomic_store_explicit(word, value, memory_order_release);
		return;
	}
	atomic_store(word, value);
	if (atomic_load(sleeps) &&
	    syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0) == -1)
		fail(b, "futex wake");
}

/* ------------------------------------------------------------- a round */

static uint32_t pieces;			/* that this side knows of */

static inline unsigned char *data(size_t len)
{
	return len <= sizeof u.box->few ? u.box->few : u.box->data;
}

/* Where the other side sleeps, a wake-up for each piece costs more than it
 * gains. */
static inline size_t piece_size(const struct bench *b, size_t len)
{
	return b->spin && len > PIECE ? PIECE : len;
}

static inline void send_box(struct bench *b, const void *msg, size_t len)
{
	const unsigned char *from = msg;
	size_t at = 0, part, most = piece_size(b, len);

	do {
		part = len - at < most ? len - at : most;
		copy(data(len) + at, from + at, part);
		publish(b, &u.box->pieces, ++pieces,
			&u.box->sleeps[b->me == PING]);
		at += part;
	} while (at < len);
}

/* A piece may be there, and the ones after it too. */
static inline void recv_box(struct bench *b, void *msg, size_t len)
{
	unsigned char *to = msg;
	uint32_t there = pieces;
	size_t at = 0, part, most = piece_size(b, len);

	do {
		part = len - at < most ? len - at : most;
		if (there == pieces)
			there = await(b, &u.box->pieces, pieces,
				      &u.box->sleeps[b->me]);
		copy(to + at, data(len) + at, part);
		pieces++;
		at += part;
	} while (at < len);
}

/* A message of one word needs no memory of its own: a register holds it, and
 * the box. It is the number that stamp() would write into it. */
static int is_word(const struct bench *b)
{
	return b->size == sizeof(uint64_t) && !b->whole;
}

static inline void send_word(struct bench *b, uint64_t word)
{
	memcpy(u.box->few, &word, sizeof word);
	publish(b, &u.box->pieces, ++pieces, &u.box->sleeps[b->me == PING]);
}

static inline uint64_t recv_word(struct bench *b)
{
	uint64_t word;

	await(b, &u.box->pieces, pieces++, &u.box->sleeps[b->me]);
	memcpy(&word, u.box->few, sizeof word);
	if (__builtin_expect(word != b->seq, 0))
		payload_bad(b, (const unsigned char *)&word);
	return word;
}

static void ping_words(struct bench *b, long n)
{
	for (long i = 0; i < n; i++) {
		send_word(b, ++b->seq);
		recv_word(b);
	}
}

static void pong_words(struct bench *b, long n)
{
	for (long i = 0; i < n; i++) {
		b->seq++;
		send_word(b, recv_word(b));
	}
}

static void ping(struct bench *b, long n)
{
	if (is_word(b)) {
		ping_words(b, n);
		return;
	}
	for (long i = 0; i < n; i++) {
		b->seq++;
		stamp(b, b->msg);
		send_box(b, b->msg, b->size);
		recv_box(b, b->got, b->size);
		check(b, b->got);
	}
}

static void pong(struct bench *b, long n)
{
	if (is_word(b)) {
		pong_words(b, n);
		return;
	}
	for (long i = 0; i < n; i++) {
		b->seq++;
		recv_box(b, b->got, b->size);
		check(b, b->got);
		send_box(b, b->got, b->size);
	}
}

/* ------------------------------------------------------------ a stream */

static uint32_t head, tail, shown;	/* what this side knows; last shown */

static uint32_t slot_size(const struct bench *b)
{
	uint32_t size = LINE;

	if (b->size <= 8)
		return 8;
	while (size < b->size && size < SLOT)
		size *= 2;
	return size;
}

static void produce(struct bench *b, long n)
{
	uint32_t size = slot_size(b), slots = RING / size;
	uint32_t batch = slots / 4 < 64 ? slots / 4 : 64;
	struct ring *r = u.ring;

	for (long i = 0; i < n; i++) {
		b->seq++;
		stamp(b, b->msg);
		for (size_t at = 0; at < b->size; at += size) {
			size_t part = b->size - at < size ? b->size - at : size;

			if (head - tail == slots) {
				publish(b, &r->head, shown = head,
					&r->consumer_sleeps);
				tail = await(b, &r->tail, tail,
					     &r->producer_sleeps);
			}
			copy(r->slot + head % slots * size, b->msg + at, part);
			if (++head - shown >= batch)
				publish(b, &r->head, shown = head,
					&r->consumer_sleeps);
		}
	}
	publish(b, &r->head, shown = head, &r->consumer_sleeps);
}

static void consume(struct bench *b, long n)
{
	uint32_t size = slot_size(b), slots = RING / size;
	uint32_t batch = slots / 4 < 64 ? slots / 4 : 64;
	struct ring *r = u.ring;

	for (long i = 0; i < n; i++) {
		b->seq++;
		for (size_t at = 0; at < b->size; at += size) {
			size_t part = b->size - at < size ? b->size - at : size;

			if (tail == head) {
				publish(b, &r->tail, shown = tail,
					&r->producer_sleeps);
				head = await(b, &r->head, head,
					     &r->consumer_sleeps);
			}
			copy(b->got + at, r->slot + tail % slots * size, part);
			if (++tail - shown >= batch)
				publish(b, &r->tail, shown = tail,
					&r->producer_sleeps);
		}
		check_lines(b, b->got);
	}
	publish(b, &r->tail, shown = tail, &r->producer_sleeps);
}

#define RING_OF(set_up)							\
	.family = "memory",						\
	.can = BLOCKS | POLLS | ONE_WAY | ROUND,			\
	.max = LARGEST, .copies = 2, .setup = set_up,			\
	.send = send_box, .recv = recv_box, .ping = ping, .pong = pong,	\
	.produce = produce, .consume = consume

const struct facility f_sysv_shm_ring = {
	.name = "sysv-shm-ring", .title = "SysV memory + ring",
	RING_OF(setup_sysv),
};

const struct facility f_posix_shm_ring = {
	.name = "posix-shm-ring", .title = "POSIX memory + ring",
	RING_OF(setup_posix),
};

const struct facility f_file_ring = {
	.name = "file-ring", .title = "mapped file + ring",
	RING_OF(setup_file),
};
