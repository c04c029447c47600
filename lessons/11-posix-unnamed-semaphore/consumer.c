/*
 * consumer - makes a buffer of four slots with its semaphores, and empties it
 *
 *   producer --> [ slot | slot | slot | slot ] --> consumer
 *
 * An unnamed semaphore is a sem_t at an address that all can reach. Starts
 * ./producer. Watch who waits when, and what happens with pshared=0.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../common/experiment.h"

struct buffer {
	sem_t free, filled, wrong;
	int slot[4];
};
static char name[OWN_NAME];

static void remove_buffer(void)
{
	shm_unlink(name);
}

static void on_signal(int sig) { (void)sig; }	// only ends sem_wait()

static struct buffer *make_buffer(void)
{
	struct buffer *b;
	int fd;

	own_name(name, "buffer");
	shm_unlink(name);	// a run that was killed may have left one
	remove_at_end(remove_buffer);
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd == -1)
		die("shm_open");
	if (ftruncate(fd, sizeof *b) == -1)
		die("ftruncate");
	b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (b == MAP_FAILED)
		die("mmap");
	// Before anybody can see them. pshared: 1 processes, 0 only threads.
	if (sem_init(&b->free, 1, 4) || sem_init(&b->filled, 1, 0) ||
	    sem_init(&b->wrong, 0, 0))
		die("sem_init");
	return b;
}

int main(void)
{
	struct buffer *b = make_buffer();
	struct sigaction act = { .sa_handler = on_signal };
	pid_t me = getpid(), producer = fork();

	if (producer == 0 && end_with_parent(me))
		execl("./producer", "producer", name, (char *)NULL);
	if (producer <= 0)		// in the child: execl() has failed
		die("fork or execl ./producer");
	// Take nothing before it sleeps: then the buffer is surely full.
	if (!wait_until_asleep(producer))
		quit("the producer ended before it filled the buffer");
	for (int i = 0; i < 8; i++) {
		if (sem_wait(&b->filled) == -1)
			die("sem_wait");
		say("took %d from slot %d", b->slot[i % 4], i % 4);
		if (sem_post(&b->free) == -1)
			die("sem_post");
	}
	sigaction(SIGUSR1, &act, NULL);	// signal() would restart sem_wait()
	// Made with pshared=0: a post by another process wakes nobody.
	if (sem_wait(&b->wrong) == -1)
		say("a signal woke me: %s", errno_name(errno));
	return wait(NULL) == producer ? 0 : EXIT_FAILURE;
}
