/*
 * f_shm_sem.c - shared memory, handed over by semaphores
 *
 * The same bounded buffer on three kinds of memory. System V memory has
 * System V semaphores, the two others POSIX ones in the memory itself. In a
 * round each direction has a slot of its own and the echo says that it is
 * free; a stream counts the free slots by a second semaphore.
 */
#define _GNU_SOURCE
#include <semaphore.h>
#include <sys/ipc.h>
#include <sys/sem.h>

#include "../lesson.h"
#include "bench.h"

enum { FULL, FREE = CHANNELS, SEMS };	/* FULL + channel, then FREE */

static struct buffer {
	struct { _Alignas(LINE) sem_t sem; } sem[SEMS];
	_Alignas(PAGE) unsigned char data[2 * LARGEST];
} *buffer;
static int set = -1;			/* the System V set; -1: POSIX */
static size_t slots, put_at, get_at;

static void teardown(struct bench *b)
{
	if (b->keep->id[0] != -1)
		semctl(b->keep->id[0], 0, IPC_RMID);
}

static const char *setup_memory(struct bench *b, enum area kind)
{
	own_nothing(b->keep);
	buffer = area_make(kind, sizeof *buffer);
	if (!buffer)
		return refuse("the shared memory");
	put_at = get_at = 0;
	slots = b->one_way && b->size ? sizeof buffer->data / 2 / b->size : 2;
	if (slots > 64)
		slots = 64;
	return NULL;
}

static const char *setup_posix_sems(void)
{
	for (int i = 0; i < SEMS; i++)
		if (sem_init(&buffer->sem[i].sem, 1,
			     i == FREE ? (unsigned)slots : 0) == -1)
			return refuse("sem_init");
	return NULL;
}

static const char *setup_posix(struct bench *b)
{
	const char *no = setup_memory(b, AREA_POSIX);

	return no ? no : setup_posix_sems();
}

static const char *setup_file(struct bench *b)
{
	const char *no = setup_memory(b, AREA_FILE);

	return no ? no : setup_posix_sems();
}

static const char *setup_sysv(struct bench *b)
{
	union { int val; } n;
	const char *no = setup_memory(b, AREA_SYSV);

	if (no)
		return no;
	set = b->keep->id[0] = semget(own_key(3), SEMS, IPC_CREAT | 0600);
	if (set == -1)
		return refuse("semget");
	for (int i = 0; i < SEMS; i++) {
		n.val = i == FREE ? (int)slots : 0;
		if (semctl(set, i, SETVAL, n) == -1)
			return refuse("semctl SETVAL");
	}
	return NULL;
}

static void down_sysv(struct bench *b, int i)
{
	struct sembuf op = { (unsigned short)i, -1,
			     (short)(b->spin ? IPC_NOWAIT : 0) };

	while (semop(set, &op, 1) == -1)
		if (errno != EAGAIN && errno != EINTR)
			fail(b, "semop");
}

static void down(struct bench *b, int i)
{
	if (set != -1) {
		down_sysv(b, i);
		return;
	}
	while ((b->spin ? sem_trywait(&buffer->sem[i].sem) :
			  sem_wait(&buffer->sem[i].sem)) == -1) {
		if (errno != EAGAIN && errno != EINTR)
			fail(b, "sem_wait");
		relax();
	}
}

static void up(struct bench *b, int i)
{
	struct sembuf op = { (unsigned short)i, 1, 0 };

	if (set != -1 ? semop(set, &op, 1) : sem_post(&buffer->sem[i].sem))
		fail(b, "sem_post or semop");
}

static void send_slot(struct bench *b, const void *msg, size_t len)
{
	copy(buffer->data + (size_t)out(b) * LARGEST, msg, len);
	up(b, FULL + out(b));
}

static void recv_slot(struct bench *b, void *msg, size_t len)
{
	down(b, FULL + in(b));
	copy(msg, buffer->data + (size_t)in(b) * LARGEST, len);
}

static void put(struct bench *b, const void *msg, size_t len)
{
	down(b, FREE);
	copy(buffer->data + put_at * len, msg, len);
	put_at = (put_at + 1) % slots;
	up(b, FULL);
}

static void get(struct bench *b, void *msg, size_t len)
{
	down(b, FULL);
	copy(msg, buffer->data + get_at * len, len);
	get_at = (get_at + 1) % slots;
	up(b, FREE);
}

/* In place: the message is made where the other side reads it. */
static unsigned char *place(struct bench *b, int sending)
{
	return buffer->data + (size_t)(sending ? out(b) : in(b)) * LARGEST;
}

static void send_place(struct bench *b, const void *msg, size_t len)
{
	(void)msg, (void)len;
	up(b, FULL + out(b));
}

static void recv_place(struct bench *b, void *msg, size_t len)
{
	(void)msg, (void)len;
	down(b, FULL + in(b));
}

#define SHARED_MEMORY(set_up)						\
	.family = "memory",						\
	.can = BLOCKS | POLLS | ONE_WAY | SELF | ROUND,			\
	.max = LARGEST, .copies = 2, .setup = set_up,			\
	.send = send_slot, .recv = recv_slot, .put = put, .get = get,	\
	.teardown = teardown

const struct facility f_sysv_shm_sem = {
	.name = "sysv-shm-sem", .title = "SysV memory + sem.",
	SHARED_MEMORY(setup_sysv),
};

const struct facility f_posix_shm_sem = {
	.name = "posix-shm-sem", .title = "POSIX memory + sem.",
	SHARED_MEMORY(setup_posix),
};

const struct facility f_file_sem = {
	.name = "file-sem", .title = "mapped file + sem.",
	SHARED_MEMORY(setup_file),
};

const struct facility f_in_place = {
	.name = "in-place", .title = "memory, in place", .family = "memory",
	.can = BLOCKS, .max = LARGEST, .copies = 0,
	.setup = setup_posix, .send = send_place, .recv = recv_place,
	.place = place, .teardown = teardown,
};
