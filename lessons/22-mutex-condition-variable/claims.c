/*
 * claims - what the notes say about mutexes and condition variables, executed
 *
 * Ids are rows of docs/claims.tsv; L22-.. are claims of this course. The calls
 * of pthreads return the error's number, so here is EQUALS(call, EBUSY).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

/* What the processes of a proof share. */
struct room {
	pthread_mutex_t m;
	pthread_cond_t c;
	sem_t s;
	pthread_barrier_t half;		/* for add() */
	int ready, count, wakes;
	pid_t handler;			/* the process that a handler ran in */
};

enum { NORMAL = PTHREAD_MUTEX_NORMAL, RECURSIVE = PTHREAD_MUTEX_RECURSIVE,
       ERRORCHECK = PTHREAD_MUTEX_ERRORCHECK };

/* In January 1970. As a duration it would be longer than any proof lasts. */
static const struct timespec past = { .tv_sec = 1000000 };

static struct room *map_room(void)
{
	void *p = mmap(NULL, sizeof(struct room), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	HOLDS(p != MAP_FAILED);
	return p;
}

static void init_mutex(pthread_mutex_t *m, int shared, int type, int robust)
{
	pthread_mutexattr_t a;

	EQUALS(pthread_mutexattr_init(&a), 0);
	if (shared)
		EQUALS(pthread_mutexattr_setpshared(&a,
						    PTHREAD_PROCESS_SHARED), 0);
	EQUALS(pthread_mutexattr_settype(&a, type), 0);
	if (robust)
		EQUALS(pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST),
		       0);
	EQUALS(pthread_mutex_init(m, &a), 0);
	EQUALS(pthread_mutexattr_destroy(&a), 0);
}

static void init_cond(pthread_cond_t *c, int shared)
{
	pthread_condattr_t a;

	EQUALS(pthread_condattr_init(&a), 0);
	if (shared)
		EQUALS(pthread_condattr_setpshared(&a,
						   PTHREAD_PROCESS_SHARED), 0);
	EQUALS(pthread_cond_init(c, &a), 0);
}

/* A room with a shared mutex, robust or not, and a shared condition. */
static struct room *open_room(int robust)
{
	struct room *r = map_room();

	init_mutex(&r->m, 1, NORMAL, robust);
	init_cond(&r->c, 1);
	return r;
}

/* A child that locks M and ends with what lock() returned. */
static pid_t locker(pthread_mutex_t *m)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(pthread_mutex_lock(m));
	return pid;
}

/* A child is killed while it holds M. */
static void kill_a_holder(pthread_mutex_t *m)
{
	pid_t pid = fork();

	if (pid == 0) {
		HOLDS(pthread_mutex_lock(m) == 0);
		raise(SIGKILL);
	}
	EQUALS(ends(pid), 128 + SIGKILL);
}

/* A child that holds M, and is stopped by now. */
static pid_t start_holder(pthread_mutex_t *m)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		HOLDS(pthread_mutex_lock(m) == 0);
		raise(SIGSTOP);
		_exit(1);
	}
	HOLDS(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
	return pid;
}

/* A child that waits, asleep by now, and ends with 0 when it is ready. */
static pid_t waiter(struct room *r)
{
	pid_t pid = fork();

	if (pid == 0) {
		HOLDS(pthread_mutex_lock(&r->m) == 0);
		while (!r->ready) {
			HOLDS(pthread_cond_wait(&r->c, &r->m) == 0);
			r->wakes++;
		}
		r->count++;
		_exit(pthread_mutex_unlock(&r->m));
	}
	HOLDS(blocks(pid));
	return pid;
}

static void end_by_kill(pid_t pid)
{
	HOLDS(kill(pid, SIGKILL) == 0);
	EQUALS(ends(pid), 128 + SIGKILL);
}

/* FN(ARG) in another thread; what it returned, as a number. */
static int by_thread(void *(*fn)(void *), void *arg)
{
	pthread_t t;
	void *got;

	EQUALS(pthread_create(&t, NULL, fn, arg), 0);
	EQUALS(pthread_join(t, &got), 0);
	return (int)(intptr_t)got;
}

static void *lock_it(void *m)
{
	return (void *)(intptr_t)pthread_mutex_lock(m);
}

static void *trylock_it(void *m)
{
	return (void *)(intptr_t)pthread_mutex_trylock(m);
}

static void *unlock_it(void *m)
{
	return (void *)(intptr_t)pthread_mutex_unlock(m);
}

static pthread_t poster;

static void *post_it(void *s)
{
	poster = pthread_self();
	return (void *)(intptr_t)sem_post(s);
}

/* Is M robust? A thread ends with it: who comes next is told. */
static int is_robust(pthread_mutex_t *m)
{
	EQUALS(by_thread(lock_it, m), 0);
	if (pthread_mutex_timedlock(m, &past) != EOWNERDEAD)
		return 0;
	EQUALS(pthread_mutex_consistent(m), 0);
	EQUALS(pthread_mutex_unlock(m), 0);
	return 1;
}

static struct timespec soon(clockid_t clock)
{
	struct timespec t;

	HOLDS(clock_gettime(clock, &t) == 0);
	t.tv_nsec += 20 * 1000 * 1000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

/* An hour from now by CLOCK. For CLOCK_MONOTONIC, which does not count from
 * 1970, this is a time that CLOCK_REALTIME has long passed. */
static struct timespec in_an_hour(clockid_t clock)
{
	struct timespec t = soon(clock);

