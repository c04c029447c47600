/*
 * f_sysv_sem.c - a System V semaphore set: two calls a message, or one call
 * that takes the own token and gives the other's in one step
 */
#define _GNU_SOURCE
#include <sys/ipc.h>
#include <sys/sem.h>

#include "../lesson.h"
#include "bench.h"

union semun { int val; };

static int id;

static void teardown(struct bench *b)
{
	if (b->keep->id[0] != -1)
		semctl(b->keep->id[0], 0, IPC_RMID);
}

/* A set that a killed run left would keep its values: set them. */
static const char *setup(struct bench *b)
{
	union semun zero = { 0 }, one = { 1 };

	own_nothing(b->keep);
	id = b->keep->id[0] = semget(own_key(2), CHANNELS, IPC_CREAT | 0600);
	if (id == -1 || semctl(id, 0, SETVAL, b->locking ? one : zero) == -1 ||
	    semctl(id, 1, SETVAL, zero) == -1)
		return refuse("semget, semctl");
	return NULL;
}

static void change(struct bench *b, int which, int by, int flags)
{
	struct sembuf op = { (unsigned short)which, (short)by, (short)flags };

	if (b->spin)
		op.sem_flg |= IPC_NOWAIT;
	while (semop(id, &op, 1) == -1)
		if (errno != EAGAIN && errno != EINTR)
			fail(b, "semop");
}

static void send_token(struct bench *b, const void *msg, size_t len)
{
	(void)msg, (void)len;
	change(b, out(b), 1, 0);
}

static void recv_token(struct bench *b, void *msg, size_t len)
{
	(void)msg, (void)len;
	change(b, in(b), -1, 0);
}

static void lock(struct bench *b) { change(b, 0, -1, 0); }
static void unlock(struct bench *b) { change(b, 0, 1, 0); }
static void lock_undo(struct bench *b) { change(b, 0, -1, SEM_UNDO); }
static void unlock_undo(struct bench *b) { change(b, 0, 1, SEM_UNDO); }

/* Both steps in one call; the round is a token that goes around. */
static void pass(struct bench *b, int mine, int theirs)
{
	struct sembuf op[2] = { { (unsigned short)mine, -1, 0 },
				{ (unsigned short)theirs, 1, 0 } };

	if (b->spin)
		op[0].sem_flg = op[1].sem_flg = IPC_NOWAIT;
	while (semop(id, op, 2) == -1)
		if (errno != EAGAIN && errno != EINTR)
			fail(b, "semop of two operations");
}

static void ping_combined(struct bench *b, long n)
{
	change(b, 0, 1, 0);		/* the first one of the first round */
	for (long i = 1; i < n; i++)
		pass(b, 1, 0);
	change(b, 1, -1, 0);
}

static void pong_combined(struct bench *b, long n)
{
	for (long i = 0; i < n; i++)
		pass(b, 0, 1);
}

const struct facility f_sysv_sem = {
	.name = "sysv-sem", .title = "System V semaphore", .family = "token",
	.can = BLOCKS | POLLS | SELF | ROUND,
	.setup = setup, .send = send_token, .recv = recv_token,
	.lock = lock, .unlock = unlock, .teardown = teardown,
};

const struct facility f_sysv_sem_combined = {
	.name = "sysv-sem-combined", .title = "SysV sem. combined",
	.family = "token",
	.can = BLOCKS | POLLS | ROUND,
	.setup = setup, .send = send_token, .recv = recv_token,
	.ping = ping_combined, .pong = pong_combined, .teardown = teardown,
};

const struct facility f_sysv_sem_undo = {
	.name = "sysv-sem-undo", .title = "SysV sem., SEM_UNDO",
	.family = "lock", .can = BLOCKS | SELF,
	.setup = setup, .lock = lock_undo, .unlock = unlock_undo,
	.teardown = teardown,
};
