/*
 * f_vm_readv.c - process_vm_readv(2): the receiver takes the bytes straight
 * out of the sender's memory, one copy; a semaphore says that they are there
 */
#define _GNU_SOURCE
#include <semaphore.h>
#include <sys/prctl.h>
#include <sys/uio.h>

#include "bench.h"

static struct {
	sem_t full[CHANNELS];
	const void *from[CHANNELS];
} *desk;

static const char *setup(struct bench *b)
{
	(void)b;
	/* Where Yama guards it, a child may not read its parent. */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	desk = area_make(AREA_ANON, sizeof *desk);
	if (!desk)
		return refuse("mmap");
	for (int c = 0; c < CHANNELS; c++)
		if (sem_init(&desk->full[c], 1, 0) == -1)
			return refuse("sem_init");
	return NULL;
}

static void send_here(struct bench *b, const void *msg, size_t len)
{
	(void)len;
	desk->from[out(b)] = msg;
	if (sem_post(&desk->full[out(b)]) == -1)
		fail(b, "sem_post");
}

static void recv_there(struct bench *b, void *msg, size_t len)
{
	struct iovec to = { msg, len }, from;

	while (sem_wait(&desk->full[in(b)]) == -1)
		if (errno != EINTR)
			fail(b, "sem_wait");
	from = (struct iovec){ (void *)desk->from[in(b)], len };
	if (process_vm_readv(b->peer, &to, 1, &from, 1, 0) != (ssize_t)len)
		fail(b, "process_vm_readv");
}

const struct facility f_vm_readv = {
	.name = "vm-readv", .title = "process_vm_readv", .family = "memory",
	.can = BLOCKS | ROUND,
	.no_spin = "a system call copies; only its semaphore could spin",
	.max = LARGEST, .copies = 1,
	.setup = setup, .send = send_here, .recv = recv_there,
};
