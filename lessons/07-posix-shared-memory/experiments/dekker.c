/*
 * dekker - two processes store, and then look: may both miss the other?
 *
 *	Ann			Bob
 *	ann = 1;		bob = 1;
 *	if (bob == 0)		if (ann == 0)
 *		go in;			go in;
 *
 * Whoever stores last must see the other one. So one thinks that both can never
 * go in. But a processor lets its next loads overtake a store that still waits
 * in its store buffer.
 *
 * Watch: how often have both gone in? The first number is another one each
 * time. It may be 0: with one processor, or where each processor keeps this
 * order. The second one is 0 on each processor.
 *
 * Try: in ask_in_one_order(), write memory_order_release for the order of the
 * store, by atomic_store_explicit(). Is the second number still 0?
 */
#define _GNU_SOURCE			// for sched_setaffinity()
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { DAYS = 1000, DOORS = 100, TIMES = DAYS * DOORS };
enum { MANY = 1000 };	// looks before others may have the processor
enum { LINE = 64 };	// bytes that a processor fetches at once

// The day of the last wish. It has a line of its own: the more the two
// processors must fetch, the longer a store waits.
struct wish {
	_Alignas(LINE) _Atomic uint32_t day;
};

struct person {
	struct wish wish[DOORS];
	_Alignas(LINE) _Atomic uint32_t today;
	uint8_t went_in[TIMES];		// 1: yes
};

struct house {
	struct person ann;
	struct person bob;
};

static struct house *house;		// Ann and Bob inherit the mapping

/* WRONG: the load may be made before the others see the store. */
static uint32_t ask_with_release(struct wish *own, struct wish *other,
				 uint32_t day)
{
	atomic_store_explicit(&own->day, day, memory_order_release);
	return atomic_load_explicit(&other->day, memory_order_acquire);
}

/* RIGHT: without another word the order is memory_order_seq_cst. All such
 * stores and loads have one order, the same for all processes. */
static uint32_t ask_in_one_order(struct wish *own, struct wish *other,
				 uint32_t day)
{
	atomic_store(&own->day, day);
	return atomic_load(&other->day);
}

/* Give each person a processor of its own: the first or the last one that we
 * may use. If there is one only, they share it. */
static void choose_processor(int is_first)
{
	cpu_set_t allowed;
	cpu_set_t chosen;
	size_t last = 0;

	// It fails on a machine with more than CPU_SETSIZE processors, 1024.
	// Then the kernel chooses.
	if (sched_getaffinity(0, sizeof allowed, &allowed) == -1)
		return;
	for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &allowed))
			continue;
		last = cpu;
		if (is_first)
			break;
	}
	CPU_ZERO(&chosen);
	CPU_SET(last, &chosen);
	if (sched_setaffinity(0, sizeof chosen, &chosen) == -1)
		die("sched_setaffinity");
}

/* Wait until the other one has begun the day. A look again and again is quick:
 * so both begin at nearly the same time. With one processor only the yield lets
 * the other one come so far. */
static void begin_together(struct person *own, struct person *other,
			   uint32_t day)
{
	int looks = 0;

	atomic_store(&own->today, day);
	while (atomic_load(&other->today) < day) {
		looks++;
		if (looks % MANY == 0)
			sched_yield();
	}
}

/* Each day both ask at each door. */
static void live(struct person *own, struct person *other,
		 uint32_t (*ask)(struct wish *, struct wish *, uint32_t))
{
	uint8_t *went_in = own->went_in;

	for (uint32_t day = 1; day <= DAYS; day++) {
		begin_together(own, other, day);
		for (int door = 0; door < DOORS; door++) {
			uint32_t seen = ask(&own->wish[door],
					    &other->wish[door], day);

			*went_in = seen < day;
			went_in++;
		}
	}
}

static void start(struct person *own, struct person *other,
		  uint32_t (*ask)(struct wish *, struct wish *, uint32_t))
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child > 0)
		return;
	if (!end_with_parent(parent))
		die("end_with_parent");
	choose_processor(own == &house->ann);
	live(own, other, ask);
	exit(EXIT_SUCCESS);
}

/* How often have both gone in? */
static int both_went_in(uint32_t (*ask)(struct wish *, struct wish *, uint32_t))
{
	int both = 0;
	int status;

	memset(house, 0, sizeof *house);
	start(&house->ann, &house->bob, ask);
	start(&house->bob, &house->ann, ask);
	for (int ended = 0; ended < 2; ended++) {
		if (wait(&status) == -1)
			die("wait");
		if (status != 0)	// the other one ends with us
			quit("Ann or Bob has failed");
	}
	for (int i = 0; i < TIMES; i++)
		if (house->ann.went_in[i] && house->bob.went_in[i])
			both++;
	return both;
}

int main(void)
{
	int both;

	// Ann and Bob are children, so they need no name to find the memory.
	house = mmap(NULL, sizeof *house, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (house == MAP_FAILED)
		die("mmap");

	both = both_went_in(ask_with_release);
	say("wrong: release, acquire: both went in %d of %d times", both,
	    TIMES);
	both = both_went_in(ask_in_one_order);
	say("right: one order for all: both went in %d of %d times", both,
	    TIMES);
	return EXIT_SUCCESS;
}