	t.tv_sec += 60 * 60;
	return t;
}

static int has_passed(clockid_t clock, struct timespec t)
{
	struct timespec now;

	HOLDS(clock_gettime(clock, &now) == 0);
	return now.tv_sec > t.tv_sec ||
	       (now.tv_sec == t.tv_sec && now.tv_nsec >= t.tv_nsec);
}

/* All that was posted to S has been waited for. */
static void is_used_up(sem_t *s)
{
	int value = -1;

	EQUALS(sem_getvalue(s, &value), 0);
	EQUALS(value, 0);
}

static int make_set(int value)
{
	int id = semget(IPC_PRIVATE, 1, 0600);

	HOLDS(id != -1 && semctl(id, 0, SETVAL, value) == 0);
	return id;
}

static int op(int id, int n, int flags)
{
	struct sembuf sop = { 0, (short)n, (short)flags };

	return semop(id, &sop, 1);
}

/* ------------------------------------------------- between processes */

CLAIM("0-104 4-077", "PROCESS_SHARED in shared memory: an unlock wakes another")
{
	struct room *r = open_room(0);
	pid_t pid;

	EQUALS(pthread_mutex_lock(&r->m), 0);
	pid = locker(&r->m);
	HOLDS(blocks(pid));
	EQUALS(pthread_mutex_unlock(&r->m), 0);
	EQUALS(ends(pid), 0);
}

CLAIM("0-104 4-077", "the default is private: the sleeper sleeps on")
{
	struct room *r = map_room();
	pthread_mutexattr_t a;
	int shared = -1;
	pid_t pid;

	EQUALS(pthread_mutexattr_init(&a), 0);
	EQUALS(pthread_mutexattr_getpshared(&a, &shared), 0);
	EQUALS(shared, PTHREAD_PROCESS_PRIVATE);
	EQUALS(pthread_mutex_init(&r->m, NULL), 0);
	EQUALS(pthread_mutex_lock(&r->m), 0);
	pid = locker(&r->m);
	HOLDS(blocks(pid));
	EQUALS(pthread_mutex_unlock(&r->m), 0);
	HOLDS(blocks(pid));
	EQUALS(pthread_mutex_trylock(&r->m), 0);	/* it is free */
	end_by_kill(pid);
}

CLAIM("4-028 4-077", "a shared condition variable: a signal wakes a process; a "
      "default one wakes no other process")
{
	for (int shared = 1; shared >= 0; shared--) {
		struct room *r = open_room(0);
		pid_t pid;

		init_cond(&r->c, shared);
		pid = waiter(r);
		EQUALS(pthread_mutex_lock(&r->m), 0);
		r->ready = 1;
		EQUALS(pthread_cond_signal(&r->c), 0);
		EQUALS(pthread_mutex_unlock(&r->m), 0);
		if (shared) {
			EQUALS(ends(pid), 0);
		} else {
			HOLDS(blocks(pid));
			end_by_kill(pid);
		}
	}
}

static void *wait_ready(void *room)
{
	struct room *r = room;

	pthread_mutex_lock(&r->m);
	sem_post(&r->s);		/* the mutex is ours until the wait */
	while (!r->ready) {
		pthread_cond_wait(&r->c, &r->m);
		r->wakes++;
	}
	pthread_mutex_unlock(&r->m);
	return NULL;
}

CLAIM("4-028 4-077", "between threads the default is enough: a signal wakes")
{
	static struct room r = { .m = PTHREAD_MUTEX_INITIALIZER,
				 .c = PTHREAD_COND_INITIALIZER };
	pthread_t t;

	EQUALS(sem_init(&r.s, 0, 0), 0);
	EQUALS(pthread_create(&t, NULL, wait_ready, &r), 0);
	EQUALS(sem_wait(&r.s), 0);
	EQUALS(pthread_mutex_lock(&r.m), 0);	/* so it waits by now */
	r.ready = 1;
	EQUALS(pthread_cond_signal(&r.c), 0);
	EQUALS(pthread_mutex_unlock(&r.m), 0);
	EQUALS(pthread_join(t, NULL), 0);
	HOLDS(r.wakes >= 1);
}

/* Half way each waits for the other, so neither adds all alone. */
static void *add(void *room)
{
	struct room *r = room;
	int count;

	for (int i = 0; i < 100000; i++) {
		if (i == 50000)
			pthread_barrier_wait(&r->half);
		if (pthread_mutex_lock(&r->m) != 0)
			return room;
		count = r->count;
		if (i % 1000 == 0)	/* without a lock the other adds now */
			sched_yield();
		r->count = count + 1;
		if (pthread_mutex_unlock(&r->m) != 0)
			return room;
	}
	return NULL;
}

CLAIM("4-027 4-077", "two processes add 100000 each under a shared mutex")
{
	struct room *r = open_room(0);
	pthread_barrierattr_t a;

	EQUALS(pthread_barrierattr_init(&a), 0);
	EQUALS(pthread_barrierattr_setpshared(&a, PTHREAD_PROCESS_SHARED), 0);
	EQUALS(pthread_barrier_init(&r->half, &a, 2), 0);
	for (int i = 0; i < 2; i++)
		if (fork() == 0)
			_exit(add(r) != NULL);
	EQUALS(ends(-1) + ends(-1), 0);
	EQUALS(r->count, 200000);
}

CLAIM("1-148 4-027", "two threads add 100000 each under a mutex")
{
	static struct room r = { .m = PTHREAD_MUTEX_INITIALIZER };
	pthread_t t;

	EQUALS(pthread_barrier_init(&r.half, NULL, 2), 0);
	EQUALS(pthread_create(&t, NULL, add, &r), 0);
	HOLDS(add(&r) == NULL);
	EQUALS(pthread_join(t, NULL), 0);
	EQUALS(r.count, 200000);
}

CLAIM("1-148", "another process holds the mutex: EBUSY, or the call waits")
{
	struct room *r = open_room(0);
	pid_t pid;

	EQUALS(pthread_mutex_lock(&r->m), 0);
	pid = fork();
	if (pid == 0)
		_exit(pthread_mutex_trylock(&r->m));
	EQUALS(ends(pid), EBUSY);
	pid = locker(&r->m);
	HOLDS(blocks(pid));
	EQUALS(pthread_mutex_unlock(&r->m), 0);
	EQUALS(ends(pid), 0);
}

CLAIM("L22-01", "the mutex may lie at another address in each process")
{
	struct room *here, *there;
	pid_t pid;
	int fd;

	needs_shm();
	fd = shm_open("/lesson22", O_RDWR | O_CREAT | O_EXCL, 0600);
	HOLDS(fd != -1 && ftruncate(fd, sizeof *here) == 0);
	here = mmap(NULL, sizeof *here, PROT_READ | PROT_WRITE, MAP_SHARED,
		    fd, 0);
	there = mmap(NULL, sizeof *here, PROT_READ | PROT_WRITE, MAP_SHARED,
		     fd, 0);
	HOLDS(here != MAP_FAILED && there != MAP_FAILED && here != there);
	EQUALS(shm_unlink("/lesson22"), 0);
	init_mutex(&here->m, 1, NORMAL, 1);
	EQUALS(pthread_mutex_lock(&here->m), 0);
	/* The child has only THERE. */
	EQUALS(madvise(here, sizeof *here, MADV_DONTFORK), 0);
	pid = locker(&there->m);
	HOLDS(blocks(pid));
	EQUALS(pthread_mutex_unlock(&here->m), 0);
	EQUALS(ends(pid), 0);			/* it ended as the owner */
	EQUALS(pthread_mutex_lock(&here->m), EOWNERDEAD);
}

CLAIM("L22-02", "after fork() the child does not own what its parent locked")
{
	struct room *r = map_room();
	int locked = -1;		/* a copy of it goes to the child */
	pid_t pid;

	init_mutex(&r->m, 1, ERRORCHECK, 0);
	locked = pthread_mutex_lock(&r->m);
	pid = fork();
	if (pid == 0) {
		EQUALS(locked, 0);
		_exit(pthread_mutex_unlock(&r->m) == EPERM ? 7 : 8);
	}
	EQUALS(ends(pid), 7);
	EQUALS(pthread_mutex_unlock(&r->m), 0);
}

/* ------------------------------------------------- types and ownership */

CLAIM("1-142 1-152 1-160", "another thread's unlock of an ERRORCHECK is EPERM")
{
	pthread_mutex_t m;

	init_mutex(&m, 0, ERRORCHECK, 0);
	EQUALS(pthread_mutex_lock(&m), 0);
	EQUALS(pthread_mutex_lock(&m), EDEADLK);	/* of that type */
	EQUALS(by_thread(unlock_it, &m), EPERM);
	EQUALS(by_thread(trylock_it, &m), EBUSY);
	EQUALS(pthread_mutex_unlock(&m), 0);
}

CLAIM("1-152 1-160", "another's unlock: NORMAL 0, RECURSIVE and robust EPERM")
{
	pthread_mutex_t normal, recursive, robust;

	init_mutex(&normal, 0, NORMAL, 0);
	init_mutex(&recursive, 0, RECURSIVE, 0);
	init_mutex(&robust, 0, NORMAL, 1);
	HOLDS(is_robust(&robust));
	EQUALS(pthread_mutex_lock(&normal), 0);
	EQUALS(pthread_mutex_lock(&recursive), 0);
	EQUALS(pthread_mutex_lock(&recursive), 0);	/* of that type */
	EQUALS(pthread_mutex_lock(&robust), 0);
	EQUALS(by_thread(trylock_it, &normal), EBUSY);
	EQUALS(by_thread(trylock_it, &robust), EBUSY);
	EQUALS(by_thread(unlock_it, &normal), 0);
	EQUALS(by_thread(trylock_it, &normal), 0);	/* two are inside */
	EQUALS(by_thread(unlock_it, &recursive), EPERM);
	EQUALS(by_thread(unlock_it, &robust), EPERM);
}

CLAIM("1-152", "a semaphore has no owner: anybody posts")
{
	sem_t s;
	int value;

	EQUALS(sem_init(&s, 0, 1), 0);
	EQUALS(sem_wait(&s), 0);
	EQUALS(by_thread(post_it, &s), 0);
	HOLDS(!pthread_equal(poster, pthread_self()));
	EQUALS(sem_getvalue(&s, &value), 0);
	EQUALS(value, 1);
}

CLAIM("L22-03", "DEFAULT is NORMAL in glibc; an unlock of a free one: 0")
{
	pthread_mutex_t m;

	EQUALS(PTHREAD_MUTEX_DEFAULT, PTHREAD_MUTEX_NORMAL);
	init_mutex(&m, 0, PTHREAD_MUTEX_DEFAULT, 0);
	EQUALS(pthread_mutex_lock(&m), 0);
	EQUALS(by_thread(trylock_it, &m), EBUSY);
	EQUALS(by_thread(unlock_it, &m), 0);	/* NORMAL does not look who */
	EQUALS(pthread_mutex_unlock(&m), 0);	/* nor whether it is locked */
	init_mutex(&m, 0, ERRORCHECK, 0);
	EQUALS(pthread_mutex_unlock(&m), EPERM);
}

CLAIM("1-163", "a NORMAL mutex locked twice: its owner sleeps for ever")
{
	struct room *r = open_room(0);
	pid_t pid = fork();

	if (pid == 0) {
		HOLDS(pthread_mutex_lock(&r->m) == 0);
		r->count = 1;
		_exit(pthread_mutex_lock(&r->m));
	}
	HOLDS(blocks(pid));
	EQUALS(r->count, 1);
	EQUALS(pthread_mutex_unlock(&r->m), 0);	/* NORMAL: another may */
	EQUALS(ends(pid), 0);			/* there it did sleep */
}

CLAIM("1-163", "locked twice: ERRORCHECK EDEADLK, RECURSIVE 0")
{
	pthread_mutex_t m;

	init_mutex(&m, 0, ERRORCHECK, 0);
	EQUALS(pthread_mutex_lock(&m), 0);
	EQUALS(pthread_mutex_lock(&m), EDEADLK);
	init_mutex(&m, 0, RECURSIVE, 0);
	EQUALS(pthread_mutex_lock(&m), 0);
	EQUALS(pthread_mutex_lock(&m), 0);
	EQUALS(by_thread(trylock_it, &m), EBUSY);
	EQUALS(pthread_mutex_unlock(&m), 0);
	EQUALS(by_thread(trylock_it, &m), EBUSY);	/* locked twice */
	EQUALS(pthread_mutex_unlock(&m), 0);
	EQUALS(by_thread(trylock_it, &m), 0);
}

CLAIM("1-151", "one holder; RECURSIVE counts: 3 locks need 3 unlocks")
{
	pthread_mutex_t m;

	init_mutex(&m, 0, RECURSIVE, 0);
	for (int i = 0; i < 3; i++)
		EQUALS(pthread_mutex_lock(&m), 0);
	for (int i = 0; i < 3; i++) {
		EQUALS(by_thread(trylock_it, &m), EBUSY);
		EQUALS(pthread_mutex_unlock(&m), 0);
	}
	EQUALS(by_thread(trylock_it, &m), 0);
}

CLAIM("1-151", "an unlock too many does not make it 2, a post too many does")
{
	static const int types[] = { NORMAL, ERRORCHECK, RECURSIVE };
	pthread_mutex_t m;
	int value = -1;
	sem_t s;

	for (int i = 0; i < 3; i++) {
		init_mutex(&m, 0, types[i], 0);
		EQUALS(pthread_mutex_lock(&m), 0);
		EQUALS(pthread_mutex_unlock(&m), 0);
		EQUALS(pthread_mutex_unlock(&m), i == 0 ? 0 : EPERM);
		EQUALS(pthread_mutex_trylock(&m), 0);
		EQUALS(by_thread(trylock_it, &m), EBUSY);
	}
	EQUALS(sem_init(&s, 0, 1), 0);
	EQUALS(sem_post(&s), 0);
	EQUALS(sem_getvalue(&s, &value), 0);
	EQUALS(value, 2);
	EQUALS(sem_trywait(&s), 0);
	EQUALS(sem_trywait(&s), 0);
	FAILS(sem_trywait(&s), EAGAIN);
}

CLAIM("L22-04", "trylock: EBUSY for NORMAL's own owner too, 0 for RECURSIVE's")
{
	pthread_mutex_t m;

	init_mutex(&m, 0, NORMAL, 0);
	EQUALS(pthread_mutex_lock(&m), 0);
	EQUALS(pthread_mutex_trylock(&m), EBUSY);
	EQUALS(by_thread(unlock_it, &m), 0);	/* it is a NORMAL one */
	init_mutex(&m, 0, ERRORCHECK, 0);
	EQUALS(pthread_mutex_lock(&m), 0);
	EQUALS(pthread_mutex_trylock(&m), EBUSY);
	EQUALS(by_thread(unlock_it, &m), EPERM);
	init_mutex(&m, 0, RECURSIVE, 0);
	EQUALS(pthread_mutex_lock(&m), 0);
	EQUALS(by_thread(trylock_it, &m), EBUSY);
	EQUALS(pthread_mutex_trylock(&m), 0);
}

CLAIM("L22-05", "destroy of a locked mutex is EBUSY; nothing is allocated")
{
	static const pthread_mutex_t fresh = PTHREAD_MUTEX_INITIALIZER;
	pthread_mutex_t m = fresh;

	EQUALS(pthread_mutex_lock(&m), 0);
	EQUALS(pthread_mutex_destroy(&m), EBUSY);
	EQUALS(pthread_mutex_unlock(&m), 0);
	EQUALS(pthread_mutex_destroy(&m), 0);
	memset(&m, 0xff, sizeof m);
	EQUALS(pthread_mutex_init(&m, NULL), 0);
	/* The bytes of the constant: they lead to no other memory. */
	EQUALS(memcmp(&m, &fresh, sizeof m), 0);
	EQUALS(pthread_mutex_lock(&m), 0);
}

CLAIM("L22-06", "the error is what a call returns; errno stays as it was")
{
	pthread_mutex_t m;
	pthread_cond_t c = PTHREAD_COND_INITIALIZER;

	init_mutex(&m, 0, ERRORCHECK, 0);
	errno = ENOENT;
	EQUALS(pthread_mutex_unlock(&m), EPERM);
	EQUALS(pthread_mutex_lock(&m), 0);
	EQUALS(pthread_mutex_lock(&m), EDEADLK);
	EQUALS(pthread_mutex_trylock(&m), EBUSY);
	EQUALS(pthread_mutex_consistent(&m), EINVAL);
	EQUALS(pthread_cond_timedwait(&c, &m, &past), ETIMEDOUT);
	EQUALS(errno, ENOENT);
}

/* ------------------------------------------------- time */

CLAIM("1-158", "pthread_mutex_timedlock() on a held mutex: ETIMEDOUT")
{
	pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
	struct timespec until = soon(CLOCK_REALTIME);

	EQUALS(pthread_mutex_lock(&m), 0);
	EQUALS(pthread_mutex_timedlock(&m, &until), ETIMEDOUT);
	HOLDS(has_passed(CLOCK_REALTIME, until));
}

CLAIM("1-158 L22-07", "the time is a point in time: 1 s is in January 1970")
{
	pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
	const struct timespec one_second = { .tv_sec = 1 };
	struct timespec bad = { .tv_nsec = 1000000000 };

	EQUALS(pthread_mutex_timedlock(&m, &past), 0);	/* it was free */
	EQUALS(pthread_mutex_timedlock(&m, &one_second), ETIMEDOUT);
	EQUALS(pthread_mutex_timedlock(&m, &past), ETIMEDOUT);
	EQUALS(pthread_mutex_timedlock(&m, &bad), EINVAL);
	bad.tv_nsec = -1;
	EQUALS(pthread_mutex_timedlock(&m, &bad), EINVAL);
}

CLAIM("1-156", "semtimedop() gives up with EAGAIN")
{
	struct timespec limit = { .tv_nsec = 20 * 1000 * 1000 };
	struct timespec until = soon(CLOCK_MONOTONIC);	/* in as many ms */
	struct sembuf take = { 0, -1, 0 };
	int id = make_set(0);

	until.tv_nsec -= early_ns();
	if (until.tv_nsec < 0) {
		until.tv_sec--;
		until.tv_nsec += 1000000000;
	}
	FAILS(semtimedop(id, &take, 1, &limit), EAGAIN);
	HOLDS(has_passed(CLOCK_MONOTONIC, until));
}

CLAIM("1-156", "semtimedop() is no standard: it needs _GNU_SOURCE")
{
	static const char body[] = "#include <sys/sem.h>\n"
		"int f(struct sembuf *s, const struct timespec *t)\n"
		"{ return semtimedop(0, s, 1, t); }\n";
	char source[300];

	HOLDS(!compiles("-std=gnu11 -Wall -Werror", body));
	snprintf(source, sizeof source, "#define _GNU_SOURCE\n%s", body);
	HOLDS(compiles("-std=gnu11 -Wall -Werror", source));
}

/* ------------------------------------------------- the holder dies */

CLAIM("0-104 1-155", "robust: the next locker gets it, with EOWNERDEAD")
{
	struct room *r = open_room(1);

	kill_a_holder(&r->m);
	EQUALS(pthread_mutex_lock(&r->m), EOWNERDEAD);
	EQUALS(by_thread(trylock_it, &r->m), EBUSY);	/* it is ours */
	EQUALS(pthread_mutex_consistent(&r->m), 0);
	EQUALS(pthread_mutex_unlock(&r->m), 0);
	EQUALS(pthread_mutex_lock(&r->m), 0);		/* as new */
}

CLAIM("1-155", "not robust: it stays locked for ever")
{
	struct room *r = open_room(0);
	pid_t pid;

	kill_a_holder(&r->m);
	EQUALS(pthread_mutex_trylock(&r->m), EBUSY);
	EQUALS(pthread_mutex_timedlock(&r->m, &past), ETIMEDOUT);
	pid = locker(&r->m);
	HOLDS(blocks(pid));
	end_by_kill(pid);
}

CLAIM("1-155", "nothing is undone: the data stays as the dead left it")
{
	struct room *r = open_room(1);
	pid_t pid = fork();

	if (pid == 0) {
		HOLDS(pthread_mutex_lock(&r->m) == 0);
		r->count = 90;			/* half of a change */
		raise(SIGKILL);
	}
	EQUALS(ends(pid), 128 + SIGKILL);
	EQUALS(pthread_mutex_lock(&r->m), EOWNERDEAD);
	EQUALS(r->count, 90);
}

CLAIM("1-155 L22-08", "unlocked without consistent(): ENOTRECOVERABLE")
{
	struct room *r = open_room(1);

	kill_a_holder(&r->m);
	EQUALS(pthread_mutex_lock(&r->m), EOWNERDEAD);
	EQUALS(pthread_mutex_unlock(&r->m), 0);
	EQUALS(pthread_mutex_lock(&r->m), ENOTRECOVERABLE);
	EQUALS(pthread_mutex_trylock(&r->m), ENOTRECOVERABLE);
	EQUALS(pthread_mutex_consistent(&r->m), EINVAL);	/* too late */
	EQUALS(pthread_mutex_destroy(&r->m), 0);	/* the only cure */
	init_mutex(&r->m, 1, NORMAL, 1);
	EQUALS(pthread_mutex_lock(&r->m), 0);
}

CLAIM("L22-08", "a process that sleeps on it is woken: ENOTRECOVERABLE")
{
	struct room *r = open_room(1);
	pid_t pid;

	kill_a_holder(&r->m);
	EQUALS(pthread_mutex_lock(&r->m), EOWNERDEAD);
	pid = locker(&r->m);
	HOLDS(blocks(pid));
	EQUALS(pthread_mutex_unlock(&r->m), 0);
	EQUALS(ends(pid), ENOTRECOVERABLE);
}

CLAIM("L22-09", "a heir that dies too hands EOWNERDEAD on")
{
	struct room *r = open_room(1);
	pid_t heir;

	kill_a_holder(&r->m);
	heir = fork();
	if (heir == 0) {
		HOLDS(pthread_mutex_lock(&r->m) == EOWNERDEAD);
		for (;;)
			pause();
	}
	HOLDS(blocks(heir));
	EQUALS(pthread_mutex_trylock(&r->m), EBUSY);	/* the heir has it */
	end_by_kill(heir);
	EQUALS(pthread_mutex_lock(&r->m), EOWNERDEAD);
}

CLAIM("L22-10", "a sleeper is woken by the death, with EOWNERDEAD")
{
	struct room *r = open_room(1);
	pid_t holder = start_holder(&r->m), pid;

	pid = locker(&r->m);
	HOLDS(blocks(pid));
	end_by_kill(holder);
	EQUALS(ends(pid), EOWNERDEAD);
}

CLAIM("L22-11", "exit() with the lock counts as death as well")
{
	struct room *r = open_room(1);

	EQUALS(ends(locker(&r->m)), 0);		/* locked, and returned */
	EQUALS(pthread_mutex_lock(&r->m), EOWNERDEAD);
}

CLAIM("L22-12", "execve() with the lock counts too, though the process lives")
{
	struct room *r = open_room(1);
	int gone[2], in[2];
	pid_t pid;

	HOLDS(pipe2(gone, O_CLOEXEC) == 0 && pipe(in) == 0);
	pid = fork();
	if (pid == 0) {
		HOLDS(pthread_mutex_lock(&r->m) == 0);
		HOLDS(dup2(in[0], STDIN_FILENO) == STDIN_FILENO);
		execlp("cat", "cat", (char *)NULL);
		_exit(127);
	}
	HOLDS(close(gone[1]) == 0);	/* end-of-file: it has exec'ed */
	EQUALS(read(gone[0], &(char){ 0 }, 1), 0);
	EQUALS(pthread_mutex_lock(&r->m), EOWNERDEAD);
	HOLDS(blocks(pid));
	end_by_kill(pid);
}

/* Wake who sleeps for mutex M of several processes, wherever in it the C
 * library lets them sleep (futex(2)): how many were there? They look at the
 * mutex again, so nobody gets it by that. */
static int woken_at(pthread_mutex_t *m)
{
	int woken = 0;

	for (size_t i = 0; i + sizeof(int) <= sizeof *m; i += sizeof(int))
		woken += (int)syscall(SYS_futex, (char *)m + i, FUTEX_WAKE,
				      INT_MAX, NULL, NULL, 0);
	return woken;
}

CLAIM("1-164", "a thread ends with the lock: the next one sleeps for ever")
{
	struct room *r = map_room();
	int has[2];
	pid_t pid;

	init_mutex(&r->m, 1, ERRORCHECK, 0);	/* EDEADLK if it were its own */
	HOLDS(pipe(has) == 0);
	pid = fork();
	if (pid == 0) {
		HOLDS(by_thread(lock_it, &r->m) == 0);
		HOLDS(write(has[1], "x", 1) == 1);
		_exit(pthread_mutex_lock(&r->m));
	}
	EQUALS(read(has[0], &(char){ 0 }, 1), 1);
	HOLDS(blocks(pid));
	EQUALS(woken_at(&r->m), 1);		/* in vain: it sleeps again */
	HOLDS(blocks(pid));
	EQUALS(pthread_mutex_timedlock(&r->m, &past), ETIMEDOUT);
	end_by_kill(pid);
}

CLAIM("1-164", "a thread ends with a robust lock: EOWNERDEAD")
{
	pthread_mutex_t m;

	init_mutex(&m, 0, NORMAL, 1);
	EQUALS(by_thread(lock_it, &m), 0);
	EQUALS(pthread_mutex_lock(&m), EOWNERDEAD);
}

CLAIM("L22-13", "pthread_mutex_consistent() on a healthy mutex is EINVAL")
{
	pthread_mutex_t robust, plain;

	init_mutex(&robust, 0, NORMAL, 1);
	init_mutex(&plain, 0, NORMAL, 0);
	EQUALS(pthread_mutex_lock(&robust), 0);
	EQUALS(pthread_mutex_consistent(&robust), EINVAL);
	EQUALS(pthread_mutex_unlock(&robust), 0);
	EQUALS(by_thread(lock_it, &robust), 0);		/* its owner ends: */
	EQUALS(pthread_mutex_lock(&robust), EOWNERDEAD);
	EQUALS(pthread_mutex_consistent(&robust), 0);
	EQUALS(pthread_mutex_lock(&plain), 0);
	EQUALS(pthread_mutex_consistent(&plain), EINVAL);
}

/* A child that has taken the unit of set ID, and is stopped by now. */
static pid_t start_taker(int id)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		HOLDS(op(id, -1, SEM_UNDO) == 0);
		raise(SIGSTOP);
		_exit(1);
	}
	HOLDS(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
	EQUALS(semctl(id, 0, GETVAL), 0);
	return pid;
}

