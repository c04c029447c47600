/*
 * pupil - waits for an order, makes nails, and rings the bell for each nail
 *
 * Its partner ./smith starts it. The diagram is in smith.c.
 *
 * Watch: the pupil needs no epoll. It waits for one thing only, so read() is
 * enough.
 */
#define _GNU_SOURCE			// for lesson.h
#include "../../common/lesson.h"

/* Sleep until there is an order. Return how many nails the smith wants. */
static uint64_t wait_for_order(int orders)
{
	uint64_t nails;		// read() of an eventfd gives these 8 bytes
	ssize_t size;

	// While the number of the eventfd is 0, read() waits. Then read() gives
	// us the number, and sets it to 0. EINTR: a signal came while we
	// waited, so read again.
	do {
		size = read(orders, &nails, sizeof nails);
	} while (size == -1 && errno == EINTR);
	if (size == -1)
		die("read, orders");
	if (size != sizeof nails)
		quit("descriptor %d is no eventfd: start ./smith", orders);
	return nails;
}

/* Ring once: add 1 to the number of the eventfd BELL. */
static void ring(int bell)
{
	uint64_t one = 1;	// 8 bytes. With an int, write() would fail

	// The largest number that an eventfd can have is 2^64-2. If the sum
	// were larger, write() would fail with EAGAIN, and not wait: the smith
	// has made the bell with EFD_NONBLOCK.
	if (write(bell, &one, sizeof one) == -1)
		die("write, bell");
}

int main(int argc, char **argv)
{
	int orders;
	int bell;
	uint64_t nails;		// how many we have to make

	// The smith has left two eventfds open for us. The arguments are the
	// numbers of their descriptors.
	if (argc != 3)
		quit("start ./smith: it starts me");
	orders = atoi(argv[1]);
	bell = atoi(argv[2]);

	nails = wait_for_order(orders);
	for (uint64_t i = 1; i <= nails; i++) {
		// Print before ring(), not after it: the smith's line must come
		// after ours.
		say("nail %d is made, and I ring", (int)i);
		ring(bell);
	}
	return EXIT_SUCCESS;
}
