/*
 * producer - puts eight items into four slots; a full buffer makes it wait
 *
 *   producer --> [ slot | slot | slot | slot ] --> consumer
 *                  free: 0    filled: 4
 *
 * Each side waits for what the other makes: the producer for free slots, the
 * consumer for filled ones. Nobody looks, waits a little and looks again.
 * ./consumer makes the buffer and starts this program.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>

#include "../../common/experiment.h"

struct buffer {			// as in consumer.c
	sem_t free, filled, wrong;
	int slot[4];
};

static struct buffer *open_buffer(const char *name)
{
	int fd = shm_open(name, O_RDWR, 0);
	struct buffer *b;

	if (fd == -1)
		die("shm_open");
	b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (b == MAP_FAILED)
		die("mmap");
	return b;
}

static void put(struct buffer *b, int item)
{
	if (sem_trywait(&b->free) == -1) {
		if (item == 5)		// the consumer waits until we sleep
			say("no slot is free: %s", errno_name(errno));
		if (sem_wait(&b->free) == -1)
			die("sem_wait");
	}
	b->slot[(item - 1) % 4] = item;	// one producer: needs no lock
	if (sem_post(&b->filled) == -1)
		die("sem_post");
}

// The unit arrives, for the memory is shared. The wake-up does not: with
// pshared=0 the kernel looks for sleepers in this process alone.
static void post_wrong(struct buffer *b, pid_t consumer)
{
	int value;

	if (sem_post(&b->wrong) == -1 || sem_getvalue(&b->wrong, &value) == -1)
		die("sem_post");
	say("posted with pshared=0: the value is %d, the consumer %s", value,
	    is_asleep(consumer) == 1 ? "sleeps on" : "is awake");
}

int main(int argc, char **argv)
{
	// Asked once: after the consumer's death getppid() is a stranger's.
	pid_t consumer = getppid();
	struct buffer *b;

	if (argc != 2)
		quit("start ./consumer: it makes the buffer, then starts me");
	b = open_buffer(argv[1]);
	for (int item = 1; item <= 8; item++)
		put(b, item);
	for (int i = 0; i < 4; i++)	// all slots free: all items taken
		if (sem_wait(&b->free) == -1)
			die("sem_wait");
	wait_until_asleep(consumer);
	post_wrong(b, consumer);
	return kill(consumer, SIGUSR1) == -1 ? EXIT_FAILURE : EXIT_SUCCESS;
}