CLAIM("1-153 1-162", "SEM_UNDO: killed, the unit is back; the waiter gets 0")
{
	int id = make_set(1);
	pid_t holder = start_taker(id), next;

	next = fork();
	if (next == 0)
		_exit(op(id, -1, 0) == 0 ? 0 : 1);
	HOLDS(blocks(next));
	end_by_kill(holder);
	EQUALS(ends(next), 0);			/* no sign of a death */
}

CLAIM("1-153", "SEM_UNDO: after the holder's death the value is 1 again")
{
	int id = make_set(1);

	end_by_kill(start_taker(id));
	EQUALS(semctl(id, 0, GETVAL), 1);
}

CLAIM("1-162", "robust: the waiter learns of the death: EOWNERDEAD")
{
	struct room *r = open_room(1);
	pid_t holder = start_holder(&r->m), next = locker(&r->m);

	HOLDS(blocks(next));
	end_by_kill(holder);
	EQUALS(ends(next), EOWNERDEAD);
}

/* ------------------------------------------------- semaphores beside it */

CLAIM("1-146", "a counting semaphore of 2 lets two in, the third waits")
{
	struct room *r = map_room();
	pid_t pid;

	EQUALS(sem_init(&r->s, 1, 2), 0);
	for (int i = 0; i < 2; i++)
		if (fork() == 0)
			_exit(sem_wait(&r->s) != 0);
	EQUALS(ends(-1) + ends(-1), 0);		/* gone, and still inside */
	pid = fork();
	if (pid == 0)
		_exit(sem_wait(&r->s) != 0);
	HOLDS(blocks(pid));
	EQUALS(sem_post(&r->s), 0);
	EQUALS(ends(pid), 0);
	FAILS(sem_trywait(&r->s), EAGAIN);	/* one post, one more */
}

