/* f_spinlock.c - pthread_spin_lock(3), process-shared: never sleeps */
#define _GNU_SOURCE
#include <pthread.h>

#include "bench.h"

static pthread_spinlock_t *spin;

static const char *setup(struct bench *b)
{
	(void)b;
	spin = area_make(AREA_ANON, LINE);
	if (!spin)
		return refuse("mmap");
	return pthread_spin_init(spin, PTHREAD_PROCESS_SHARED) ?
	    "pthread_spin_init is refused" : NULL;
}

static void lock(struct bench *b)
{
	(void)b;
	pthread_spin_lock(spin);
}

static void unlock(struct bench *b)
{
	(void)b;
	pthread_spin_unlock(spin);
}

const struct facility f_spinlock = {
	.name = "spinlock", .title = "spinlock", .family = "lock",
	.can = POLLS | SELF,
	.setup = setup, .lock = lock, .unlock = unlock,
};
