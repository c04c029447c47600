/* f_posix_sem.c - POSIX semaphores: unnamed ones, and named ones */
#define _GNU_SOURCE
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <unistd.h>

#include "../lesson.h"
#include "bench.h"

static sem_t *sem[CHANNELS];

static const char *setup_unnamed(struct bench *b)
{
	struct { _Alignas(LINE) sem_t sem; } *pair;

	pair = area_make(AREA_ANON, CHANNELS * sizeof *pair);
	if (!pair)
		return refuse("mmap");
	for (int c = 0; c < CHANNELS; c++) {
		sem[c] = &pair[c].sem;
		/* As a lock it is free at the start: 1. */
		if (sem_init(sem[c], 1, b->locking != 0) == -1)
			return refuse("sem_init");
	}
	return NULL;
}

static void teardown(struct bench *b)
{
	for (int c = 0; c < CHANNELS; c++)
		if (b->keep->name[c][0])
			sem_unlink(b->keep->name[c]);
}

static const char *setup_named(struct bench *b)
{
	char name[OWN_NAME], what[32];

	for (int c = 0; c < CHANNELS; c++) {
		snprintf(what, sizeof what, "bench%d-%d", (int)getpid(), c);
		own_name(name, what);
		snprintf(b->keep->name[c], sizeof b->keep->name[c], "%s", name);
		sem[c] = sem_open(name, O_CREAT | O_EXCL, 0600,
				  b->locking != 0);
		if (sem[c] == SEM_FAILED)
			return refuse("sem_open");
		sem_unlink(name);	/* both sides have it by fork() */
	}
	return NULL;
}

static void post(struct bench *b, int c)
{
	if (sem_post(sem[c]) == -1)
		fail(b, "sem_post");
}

static void wait_for(struct bench *b, int c)
{
	if (b->spin) {
		while (sem_trywait(sem[c]) == -1)
			if (errno != EAGAIN)
				fail(b, "sem_trywait");
			else
				relax();
		return;
	}
	while (sem_wait(sem[c]) == -1)
		if (errno != EINTR)
			fail(b, "sem_wait");
}

static void send_token(struct bench *b, const void *msg, size_t len)
{
	(void)msg, (void)len;
	post(b, out(b));
}

static void recv_token(struct bench *b, void *msg, size_t len)
{
	(void)msg, (void)len;
	wait_for(b, in(b));
}

static void lock(struct bench *b) { wait_for(b, 0); }
static void unlock(struct bench *b) { post(b, 0); }

const struct facility f_posix_sem = {
	.name = "posix-sem", .title = "POSIX semaphore", .family = "token",
	.can = BLOCKS | POLLS | SELF | ROUND,
	.setup = setup_unnamed, .send = send_token, .recv = recv_token,
	.lock = lock, .unlock = unlock,
};

const struct facility f_posix_named_sem = {
	.name = "posix-named-sem", .title = "POSIX named sem.",
	.family = "token",
	.can = BLOCKS | POLLS | SELF | ROUND,
	.setup = setup_named, .send = send_token, .recv = recv_token,
	.lock = lock, .unlock = unlock, .teardown = teardown,
};