CLAIM("1-147", "a binary semaphore lets one in; a stray post lets in two")
{
	struct room *r = map_room();

	EQUALS(sem_init(&r->s, 1, 1), 0);
	EQUALS(sem_wait(&r->s), 0);
	FAILS(sem_trywait(&r->s), EAGAIN);
	if (fork() == 0)
		_exit(sem_post(&r->s) != 0);	/* it has never waited */
	EQUALS(ends(-1), 0);
	EQUALS(sem_trywait(&r->s), 0);
}

CLAIM("1-159", "a queue of sleepers: System V tells how many, POSIX does not")
{
	struct room *r = map_room();
	int id = make_set(0), value = -1;

	EQUALS(sem_init(&r->s, 1, 0), 0);
	for (int sleepers = 0; sleepers < 3; sleepers++) {
		pid_t v, posix;

		EQUALS(semctl(id, 0, GETNCNT), sleepers);
		EQUALS(sem_getvalue(&r->s, &value), 0);
		EQUALS(value, 0);
		v = fork();
		if (v == 0)
			_exit(op(id, -1, 0));
		posix = fork();
		if (posix == 0)
			_exit(sem_wait(&r->s));
		HOLDS(blocks(v) && blocks(posix));
	}
	for (int i = 0; i < 3; i++) {		/* all six did sleep there */
		EQUALS(op(id, 1, 0), 0);
		EQUALS(sem_post(&r->s), 0);
		EQUALS(ends(-1) + ends(-1), 0);
	}
	EQUALS(semctl(id, 0, GETVAL), 0);	/* each has used its unit */
}

/* How a child ends that may not call, and locks and unlocks: it ends with 0 if
 * it could do so many times, or by SIGSYS, at its first lock. */
static int silent_locks(struct room *r)
{
	r->count = 0;
	if (fork() == 0) {
		forbid_system_calls();
		for (int i = 0; i < 100000; i++) {
			if (pthread_mutex_lock(&r->m))
				_exit(1);
			r->count++;
			if (pthread_mutex_unlock(&r->m))
				_exit(1);
		}
		_exit(r->count != 100000);
	}
	return ends(-1);
}

CLAIM("1-161", "a free mutex, robust or not, is taken without a system call")
{
	static const int types[] = { NORMAL, RECURSIVE, ERRORCHECK };
	struct room *r = map_room();

	for (int i = 0; i < 6; i++) {
		int robust = i % 2;

		init_mutex(&r->m, 1, types[i / 2], robust);
		EQUALS(silent_locks(r), 0);
		EQUALS(r->count, 100000);
		/* A held one is not. */
		EQUALS(pthread_mutex_lock(&r->m), 0);
		EQUALS(silent_locks(r), 128 + SIGSYS);
		EQUALS(r->count, 0);
	}
}

