/* f_cond.c - a process-shared mutex and condition variable beside the data */
#define _GNU_SOURCE
#include <pthread.h>

#include "bench.h"

static struct box {
	_Alignas(LINE) pthread_mutex_t mutex;
	pthread_cond_t change;
	int full;
	_Alignas(PAGE) unsigned char data[65536];
} *box;

static const char *setup_kind(int kind, int protocol)
{
	pthread_mutexattr_t ma;
	pthread_condattr_t ca;

	box = area_make(AREA_POSIX, CHANNELS * sizeof *box);
	if (!box)
		return refuse("shm_open, mmap");
	if (pthread_mutexattr_init(&ma) || pthread_condattr_init(&ca) ||
	    pthread_mutexattr_setpshared(&ma, PTHREAD_PROCESS_SHARED) ||
	    pthread_mutexattr_setrobust(&ma, kind) ||
	    pthread_mutexattr_setprotocol(&ma, protocol) ||
	    pthread_condattr_setpshared(&ca, PTHREAD_PROCESS_SHARED))
		return "process-shared attributes are refused";
	for (int c = 0; c < CHANNELS; c++)
		if (pthread_mutex_init(&box[c].mutex, &ma) ||
		    pthread_cond_init(&box[c].change, &ca))
			return "pthread_mutex_init is refused";
	return NULL;
}

static const char *setup(struct bench *b)
{
	(void)b;
	return setup_kind(PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE);
}

static const char *setup_robust(struct bench *b)
{
	(void)b;
	return setup_kind(PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_NONE);
}

static const char *setup_inherit(struct bench *b)
{
	(void)b;
	return setup_kind(PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_INHERIT);
}

/* Both wait for a state, not for a signal: it may have come before. */
static void send_box(struct bench *b, const void *msg, size_t len)
{
	struct box *x = &box[out(b)];

	pthread_mutex_lock(&x->mutex);
	while (x->full)
		pthread_cond_wait(&x->change, &x->mutex);
	copy(x->data, msg, len);
	x->full = 1;
	pthread_cond_signal(&x->change);
	pthread_mutex_unlock(&x->mutex);
}

static void recv_box(struct bench *b, void *msg, size_t len)
{
	struct box *x = &box[in(b)];

	pthread_mutex_lock(&x->mutex);
	while (!x->full)
		pthread_cond_wait(&x->change, &x->mutex);
	copy(msg, x->data, len);
	x->full = 0;
	pthread_cond_signal(&x->change);
	pthread_mutex_unlock(&x->mutex);
}

static void lock(struct bench *b)
{
	if (pthread_mutex_lock(&box[0].mutex))
		fail(b, "pthread_mutex_lock");
}

static void unlock(struct bench *b)
{
	if (pthread_mutex_unlock(&box[0].mutex))
		fail(b, "pthread_mutex_unlock");
}

const struct facility f_cond = {
	.name = "cond", .title = "mutex+cond. var.", .family = "memory",
	.can = BLOCKS | SELF | ROUND | ONE_WAY,
	.no_spin = "a condition variable is for sleeping",
	.max = 65536, .copies = 2,
	.setup = setup, .send = send_box, .recv = recv_box,
};

const struct facility f_mutex = {
	.name = "mutex", .title = "mutex, pshared", .family = "lock",
	.can = BLOCKS | SELF,
	.setup = setup, .lock = lock, .unlock = unlock,
};

const struct facility f_mutex_robust = {
	.name = "mutex-robust", .title = "mutex, robust", .family = "lock",
	.can = BLOCKS | SELF,
	.setup = setup_robust, .lock = lock, .unlock = unlock,
};

const struct facility f_mutex_inherit = {
	.name = "mutex-inherit", .title = "mutex, prio. inh.",
	.family = "lock", .can = BLOCKS | SELF,
	.setup = setup_inherit, .lock = lock, .unlock = unlock,
};