CLAIM("1-161", "so is a free sem_t; a System V semaphore always makes one")
{
	struct room *r = open_room(0);
	int id;

	EQUALS(silent_locks(r), 0);		/* or skip */
	for (unsigned units = 0; units < 2; units++) {
		EQUALS(sem_init(&r->s, 1, units), 0);
		if (fork() == 0) {
			forbid_system_calls();
			for (int i = 0; i < 100000; i++)
				if (sem_wait(&r->s) || sem_post(&r->s))
					_exit(1);
			_exit(0);
		}
		EQUALS(ends(-1), units ? 0 : 128 + SIGSYS);
	}
	/* The same operation twice: with the kernel it takes a unit. */
	id = make_set(2);
	for (int silent = 0; silent < 2; silent++) {
		if (fork() == 0) {
			if (silent)
				forbid_system_calls();
			_exit(op(id, -1, 0));
		}
		EQUALS(ends(-1), silent ? 128 + SIGSYS : 0);
		EQUALS(semctl(id, 0, GETVAL), 1);
	}
}

CLAIM("1-161", "a held mutex needs the kernel: the locker must sleep")
{
	struct room *r = open_room(0);

	EQUALS(silent_locks(r), 0);		/* or skip */
	EQUALS(pthread_mutex_lock(&r->m), 0);
	/* The same call twice: with the kernel it sleeps, else it dies. */
	for (int silent = 1; silent >= 0; silent--) {
		pid_t pid = fork();

		if (pid == 0) {
			if (silent)
				forbid_system_calls();
			_exit(pthread_mutex_lock(&r->m));
		}
		if (silent) {
			EQUALS(ends(pid), 128 + SIGSYS);
		} else {
			HOLDS(blocks(pid));
			EQUALS(pthread_mutex_unlock(&r->m), 0);
			EQUALS(ends(pid), 0);
		}
	}
}

/* ------------------------------------------------- condition variables */

CLAIM("L22-14", "the wait unlocks the mutex, and returns with it locked")
{
	struct room *r = open_room(0);
	pid_t pid = waiter(r);

	EQUALS(pthread_mutex_trylock(&r->m), 0);	/* it was let go */
	r->ready = 1;
	EQUALS(pthread_cond_signal(&r->c), 0);
	HOLDS(blocks(pid));			/* signalled, but we hold it */
	EQUALS(r->count, 0);
	EQUALS(pthread_mutex_unlock(&r->m), 0);
	EQUALS(ends(pid), 0);
	EQUALS(r->count, 1);
}

/* A child that waits once and looks at nothing. */
static pid_t naive_waiter(struct room *r)
{
	pid_t pid = fork();

	if (pid == 0) {
		HOLDS(pthread_mutex_lock(&r->m) == 0);
		HOLDS(pthread_cond_wait(&r->c, &r->m) == 0);
		r->count++;
		_exit(pthread_mutex_unlock(&r->m));
	}
	HOLDS(blocks(pid));
	return pid;
}

CLAIM("L22-15", "a signal wakes one of three, a broadcast the rest")
{
	struct room *r = open_room(0);
	pid_t pid[3];

	for (int i = 0; i < 3; i++)
		pid[i] = naive_waiter(r);
	EQUALS(pthread_cond_signal(&r->c), 0);
	EQUALS(ends(-1), 0);
	EQUALS(r->count, 1);
	for (int i = 0, asleep = 0; i < 3; i++) {
		asleep += kill(pid[i], 0) == 0 && blocks(pid[i]);
		HOLDS(i < 2 || asleep == 2);
	}
	EQUALS(pthread_cond_broadcast(&r->c), 0);
	EQUALS(ends(-1) + ends(-1), 0);
	EQUALS(r->count, 3);
}

CLAIM("L22-16", "a signal that finds no waiter is lost; a post is kept")
{
	static int (*const wake[])(pthread_cond_t *) = {
		pthread_cond_signal, pthread_cond_broadcast
	};
	struct room *r = open_room(0);

	for (int i = 0; i < 2; i++) {
		pid_t pid = -1;

		/* The same call: too early, and while it waits. */
		for (int waits = 0; waits < 2; waits++) {
			EQUALS(wake[i](&r->c), 0);
			if (waits)
				EQUALS(ends(pid), 0);
			else
				pid = naive_waiter(r);	/* it sleeps */
		}
	}

	EQUALS(sem_init(&r->s, 1, 0), 0);
	EQUALS(sem_post(&r->s), 0);
	EQUALS(sem_trywait(&r->s), 0);
}

CLAIM("L22-39", "a signal or a broadcast that finds no waiter makes no system"
      " call; one that wakes somebody makes one")
{
	static int (*const wake[])(pthread_cond_t *) = {
		pthread_cond_signal, pthread_cond_broadcast
	};

	for (int i = 0; i < 4; i++) {
		struct room *r = open_room(0);
		int waits = i % 2;
		pid_t pid = waits ? naive_waiter(r) : -1;

		if (fork() == 0) {
			forbid_system_calls();
			_exit(wake[i / 2](&r->c));
		}
		EQUALS(ends(-1), waits ? 128 + SIGSYS : 0);
		if (waits)
			end_by_kill(pid);
	}
}

/* Looks, lets the parent pass, waits: locked from the start, or not. */
static pid_t looker(struct room *r, int locked, int looked[2], int go[2])
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	if (locked)
		HOLDS(pthread_mutex_lock(&r->m) == 0);
	if (!r->ready) {
		HOLDS(write(looked[1], "x", 1) == 1);
		HOLDS(read(go[0], &(char){ 0 }, 1) == 1);
		if (!locked)
			HOLDS(pthread_mutex_lock(&r->m) == 0);
		HOLDS(pthread_cond_wait(&r->c, &r->m) == 0);
	}
	_exit(!r->ready);
}

/* As it should be: the state with the lock, and a signal. */
static void make_ready(struct room *r)
{
	EQUALS(pthread_mutex_lock(&r->m), 0);
	r->ready = 1;
	EQUALS(pthread_cond_signal(&r->c), 0);
	EQUALS(pthread_mutex_unlock(&r->m), 0);
}

CLAIM("L22-17", "the lost wake-up, forced: looked without the lock")
{
	struct room *r = open_room(0);
	int looked[2], go[2];
	pid_t pid;

	HOLDS(pipe(looked) == 0 && pipe(go) == 0);
	pid = looker(r, 0, looked, go);
	EQUALS(read(looked[0], &(char){ 0 }, 1), 1);
	make_ready(r);
	HOLDS(write(go[1], "x", 1) == 1);
	HOLDS(blocks(pid));			/* ready is 1, and it sleeps */
	EQUALS(pthread_cond_signal(&r->c), 0);	/* until somebody signals */
	EQUALS(ends(pid), 0);
}

CLAIM("L22-17", "cured: with the lock held from the look to the wait")
{
	struct room *r = open_room(0);
	int looked[2], go[2];
	pid_t pid;

	HOLDS(pipe(looked) == 0 && pipe(go) == 0);
	pid = looker(r, 1, looked, go);
	EQUALS(read(looked[0], &(char){ 0 }, 1), 1);
	EQUALS(pthread_mutex_trylock(&r->m), EBUSY);	/* no way between */
	HOLDS(write(go[1], "x", 1) == 1);
	make_ready(r);
	EQUALS(ends(pid), 0);
}

CLAIM("L22-17", "the state without the lock loses it as well")
{
	struct room *r = open_room(0);
	int looked[2], go[2];
	pid_t pid;

	HOLDS(pipe(looked) == 0 && pipe(go) == 0);
	pid = looker(r, 1, looked, go);
	EQUALS(read(looked[0], &(char){ 0 }, 1), 1);
	EQUALS(pthread_mutex_trylock(&r->m), EBUSY);
	r->ready = 1;				/* the mutex is not ours */
	EQUALS(pthread_cond_signal(&r->c), 0);
	HOLDS(write(go[1], "x", 1) == 1);
	HOLDS(blocks(pid));
	EQUALS(pthread_cond_signal(&r->c), 0);
	EQUALS(ends(pid), 0);
}

/* Another process takes what is there. */
static void take_by_child(struct room *r)
{
	if (fork() == 0) {
		HOLDS(pthread_mutex_lock(&r->m) == 0);
		HOLDS(r->ready == 1);
		r->ready = 0;
		_exit(pthread_mutex_unlock(&r->m));
	}
	EQUALS(ends(-1), 0);
}

static void stop(pid_t pid)
{
	int status;

	HOLDS(kill(pid, SIGSTOP) == 0);
	HOLDS(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
}

CLAIM("L22-18", "if is not enough: woken, and another took it meanwhile")
{
	struct room *r = open_room(0);
	pid_t pid = naive_waiter(r);

	stop(pid);		/* it loses its turn between wake and lock */
	EQUALS(pthread_mutex_lock(&r->m), 0);
	r->ready = 1;
	EQUALS(pthread_cond_signal(&r->c), 0);
	EQUALS(pthread_mutex_unlock(&r->m), 0);
	take_by_child(r);
	EQUALS(r->count, 0);			/* it has not gone on yet */
	HOLDS(kill(pid, SIGCONT) == 0);
	EQUALS(ends(pid), 0);			/* went on: nothing is there */
	EQUALS(r->count, 1);
	EQUALS(r->ready, 0);
}

CLAIM("L22-18", "with while it looks again and sleeps on")
{
	struct room *r = open_room(0);
	pid_t pid = waiter(r);

	EQUALS(pthread_cond_signal(&r->c), 0);
	HOLDS(blocks(pid));
	EQUALS(r->wakes, 1);
	EQUALS(pthread_cond_broadcast(&r->c), 0);
	HOLDS(blocks(pid));
	EQUALS(r->wakes, 2);
	EQUALS(r->count, 0);
	end_by_kill(pid);
}

CLAIM("L22-19", "timedwait: ETIMEDOUT at a point in time, and locked again")
{
	pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t c = PTHREAD_COND_INITIALIZER;
	struct timespec until = soon(CLOCK_REALTIME);

	EQUALS(pthread_mutex_lock(&m), 0);
	EQUALS(pthread_cond_timedwait(&c, &m, &past), ETIMEDOUT);
	EQUALS(pthread_cond_timedwait(&c, &m, &until), ETIMEDOUT);
	HOLDS(has_passed(CLOCK_REALTIME, until));
	EQUALS(by_thread(trylock_it, &m), EBUSY);
}

CLAIM("L22-20", "the clock is REALTIME; pthread_condattr_setclock() changes it")
{
	pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t usual = PTHREAD_COND_INITIALIZER, c;
	struct timespec far = in_an_hour(CLOCK_MONOTONIC), until;
	pthread_condattr_t a;
	clockid_t clock;
	pid_t pid;

	EQUALS(pthread_condattr_init(&a), 0);
	EQUALS(pthread_condattr_getclock(&a, &clock), 0);
	EQUALS(clock, CLOCK_REALTIME);
	EQUALS(pthread_condattr_setclock(&a, CLOCK_MONOTONIC), 0);
	EQUALS(pthread_cond_init(&c, &a), 0);
	EQUALS(pthread_mutex_lock(&m), 0);
	/* The same time: past by the usual clock, and not by the other one. */
	EQUALS(pthread_cond_timedwait(&usual, &m, &far), ETIMEDOUT);
	HOLDS(!has_passed(CLOCK_MONOTONIC, far));
	pid = fork();
	if (pid == 0)
		_exit(pthread_cond_timedwait(&c, &m, &far));
	HOLDS(blocks(pid));
	end_by_kill(pid);
	until = soon(CLOCK_MONOTONIC);
	EQUALS(pthread_cond_timedwait(&c, &m, &until), ETIMEDOUT);
	HOLDS(has_passed(CLOCK_MONOTONIC, until));
	EQUALS(pthread_condattr_setclock(&a, CLOCK_PROCESS_CPUTIME_ID),
	       EINVAL);
}

CLAIM("L22-21", "a wait gets EOWNERDEAD when the signaller dies with the lock")
{
	struct room *r = open_room(1);
	pid_t pid = fork(), other;

	if (pid == 0) {
		HOLDS(pthread_mutex_lock(&r->m) == 0);
		_exit(pthread_cond_wait(&r->c, &r->m));
	}
	HOLDS(blocks(pid));
	other = fork();
	if (other == 0) {
		HOLDS(pthread_mutex_lock(&r->m) == 0);
		HOLDS(pthread_cond_signal(&r->c) == 0);
		raise(SIGKILL);
	}
	EQUALS(ends(other), 128 + SIGKILL);
	EQUALS(ends(pid), EOWNERDEAD);
}

CLAIM("L22-22", "a death before the signal wakes no waiter, robust or not")
{
	for (int robust = 0; robust <= 1; robust++) {
		struct room *r = open_room(robust);
		pid_t pid = naive_waiter(r);

		kill_a_holder(&r->m);
		HOLDS(blocks(pid));
		EQUALS(pthread_mutex_trylock(&r->m),
		       robust ? EOWNERDEAD : EBUSY);	/* one has died */
		HOLDS(is_blocked(pid) == 1);
		end_by_kill(pid);
	}
}

static struct room *rung;	/* where the handler says that it runs */

static void ring(int sig)
{
	(void)sig;
	rung->handler = getpid();
	sem_post(&rung->s);
}

CLAIM("L22-23", "no EINTR: lock and wait go on after a handler")
{
	struct sigaction act = { .sa_handler = ring };
	struct room *r = open_room(0);
	pid_t wait, lock;

	EQUALS(sem_init(&r->s, 1, 0), 0);
	rung = r;
	HOLDS(sigaction(SIGUSR1, &act, NULL) == 0);	/* no SA_RESTART */
	wait = naive_waiter(r);
	EQUALS(pthread_mutex_lock(&r->m), 0);
	lock = locker(&r->m);
	HOLDS(blocks(lock));
	HOLDS(kill(wait, SIGUSR1) == 0);
	EQUALS(sem_wait(&r->s), 0);
	EQUALS(r->handler, wait);
	HOLDS(kill(lock, SIGUSR1) == 0);
	EQUALS(sem_wait(&r->s), 0);
	EQUALS(r->handler, lock);
	HOLDS(blocks(wait) && blocks(lock));
	is_used_up(&r->s);
	EQUALS(pthread_mutex_unlock(&r->m), 0);
	EQUALS(ends(lock), 0);		/* it gets the mutex, with no error */
	EQUALS(r->count, 0);
	end_by_kill(wait);
}

CLAIM("L22-34", "a stop and a continue end neither lock nor wait")
{
	struct room *r = open_room(0);
	pid_t wait = naive_waiter(r), lock;
	int status;

	EQUALS(pthread_mutex_lock(&r->m), 0);
	lock = locker(&r->m);
	HOLDS(blocks(lock));
	stop(wait);
	stop(lock);
	HOLDS(kill(wait, SIGCONT) == 0 && kill(lock, SIGCONT) == 0);
	HOLDS(waitpid(wait, &status, WCONTINUED) == wait);
	HOLDS(waitpid(lock, &status, WCONTINUED) == lock);
	HOLDS(blocks(wait) && blocks(lock));
	EQUALS(pthread_mutex_unlock(&r->m), 0);
	EQUALS(ends(lock), 0);		/* it still gets the mutex */
	EQUALS(r->count, 0);
	end_by_kill(wait);
}

CLAIM("L22-24", "PI: no call when free, hands on, EOWNERDEAD like another")
{
	struct room *r = map_room();
	pthread_mutexattr_t a;
	struct sched_param none = { .sched_priority = 0 };
	int protocol = -1, has[2], go[2], e;
	cpu_set_t one;
	pid_t pid;
	char c;

	EQUALS(pthread_mutexattr_init(&a), 0);
	EQUALS(pthread_mutexattr_getprotocol(&a, &protocol), 0);
	EQUALS(protocol, PTHREAD_PRIO_NONE);
	EQUALS(pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT), 0);
	EQUALS(pthread_mutexattr_getprotocol(&a, &protocol), 0);
	EQUALS(protocol, PTHREAD_PRIO_INHERIT);
	EQUALS(pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED), 0);
	EQUALS(pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST), 0);
	e = pthread_mutex_init(&r->m, &a);
	if (e == ENOTSUP)
		SKIP("no priority inheritance; needs CONFIG_FUTEX_PI");
	EQUALS(e, 0);
	EQUALS(silent_locks(r), 0);
	/* On one CPU a batch process that is woken does not run before us,
	 * unless our turn ends just then: so there are many rounds. */
	CPU_ZERO(&one);
	CPU_SET((size_t)sched_getcpu(), &one);
	HOLDS(sched_setaffinity(0, sizeof one, &one) == 0);
	HOLDS(sched_getaffinity(0, sizeof one, &one) == 0);
	EQUALS(CPU_COUNT(&one), 1);
	HOLDS(pipe(has) == 0 && pipe(go) == 0);
	EQUALS(pthread_mutex_lock(&r->m), 0);
	for (int round = 0; round < 20; round++) {
		pid = fork();
		if (pid == 0) {
			HOLDS(sched_setscheduler(0, SCHED_BATCH, &none) == 0);
			HOLDS(pthread_mutex_lock(&r->m) == 0);
			HOLDS(write(has[1], "x", 1) == 1);
			HOLDS(read(go[0], &c, 1) == 1);
			_exit(0);		/* ends as the owner */
		}
		HOLDS(blocks(pid));
		EQUALS(sched_getscheduler(pid), SCHED_BATCH);
		EQUALS(pthread_mutex_unlock(&r->m), 0);
		/* It is the sleeper's now, though that has not run yet. */
		EQUALS(pthread_mutex_trylock(&r->m), EBUSY);
		EQUALS(read(has[0], &c, 1), 1);
		EQUALS(write(go[1], "x", 1), 1);
		EQUALS(ends(pid), 0);
		EQUALS(pthread_mutex_lock(&r->m), EOWNERDEAD);
		EQUALS(pthread_mutex_consistent(&r->m), 0);
	}
}

/* The priority of this process, as the kernel has it now: field 18 of
 * proc_pid_stat(5), less than 0 for one that runs in real time. */
static long priority_now(void)
{
	char line[512] = "", *at;
	long priority = 0;
	FILE *f = fopen("/proc/self/stat", "re");

	HOLDS(f && fgets(line, sizeof line, f));
	fclose(f);
	at = strrchr(line, ')');
	HOLDS(at && sscanf(at + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u "
			   "%*u %*u %*u %*d %*d %ld", &priority) == 1);
	return priority;
}

CLAIM("L22-24", "PI: the owner runs with its waiter's priority, until it "
      "unlocks; with a mutex of another protocol it does not")
{
	for (int inherit = 1; inherit >= 0; inherit--) {
		struct sched_param high = { .sched_priority = 5 };
		struct room *r = map_room();
		pthread_mutexattr_t a;
		pid_t pid;

		EQUALS(pthread_mutexattr_init(&a), 0);
		EQUALS(pthread_mutexattr_setpshared(&a,
						    PTHREAD_PROCESS_SHARED), 0);
		if (inherit)
			EQUALS(pthread_mutexattr_setprotocol(&a,
						PTHREAD_PRIO_INHERIT), 0);
		if (pthread_mutex_init(&r->m, &a) == ENOTSUP)
			SKIP("no priority inheritance; needs CONFIG_FUTEX_PI");
		EQUALS(pthread_mutex_lock(&r->m), 0);
		HOLDS(priority_now() > 0);
		pid = fork();
		if (pid == 0) {
			if (sched_setscheduler(0, SCHED_FIFO, &high) == -1)
				SKIP("no process may run in real time here "
				     "(%s); root may", errno_name(errno));
			_exit(pthread_mutex_lock(&r->m));
		}
		if (!blocks(pid))
			ends(pid);
		if (inherit)
			EQUALS(priority_now(), -1 - 5);
		else
			HOLDS(priority_now() > 0);
		EQUALS(pthread_mutex_unlock(&r->m), 0);
		HOLDS(priority_now() > 0);
		EQUALS(ends(pid), 0);
	}
}

CLAIM("L22-25", "a waiter that was killed stays counted: destroy() hangs")
{
	struct room *r = open_room(0), *other = open_room(0);
	pid_t pid;

	pid = waiter(other);		/* this one lives, and leaves */
	EQUALS(pthread_mutex_lock(&other->m), 0);
	other->ready = 1;
	EQUALS(pthread_cond_signal(&other->c), 0);
	EQUALS(pthread_mutex_unlock(&other->m), 0);
	EQUALS(ends(pid), 0);
	EQUALS(pthread_cond_destroy(&other->c), 0);

	end_by_kill(waiter(r));
	FAILS(waitpid(-1, NULL, WNOHANG), ECHILD);	/* nobody waits now */
	pid = fork();
	if (pid == 0)
		_exit(pthread_cond_destroy(&r->c));
	HOLDS(blocks(pid));
	end_by_kill(pid);
}

CLAIM("L22-26", "on 64-bit x86 a mutex has 40 bytes, a condition 48")
{
#ifndef __x86_64__
	SKIP("this is no 64-bit x86");
#endif
	if (sizeof(long) != 8)
		SKIP("this is no 64-bit x86");
	EQUALS(sizeof(pthread_mutex_t), 40);
	EQUALS(sizeof(pthread_cond_t), 48);
}

/* ------------------------------------------------- what a death spoils */

CLAIM("L22-27", "a signal can go to a waiter that is dead: glibc")
{
	struct room *r = open_room(1);
	pid_t pid;

	if (glibc_version() < 225)
		SKIP("this is not glibc 2.25 or later");
	end_by_kill(naive_waiter(r));
	pid = naive_waiter(r);
	EQUALS(pthread_cond_signal(&r->c), 0);
	EQUALS(ends(pid), 0);
	pid = naive_waiter(r);
	EQUALS(pthread_cond_signal(&r->c), 0);	/* for the dead one */
	HOLDS(blocks(pid));
	end_by_kill(pid);
}

CLAIM("L22-27", "where nobody was killed each of them is woken")
{
	struct room *r = open_room(1);
	pid_t pid;

	for (int i = 0; i < 3; i++) {
		pid = naive_waiter(r);
		EQUALS(pthread_cond_signal(&r->c), 0);
		EQUALS(ends(pid), 0);
	}
	EQUALS(r->count, 3);
}

/* A child is killed inside pthread_cond_signal(): right after the instruction
 * that changed the condition variable for the first time. With FIRST it is
 * killed before it begins. Returns how it ended. */
static int die_in_signal(struct room *r, int first)
{
	const pthread_cond_t was = r->c;
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1)
			_exit(77);
		raise(SIGSTOP);
		_exit(pthread_cond_signal(&r->c));
	}
	HOLDS(waitpid(pid, &status, 0) == pid);
	if (!WIFSTOPPED(status))
		SKIP("no process may be traced here");
	while (!first && memcmp(&was, &r->c, sizeof was) == 0) {
		HOLDS(ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) == 0);
		HOLDS(waitpid(pid, &status, 0) == pid);
		HOLDS(WIFSTOPPED(status));
	}
	HOLDS(kill(pid, SIGKILL) == 0);
	return ends(pid);
}

/* A child that broadcasts. */
static pid_t caller(struct room *r)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(pthread_cond_broadcast(&r->c));
	return pid;
}

CLAIM("L22-28", "killed inside pthread_cond_signal(): a broadcast may hang")
{
	struct room *r = open_room(1);
	pid_t pid, sleeper = naive_waiter(r);

#if !defined(__x86_64__) && !defined(__i386__)
	SKIP("only tried with single steps of x86");
#endif
	if (glibc_version() == 0)
		SKIP("this is not glibc");
	EQUALS(die_in_signal(r, 0), 128 + SIGKILL);
	pid = caller(r);
	HOLDS(blocks(pid));
	HOLDS(blocks(sleeper));
	end_by_kill(pid);
	end_by_kill(sleeper);
}

CLAIM("L22-38", "a broadcast that waits for the dead: a handler runs "
      "meanwhile, and it waits on; SIGALRM ends it")
{
	struct room *r = open_room(1);
	pid_t pid, sleeper = naive_waiter(r);

#if !defined(__x86_64__) && !defined(__i386__)
	SKIP("only tried with single steps of x86");
#endif
	if (glibc_version() == 0)
		SKIP("this is not glibc");
	EQUALS(sem_init(&r->s, 1, 0), 0);
	EQUALS(die_in_signal(r, 0), 128 + SIGKILL);
	rung = r;
	pid = fork();
	if (pid == 0) {
		HOLDS(signal(SIGCHLD, ring) != SIG_ERR);
		HOLDS(signal(SIGALRM, SIG_DFL) != SIG_ERR);
		_exit(pthread_cond_broadcast(&r->c));
	}
	HOLDS(blocks(pid));
	HOLDS(kill(pid, SIGCHLD) == 0);
	HOLDS(sem_wait(&r->s) == 0);
	EQUALS(r->handler, pid);
	is_used_up(&r->s);
	HOLDS(blocks(pid));
	HOLDS(kill(pid, SIGALRM) == 0);
	EQUALS(ends(pid), 128 + SIGALRM);
	end_by_kill(sleeper);
}

CLAIM("L22-28", "killed before it begins, it does no harm")
{
	struct room *r = open_room(1);
	pid_t sleeper = naive_waiter(r);

	EQUALS(die_in_signal(r, 1), 128 + SIGKILL);
	EQUALS(ends(caller(r)), 0);
	EQUALS(ends(sleeper), 0);
}

CLAIM("L22-33", "killed while it sleeps in lock: no harm")
{
	struct room *r = open_room(0);
	pid_t first, next;

	EQUALS(pthread_mutex_lock(&r->m), 0);
	first = locker(&r->m);
	HOLDS(blocks(first));
	next = locker(&r->m);
	HOLDS(blocks(next));
	end_by_kill(first);
	EQUALS(pthread_mutex_unlock(&r->m), 0);
	EQUALS(ends(next), 0);		/* woken, and not the dead one */
}

CLAIM("L22-37", "a thread that dies hands on 2048 robust mutexes, not more")
{
	enum { MANY = 2100 };
	pthread_mutex_t *m = mmap(NULL, MANY * sizeof *m,
				  PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int handed_on = 0, stuck = 0;
	pid_t pid;

	HOLDS(m != MAP_FAILED);
	for (int i = 0; i < MANY; i++)
		init_mutex(&m[i], 1, NORMAL, 1);
	pid = fork();
	if (pid == 0) {
		for (int i = 0; i < MANY; i++)
			HOLDS(pthread_mutex_lock(&m[i]) == 0);
		raise(SIGKILL);
	}
	EQUALS(ends(pid), 128 + SIGKILL);
	for (int i = 0; i < MANY; i++) {
		int err = pthread_mutex_trylock(&m[i]);

		handed_on += err == EOWNERDEAD;
		stuck += err == EBUSY;
	}
	EQUALS(handed_on, 2048);
	EQUALS(stuck, 52);
}

CLAIM("L22-31", "trylock: EOWNERDEAD is a lock, too; lock again and sleep")
{
	struct room *r = open_room(1);
	pid_t pid = fork();

	if (pid == 0) {
		pid_t holder = start_holder(&r->m);

		for (int dead = 0; dead < 2; dead++) {
			if (dead)
				end_by_kill(holder);
			EQUALS(pthread_mutex_trylock(&r->m),
			       dead ? EOWNERDEAD : EBUSY);
		}
		r->ready = 1;
		_exit(pthread_mutex_lock(&r->m));
	}
	while (r->ready == 0)		/* it sleeps for its holder, too */
		HOLDS(blocks(pid));
	HOLDS(blocks(pid));
	EQUALS(by_thread(trylock_it, &r->m), EBUSY);	/* it has it */
	end_by_kill(pid);
	EQUALS(pthread_mutex_trylock(&r->m), EOWNERDEAD);
}

/* ------------------------------------------------- threads and fork() */

/* A thread that has the mutex until S is posted. */
static void *hold_it(void *room)
{
	struct room *r = room;

	pthread_mutex_lock(&r->m);
	r->ready = 1;
	sem_post(&r->s);
	pause();
	return NULL;
}

/* How many threads this process has, by the kernel. */
static int count_threads(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[256];
	int n = -1;

	HOLDS(f != NULL);
	while (fgets(line, sizeof line, f))
		if (sscanf(line, "Threads: %d", &n) == 1)
			break;
	fclose(f);
	return n;
}

CLAIM("L22-29", "fork() copies one thread, and a mutex that another one holds")
{
	static struct room r = { .m = PTHREAD_MUTEX_INITIALIZER };
	pthread_t t;
	pid_t pid;

	pid = locker(&r.m);
	EQUALS(ends(pid), 0);		/* free: a child can lock it */
	EQUALS(sem_init(&r.s, 0, 0), 0);
	EQUALS(pthread_create(&t, NULL, hold_it, &r), 0);
	EQUALS(sem_wait(&r.s), 0);
	EQUALS(count_threads(), 2);
	pid = fork();
	if (pid == 0)
		_exit(10 + count_threads());
	EQUALS(ends(pid), 11);
	pid = locker(&r.m);
	HOLDS(blocks(pid));
	is_used_up(&r.s);
	end_by_kill(pid);
}

CLAIM("L22-29", "a robust one, too: in the child nobody's death is noticed")
{
	static struct room r;
	pthread_t t;
	pid_t pid;

	init_mutex(&r.m, 0, NORMAL, 1);
	HOLDS(is_robust(&r.m));
	EQUALS(sem_init(&r.s, 0, 0), 0);
	EQUALS(pthread_create(&t, NULL, hold_it, &r), 0);
	EQUALS(sem_wait(&r.s), 0);
	pid = locker(&r.m);
	HOLDS(blocks(pid));
	is_used_up(&r.s);
	end_by_kill(pid);
}

static struct room forked = { .m = PTHREAD_MUTEX_INITIALIZER };
static char order[16];
static int is_free;

static void note(char c)
{
	order[strlen(order)] = c;
}

static void before(void)
{
	note('b');
	is_free = forked.ready;
	pthread_mutex_lock(&forked.m);
}

static void in_parent(void)
{
	note('p');
	pthread_mutex_unlock(&forked.m);
}

static void in_child(void)
{
	note('c');
	pthread_mutex_unlock(&forked.m);
}

static void *lock_then_let_go(void *unused)
{
	pthread_mutex_lock(&forked.m);
	sem_post(&forked.s);
	while (!is_blocked(getpid()))
		sched_yield();
	forked.ready = 1;		/* fork() waits by now */
	pthread_mutex_unlock(&forked.m);
	return unused;
}

CLAIM("L22-30", "pthread_atfork(): fork() waits for the mutex; both unlock it")
{
	pthread_t t;
	pid_t pid;

	EQUALS(sem_init(&forked.s, 0, 0), 0);
	EQUALS(pthread_atfork(before, in_parent, in_child), 0);
	EQUALS(pthread_create(&t, NULL, lock_then_let_go, NULL), 0);
	EQUALS(sem_wait(&forked.s), 0);
	pid = fork();
	if (pid == 0) {
		HOLDS(strcmp(order, "bc") == 0);
		HOLDS(forked.ready == 1);
		_exit(pthread_mutex_trylock(&forked.m));
	}
	EQUALS(strcmp(order, "bp"), 0);
	EQUALS(is_free, 0);			/* it was not at first */
	EQUALS(ends(pid), 0);
	EQUALS(pthread_join(t, NULL), 0);
	is_used_up(&forked.s);
	EQUALS(pthread_mutex_trylock(&forked.m), 0);
}

/* ------------------------------------------------- more */

CLAIM("L22-32", "memory of zeros locks, and init then lets in a second one")
{
	static const pthread_mutex_t zeros;
	struct room *r = map_room();

	if (glibc_version() == 0)
		SKIP("this is not glibc");
	EQUALS(memcmp(&r->m, &zeros, sizeof zeros), 0);
	EQUALS(pthread_mutex_lock(&r->m), 0);	/* too early, and no error */
	EQUALS(by_thread(trylock_it, &r->m), EBUSY);
	init_mutex(&r->m, 1, NORMAL, 1);
	EQUALS(by_thread(trylock_it, &r->m), 0);
}

CLAIM("L22-35", "a shared read-write lock: readers together, a writer alone")
{
	pthread_rwlock_t *lock = (pthread_rwlock_t *)(void *)map_room();
	pthread_rwlockattr_t a;
	pid_t pid, writer;
	int status;

	HOLDS(sizeof *lock <= sizeof(struct room));
	EQUALS(pthread_rwlockattr_init(&a), 0);
	EQUALS(pthread_rwlockattr_setpshared(&a, PTHREAD_PROCESS_SHARED), 0);
	EQUALS(pthread_rwlock_init(lock, &a), 0);
	EQUALS(pthread_rwlock_rdlock(lock), 0);
	pid = fork();
	if (pid == 0) {
		HOLDS(pthread_rwlock_rdlock(lock) == 0);
		raise(SIGSTOP);
		_exit(pthread_rwlock_unlock(lock));
	}
	HOLDS(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
	writer = fork();
	if (writer == 0)
		_exit(pthread_rwlock_wrlock(lock));
	HOLDS(blocks(writer));			/* two readers are inside */
	EQUALS(pthread_rwlock_unlock(lock), 0);
	HOLDS(blocks(writer));			/* one */
	HOLDS(kill(pid, SIGCONT) == 0);
	EQUALS(ends(pid), 0);
	EQUALS(ends(writer), 0);
	EQUALS(pthread_rwlock_tryrdlock(lock), EBUSY);	/* it is the writer's */
	EQUALS(pthread_rwlock_trywrlock(lock), EBUSY);
}

CLAIM("L22-35", "a writer that dies keeps it: EBUSY, and nobody is told")
{
	pthread_rwlock_t *lock = (pthread_rwlock_t *)(void *)map_room();
	pthread_rwlockattr_t a;

	EQUALS(pthread_rwlockattr_init(&a), 0);
	EQUALS(pthread_rwlockattr_setpshared(&a, PTHREAD_PROCESS_SHARED), 0);
	EQUALS(pthread_rwlock_init(lock, &a), 0);
	EQUALS(pthread_rwlock_tryrdlock(lock), 0);
	EQUALS(pthread_rwlock_unlock(lock), 0);
	if (fork() == 0) {
		HOLDS(pthread_rwlock_wrlock(lock) == 0);
		raise(SIGKILL);
	}
	EQUALS(ends(-1), 128 + SIGKILL);
	EQUALS(pthread_rwlock_tryrdlock(lock), EBUSY);
}

CLAIM("L22-36", "clocklock, clockwait: ETIMEDOUT by the clock that is named")
{
	pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t c = PTHREAD_COND_INITIALIZER;
	struct timespec far = in_an_hour(CLOCK_MONOTONIC), until;
	pid_t pid;

	EQUALS(pthread_mutex_lock(&m), 0);
	/* The same time: past by one clock, and not by the other one. */
	EQUALS(pthread_mutex_clocklock(&m, CLOCK_REALTIME, &far), ETIMEDOUT);
	EQUALS(pthread_cond_clockwait(&c, &m, CLOCK_REALTIME, &far),
	       ETIMEDOUT);
	HOLDS(!has_passed(CLOCK_MONOTONIC, far));
	pid = fork();
	if (pid == 0)
		_exit(pthread_mutex_clocklock(&m, CLOCK_MONOTONIC, &far));
	HOLDS(blocks(pid));
	end_by_kill(pid);
	pid = fork();
	if (pid == 0)
		_exit(pthread_cond_clockwait(&c, &m, CLOCK_MONOTONIC, &far));
	HOLDS(blocks(pid));
	end_by_kill(pid);

	until = soon(CLOCK_MONOTONIC);
	EQUALS(pthread_mutex_clocklock(&m, CLOCK_MONOTONIC, &until),
	       ETIMEDOUT);
	HOLDS(has_passed(CLOCK_MONOTONIC, until));
	until = soon(CLOCK_MONOTONIC);
	EQUALS(pthread_cond_clockwait(&c, &m, CLOCK_MONOTONIC, &until),
	       ETIMEDOUT);
	HOLDS(has_passed(CLOCK_MONOTONIC, until));
}

CLAIM("L22-40", "the functions that set an attribute return EINVAL if there is "
      "no such value")
{
	pthread_mutexattr_t attr;

	EQUALS(pthread_mutexattr_init(&attr), 0);
	EQUALS(pthread_mutexattr_setpshared(&attr, 99), EINVAL);
	EQUALS(pthread_mutexattr_settype(&attr, 99), EINVAL);
	EQUALS(pthread_mutexattr_setrobust(&attr, 99), EINVAL);
	EQUALS(pthread_mutexattr_setprotocol(&attr, 99), EINVAL);
	EQUALS(pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED), 0);
	EQUALS(pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE), 0);
	EQUALS(pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST), 0);
	EQUALS(pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_NONE), 0);
}
