/*
 * claims - what the notes say about System V semaphores, executed
 *
 * Ids are rows of docs/claims.tsv; L08-.. are claims of this course. A proof
 * runs in a process of its own, with a deadline, so it may block or crash.
 * Orders are forced: by a pipe, or by asking the kernel who waits.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

/* That this compiles at all shows that no header has defined it. */
union semun {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
	struct seminfo *__buf;
};

#define GO(pipe_fd) HOLDS(write((pipe_fd)[1], "g", 1) == 1)
#define AWAIT(pipe_fd) HOLDS(read((pipe_fd)[0], &(char){ 0 }, 1) == 1)

static int make_set(int nsems)
{
	int id = semget(IPC_PRIVATE, nsems, 0600);

	HOLDS(id != -1);
	return id;
}

static int value(int id, int num)
{
	return semctl(id, num, GETVAL);
}

static int set_value(int id, int num, int val)
{
	union semun arg = { .val = val };

	return semctl(id, num, SETVAL, arg);
}

static int op(int id, unsigned num, int n, int flags)
{
	struct sembuf one = { (unsigned short)num, (short)n, (short)flags };

	return semop(id, &one, 1);
}

static struct semid_ds stat_of(int id)
{
	struct semid_ds ds = { .sem_nsems = 0 };
	union semun arg = { .buf = &ds };

	HOLDS(semctl(id, 0, IPC_STAT, arg) == 0);
	return ds;
}

static void await_waiting(int id, int num, int cmd, int count)
{
	while (semctl(id, num, cmd) != count)
		sched_yield();
}

static long long now_ns(void)
{
	struct timespec t;

	HOLDS(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void finish_off(pid_t p)
{
	HOLDS(kill(p, SIGKILL) == 0);
	EQUALS(ends(p), 128 + SIGKILL);
}

/* The limits of this system: SEMMSL SEMMNS SEMOPM SEMMNI. */
enum { SEMMSL, SEMMNS, SEMOPM, SEMMNI };

static int limit(int which)
{
	int v[4] = { 0 };
	FILE *f = fopen("/proc/sys/kernel/sem", "r");

	if (!f || fscanf(f, "%d%d%d%d", &v[0], &v[1], &v[2], &v[3]) != 4)
		SKIP("cannot read /proc/sys/kernel/sem; mount /proc");
	fclose(f);
	return v[which];
}

/* In a namespace of its own a proof may set them, if root; 0 if not. */
static int set_limits(const char *four)
{
	ssize_t len = (ssize_t)strlen(four);
	int fd = open("/proc/sys/kernel/sem", O_WRONLY | O_CLOEXEC);

	return fd != -1 && write(fd, four, (size_t)len) == len &&
	       close(fd) == 0;
}

static struct seminfo info(int cmd)
{
	struct seminfo si = { 0 };
	union semun arg = { .__buf = &si };

	HOLDS(semctl(0, 0, cmd, arg) >= 0);
	return si;
}

/* A namespace in which nobody else has sets, and limits may be reached. */
static void enter_own_namespace(void)
{
	if (unshare(CLONE_NEWIPC) == -1 &&
	    unshare(CLONE_NEWUSER | CLONE_NEWIPC) == -1)
		SKIP("no private ipc namespace here; run as root, or allow "
		     "user namespaces");
}

/* ------------------------------------------------ sets and semget() */

CLAIM("0-077 1-263 1-266 1-268",
      "semget(key, nsems, flags), semop(id, ops, n) and semctl() are the calls")
{
	struct sembuf ups[] = { { 1, 1, 0 }, { 2, 4, 0 }, { 0, 9, 0 } };
	int id = semget(own_key(80), 3, IPC_CREAT | IPC_EXCL | 0640);

	HOLDS(id != -1);
	EQUALS(semget(own_key(80), 3, 0), id);
	EQUALS(stat_of(id).sem_nsems, 3);
	EQUALS(stat_of(id).sem_perm.mode & 0777, 0640);
	EQUALS(semop(id, ups, 2), 0);		/* two of the three */
	EQUALS(semctl(id, 1, GETVAL), 1);
	EQUALS(semctl(id, 2, GETVAL), 4);
	EQUALS(semctl(id, 0, GETVAL), 0);
	EQUALS(semctl(id, 0, IPC_RMID), 0);
	FAILS(semget(own_key(80), 3, 0600), ENOENT);
}

CLAIM("1-264", "the key finds the set: another process gets the same id")
{
	int id = semget(own_key(81), 1, IPC_CREAT | IPC_EXCL | 0600);
	int second = semget(own_key(87), 1, IPC_CREAT | IPC_EXCL | 0600);
	pid_t other;

	HOLDS(id != -1 && second != -1);
	FAILS(semget(own_key(81), 1, IPC_CREAT | IPC_EXCL | 0600), EEXIST);
	other = fork();
	if (other == 0) {
		EQUALS(semget(own_key(81), 1, IPC_CREAT | 0600), id);
		EQUALS(semget(own_key(81), 0, 0), id);
		EQUALS(semget(own_key(87), 0, 0), second);
		_exit(op(semget(own_key(81), 0, 0), 0, 1, 0) != 0);
	}
	EQUALS(ends(other), 0);
	EQUALS(semctl(id, 0, GETPID), other);	/* it has added there, */
	EQUALS(semctl(second, 0, GETPID), 0);	/* and nobody here */
	HOLDS(semctl(id, 0, IPC_RMID) == 0);
	FAILS(semget(own_key(81), 0, 0), ENOENT);
	HOLDS(semctl(second, 0, IPC_RMID) == 0);
}

CLAIM("L08-29", "a set stays, with its values, when its maker has ended")
{
	int id;
	pid_t maker = fork();

	if (maker == 0) {
		id = semget(own_key(86), 1, IPC_CREAT | IPC_EXCL | 0600);
		HOLDS(id != -1);
		_exit(op(id, 0, 7, 0) != 0);
	}
	EQUALS(ends(maker), 0);
	FAILS(kill(maker, 0), ESRCH);
	id = semget(own_key(86), 0, 0);
	HOLDS(id != -1);
	EQUALS(value(id, 0), 7);
	EQUALS(semctl(id, 0, GETPID), maker);
	EQUALS(semctl(id, 0, IPC_RMID), 0);
	FAILS(semget(own_key(86), 0, 0), ENOENT);
}

CLAIM("0-023 1-265 1-321", "a set has as many as you ask: 1 to SEMMSL")
{
	EQUALS(stat_of(make_set(1)).sem_nsems, 1);
	EQUALS(stat_of(make_set(3)).sem_nsems, 3);
	EQUALS(stat_of(make_set(limit(SEMMSL))).sem_nsems, limit(SEMMSL));
	FAILS(semget(IPC_PRIVATE, 0, 0600), EINVAL);
	FAILS(semget(IPC_PRIVATE, limit(SEMMSL) + 1, 0600), EINVAL);
}

CLAIM("1-265", "for a set that exists: 0 or any number up to its size")
{
	int id = semget(own_key(82), 3, IPC_CREAT | IPC_EXCL | 0600);

	HOLDS(id != -1);
	for (int n = 0; n <= 3; n++)
		EQUALS(semget(own_key(82), n, 0), id);
	FAILS(semget(own_key(82), 4, 0), EINVAL);
	EQUALS(stat_of(make_set(4)).sem_nsems, 4);	/* 4 as such is fine */
	HOLDS(semctl(id, 0, IPC_RMID) == 0);
}

CLAIM("0-021 1-318 L08-19",
      "sets end at SEMMNI: ENOSPC; unnamed POSIX ones at no such number")
{
	static sem_t many[100000];
	int n, most, got;

	enter_own_namespace();
	set_limits("250 32000 32 7");	/* if that fails we make 32000 sets */
	most = limit(SEMMNI);
	if (most > (int)(sizeof many / sizeof *many))
		SKIP("SEMMNI is %d here; sysctl -w kernel.sem=\"250 32000 "
		     "32 128\"", most);
	EQUALS(info(IPC_INFO).semmni, most);
	for (n = 0; n < most; n++)
		make_set(1);
	FAILS(semget(IPC_PRIVATE, 1, 0600), ENOSPC);
	for (n = 0; n < (int)(sizeof many / sizeof *many); n++)
		HOLDS(sem_init(&many[n], 1, (unsigned)n) == 0);
	HOLDS(n > most);
	while (n-- > 0)			/* each of them is one of its own */
		HOLDS(sem_getvalue(&many[n], &got) == 0 && got == n);
}

CLAIM("1-319 1-322", "SEMMNS bounds all semaphores of all sets together")
{
	enter_own_namespace();
	if (!set_limits("10 12 4 32000"))
		SKIP("only root may change kernel.sem; run as root");
	EQUALS(info(IPC_INFO).semmns, 12);
	EQUALS(info(IPC_INFO).semopm, 4);
	make_set(9);
	FAILS(semget(IPC_PRIVATE, 4, 0600), ENOSPC);
	make_set(3);
}

/* ------------------------------------------ the initialisation race */

CLAIM("1-267", "a new set: values 0 (on Linux), sem_otime 0")
{
	int old = make_set(2), id;

	EQUALS(op(old, 0, 7, 0) + op(old, 1, 8, 0), 0);	/* one that is used */
	HOLDS(value(old, 0) == 7 && stat_of(old).sem_otime != 0);
	HOLDS(semctl(old, 0, IPC_RMID) == 0);
	id = make_set(2);
	EQUALS(value(id, 0), 0);
	EQUALS(value(id, 1), 0);
	EQUALS(stat_of(id).sem_otime, 0);
	HOLDS(stat_of(id).sem_ctime > 0);
}

/* The other one comes at the worst moment, because a pipe tells it when. */
CLAIM("0-018 1-267 L08-01",
      "who comes between semget() and SETVAL is wiped out: forced")
{
	int go[2], id;
	pid_t other;

	HOLDS(pipe(go) == 0);
	other = fork();
	if (other == 0) {
		AWAIT(go);
		id = semget(own_key(83), 1, 0600);
		HOLDS(id != -1);
		FAILS(op(id, 0, -1, IPC_NOWAIT), EAGAIN);
		EQUALS(stat_of(id).sem_otime, 0);	/* not asked: wrong */
		EQUALS(op(id, 0, 1, 0), 0);
		_exit(0);
	}
	id = semget(own_key(83), 1, IPC_CREAT | IPC_EXCL | 0600);
	HOLDS(id != -1);
	GO(go);
	EQUALS(ends(other), 0);
	EQUALS(value(id, 0), 1);
	EQUALS(set_value(id, 0, 5), 0);
	EQUALS(value(id, 0), 5);			/* not 6 */
	HOLDS(semctl(id, 0, IPC_RMID) == 0);
}

CLAIM("L08-02", "who waits for sem_otime may come at that moment: nothing lost")
{
	struct sembuf touch[] = { { 0, 1, 0 }, { 0, -1, 0 } };
	int go[2], seen[2], id;
	pid_t other;

	HOLDS(pipe(go) == 0 && pipe(seen) == 0);
	HOLDS(fcntl(seen[1], F_SETFL, O_NONBLOCK) == 0);
	other = fork();
	if (other == 0) {
		AWAIT(go);
		id = semget(own_key(84), 1, 0600);
		HOLDS(id != -1);
		HOLDS(value(id, 0) == 0);		/* before SETVAL */
		while (stat_of(id).sem_otime == 0)	/* too early */
			if (write(seen[1], "0", 1) == -1)
				sched_yield();		/* it is full */
		_exit(op(id, 0, 1, 0) != 0);
	}
	id = semget(own_key(84), 1, IPC_CREAT | IPC_EXCL | 0600);
	HOLDS(id != -1);
	GO(go);
	AWAIT(seen);			/* it looked, */
	AWAIT(seen);			/* and did nothing but look again */
	EQUALS(value(id, 0), 0);
	EQUALS(set_value(id, 0, 5), 0);
	EQUALS(value(id, 0), 5);
	EQUALS(stat_of(id).sem_otime, 0);		/* SETVAL is no semop */
	EQUALS(semop(id, touch, 2), 0);			/* the first one */
	EQUALS(ends(other), 0);
	EQUALS(value(id, 0), 6);
	HOLDS(semctl(id, 0, IPC_RMID) == 0);
}

CLAIM("L08-03", "one hasty semop() sets sem_otime and spoils it for all")
{
	int id = make_set(1);
	pid_t patient;

	EQUALS(stat_of(id).sem_otime, 0);
	EQUALS(op(id, 0, 1, 0), 0);		/* no SETVAL yet */
	patient = fork();
	if (patient == 0) {
		while (stat_of(id).sem_otime == 0)	/* believes in it */
			sched_yield();
		_exit(op(id, 0, 1, 0) != 0);
	}
	EQUALS(ends(patient), 0);
	EQUALS(value(id, 0), 2);
	EQUALS(set_value(id, 0, 5), 0);		/* now comes the owner */
	EQUALS(value(id, 0), 5);		/* and wipes out both */
}

CLAIM("L08-04", "an owner that adds, where Linux began with 0, wipes out none")
{
	int id = make_set(1);
	pid_t other = fork();

	if (other == 0)
		_exit(op(id, 0, 1, 0) != 0);	/* before the owner */
	EQUALS(ends(other), 0);
	EQUALS(value(id, 0), 1);
	EQUALS(op(id, 0, 5, 0), 0);
	EQUALS(value(id, 0), 6);
}

/* ------------------------------------------------- values, P and V */

CLAIM("0-012 4-067 1-137 1-273", "one operation adds or takes any amount")
{
	int id = make_set(1);
	sem_t posix;

	EQUALS(set_value(id, 0, 5), 0);
	EQUALS(op(id, 0, -3, 0), 0);
	EQUALS(value(id, 0), 2);
	EQUALS(op(id, 0, 10, 0), 0);
	EQUALS(value(id, 0), 12);
	HOLDS(sem_init(&posix, 0, 5) == 0 && sem_wait(&posix) == 0);
	EQUALS(sem_getvalue(&posix, &id), 0);
	EQUALS(id, 4);				/* one at a time */
}

CLAIM("4-065 1-138", "the value never falls below 0: 12 - 13 is EAGAIN")
{
	int id = make_set(1);

	EQUALS(set_value(id, 0, 12), 0);
	FAILS(op(id, 0, -13, IPC_NOWAIT), EAGAIN);
	EQUALS(value(id, 0), 12);
	EQUALS(op(id, 0, -12, IPC_NOWAIT), 0);	/* to 0, and no further */
	FAILS(op(id, 0, -1, IPC_NOWAIT), EAGAIN);
	FAILS(set_value(id, 0, -1), ERANGE);
	EQUALS(value(id, 0), 0);
}

CLAIM("1-138 1-260 1-214 1-259",
      "P waits until the value is large enough; GETNCNT counts who waits")
{
	int id = make_set(1);
	pid_t p;

	EQUALS(set_value(id, 0, 1), 0);
	p = fork();
	if (p == 0)
		_exit(op(id, 0, -3, 0) != 0);
	await_waiting(id, 0, GETNCNT, 1);
	HOLDS(blocks(p));			/* though 1 is positive */
	EQUALS(value(id, 0), 1);
	EQUALS(op(id, 0, 1, 0), 0);
	HOLDS(blocks(p));			/* so is 2 */
	EQUALS(value(id, 0), 2);		/* and it takes no part */
	EQUALS(op(id, 0, 1, 0), 0);
	EQUALS(ends(p), 0);
	EQUALS(value(id, 0), 0);
	EQUALS(semctl(id, 0, GETNCNT), 0);
}

static int shared_id;

static void *wait_in_thread(void *unused)
{
	op(shared_id, 0, -1, 0);
	return unused;
}

CLAIM("1-260", "GETNCNT counts threads: three of one process are 3")
{
	pthread_t t[3];
	pid_t p;

	shared_id = make_set(1);
	p = fork();
	if (p == 0) {
		for (int i = 0; i < 3; i++)
			HOLDS(!pthread_create(&t[i], 0, wait_in_thread, 0));
		for (int i = 0; i < 3; i++)
			HOLDS(!pthread_join(t[i], 0));
		_exit(0);
	}
	await_waiting(shared_id, 0, GETNCNT, 3);
	EQUALS(op(shared_id, 0, 3, 0), 0);
	EQUALS(ends(p), 0);
	EQUALS(value(shared_id, 0), 0);
	EQUALS(semctl(shared_id, 0, GETPID), p);	/* they were of it */
	EQUALS(semctl(shared_id, 0, GETNCNT), 0);
}

CLAIM("1-262", "GETZCNT counts who waits for 0: three children are 3")
{
	int id = make_set(1);

	EQUALS(set_value(id, 0, 1), 0);
	for (int i = 0; i < 3; i++)
		if (fork() == 0)
			_exit(op(id, 0, 0, 0) != 0);
	await_waiting(id, 0, GETZCNT, 3);
	EQUALS(semctl(id, 0, GETNCNT), 0);
	EQUALS(set_value(id, 0, 0), 0);
	for (int i = 0; i < 3; i++)
		EQUALS(ends(-1), 0);
	EQUALS(semctl(id, 0, GETZCNT), 0);
}

CLAIM("1-139 1-325 1-149 1-290", "the value ends at 32767: ERANGE, no EAGAIN")
{
	int id = make_set(1);

	EQUALS(info(IPC_INFO).semvmx, 32767);
	FAILS(set_value(id, 0, 32768), ERANGE);
	EQUALS(set_value(id, 0, 32767), 0);
	EQUALS(op(id, 0, -1, 0), 0);
	EQUALS(op(id, 0, 1, 0), 0);		/* up to 32767 it adds */
	FAILS(op(id, 0, 1, 0), ERANGE);
	FAILS(op(id, 0, 1, IPC_NOWAIT), ERANGE);
	EQUALS(value(id, 0), 32767);
}

CLAIM("1-149", "kernel.sem has four numbers, and SEMVMX is none of them")
{
	char line[128] = "", rest[32];
	FILE *f = fopen("/proc/sys/kernel/sem", "r");
	int v[4];

	HOLDS(f && fgets(line, sizeof line, f));
	EQUALS(sscanf(line, "%d%d%d%d%31s", v, v + 1, v + 2, v + 3, rest), 4);
	EQUALS(info(IPC_INFO).semmsl, v[0]);
	EQUALS(info(IPC_INFO).semmns, v[1]);
	EQUALS(info(IPC_INFO).semopm, v[2]);
	EQUALS(info(IPC_INFO).semmni, v[3]);

	enter_own_namespace();		/* SEMVMX stays, whatever they are */
	HOLDS(!set_limits("11 222 33 44") || info(IPC_INFO).semmsl == 11);
	EQUALS(info(IPC_INFO).semvmx, 32767);
	EQUALS(set_value(make_set(1), 0, 32767), 0);
}

CLAIM("1-150",
      "a POSIX semaphore ends at SEM_VALUE_MAX: EINVAL, then EOVERFLOW")
{
	int val = 0;
	sem_t s;

	EQUALS(SEM_VALUE_MAX, 2147483647);
	FAILS(sem_init(&s, 0, (unsigned)SEM_VALUE_MAX + 1), EINVAL);
	EQUALS(sem_init(&s, 0, SEM_VALUE_MAX), 0);
	FAILS(sem_post(&s), EOVERFLOW);
	HOLDS(sem_getvalue(&s, &val) == 0 && val == SEM_VALUE_MAX);
}

CLAIM("1-140", "a counting semaphore: of 3, three take one; no fourth")
{
	int id = make_set(1);

	EQUALS(set_value(id, 0, 3), 0);
	for (int i = 0; i < 3; i++)
		EQUALS(op(id, 0, -1, IPC_NOWAIT), 0);
	FAILS(op(id, 0, -1, IPC_NOWAIT), EAGAIN);
}

CLAIM("1-141", "nothing is binary: given back twice, 1 becomes 2")
{
	int id = make_set(1), val = 0;
	sem_t s;

	EQUALS(set_value(id, 0, 1), 0);
	EQUALS(op(id, 0, 1, 0), 0);
	EQUALS(value(id, 0), 2);
	HOLDS(sem_init(&s, 0, 1) == 0 && sem_post(&s) == 0);
	HOLDS(sem_getvalue(&s, &val) == 0 && val == 2);
}

CLAIM("2-022 4-020 1-134 1-272",
      "semop() sleeps until another process adds, however long that takes")
{
	int id = make_set(1);
	pid_t p = fork();

	/* That it has no end of its own cannot be waited for. */
	if (p == 0)
		_exit(op(id, 0, -2, 0) != 0);
	await_waiting(id, 0, GETNCNT, 1);
	EQUALS(op(id, 0, 1, 0), 0);
	HOLDS(blocks(p));
	EQUALS(op(id, 0, 1, 0), 0);	/* added: 1 alone is not enough */
	EQUALS(ends(p), 0);
}

CLAIM("4-069 1-281 1-285", "with IPC_NOWAIT it does not wait: EAGAIN")
{
	int id = make_set(1);
	sem_t *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct rusage before, after;
	pid_t p[2];

	HOLDS(s != MAP_FAILED && sem_init(s, 1, 0) == 0);
	for (int i = 0; i < 2; i++) {
		p[i] = fork();		/* without it they wait: */
		if (p[i] == 0)
			_exit(i == 0 ? op(id, 0, -1, 0) : sem_wait(s));
		HOLDS(blocks(p[i]));
	}
	EQUALS(getrusage(RUSAGE_SELF, &before), 0);
	for (int i = 0; i < 100; i++) {
		FAILS(op(id, 0, -1, IPC_NOWAIT), EAGAIN);
		FAILS(sem_trywait(s), EAGAIN);
	}
	EQUALS(getrusage(RUSAGE_SELF, &after), 0);
	/* It does not sleep, but at most for code that is not yet read in. */
	HOLDS(after.ru_nvcsw - before.ru_nvcsw < 50);
	EQUALS(op(id, 0, 1, 0) + sem_post(s), 0);
	EQUALS(ends(p[0]), 0);
	EQUALS(ends(p[1]), 0);
	EQUALS(op(id, 0, 1, 0) + sem_post(s), 0);
	EQUALS(op(id, 0, -1, IPC_NOWAIT), 0);	/* there is one now */
	EQUALS(sem_trywait(s), 0);
}

CLAIM("1-273 1-280", "sem_op 0 adds nothing: it waits for zero")
{
	int id = make_set(1);
	pid_t p;

	EQUALS(op(id, 0, 0, 0), 0);
	EQUALS(set_value(id, 0, 2), 0);
	p = fork();
	if (p == 0)
		_exit(op(id, 0, 0, 0) != 0);
	HOLDS(blocks(p));
	EQUALS(semctl(id, 0, GETZCNT), 1);
	EQUALS(value(id, 0), 2);
	EQUALS(op(id, 0, -1, 0), 0);
	HOLDS(blocks(p));			/* 1 is not 0 */
	EQUALS(semctl(id, 0, GETZCNT), 1);
	EQUALS(op(id, 0, -1, 0), 0);
	EQUALS(ends(p), 0);
	EQUALS(value(id, 0), 0);
}

/* The meaning lies in the program: 0 counts free places, 1 filled ones. */
CLAIM("4-070", "what a value means is the program's choice: a ring of two")
{
	int id = make_set(2), out;
	int *ring = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t p;

	HOLDS(ring != MAP_FAILED);
	EQUALS(set_value(id, 0, 2), 0);
	p = fork();
	if (p == 0) {
		for (int i = 0; i < 100; i++) {
			HOLDS(op(id, 0, -1, 0) == 0);
			ring[i % 2] = i;
			HOLDS(op(id, 1, 1, 0) == 0);
		}
		_exit(0);
	}
	await_waiting(id, 0, GETNCNT, 1);	/* no free place is left: */
	EQUALS(value(id, 1), 2);		/* two are filled */
	HOLDS(ring[0] == 0 && ring[1] == 1);
	for (int i = 0; i < 100; i++) {
		HOLDS(op(id, 1, -1, 0) == 0);
		out = ring[i % 2];
		HOLDS(op(id, 0, 1, 0) == 0);
		EQUALS(out, i);
	}
	EQUALS(ends(p), 0);
	HOLDS(value(id, 0) == 2 && value(id, 1) == 0);
}

/* ------------------------------------------------- all or nothing */

CLAIM("1-270", "several operations of one semop(): all, or none")
{
	struct sembuf both[] = { { 0, -1, IPC_NOWAIT }, { 1, -1, IPC_NOWAIT } };
	struct sembuf high[] = { { 0, -1, 0 }, { 1, 1, 0 }, { 2, 1, 0 } };
	unsigned short val[3] = { 1, 0, 32767 };
	union semun arg = { .array = val };
	int id = make_set(3);

	EQUALS(semctl(id, 0, SETALL, arg), 0);
	FAILS(semop(id, both, 2), EAGAIN);
	FAILS(semop(id, high, 3), ERANGE);	/* the third of three */
	HOLDS(value(id, 0) == 1 && value(id, 1) == 0);
	EQUALS(value(id, 2), 32767);
	EQUALS(op(id, 2, -1, 0), 0);		/* now there is room */
	EQUALS(semop(id, high, 3), 0);
	HOLDS(value(id, 0) == 0 && value(id, 1) == 1);
	EQUALS(value(id, 2), 32767);
	EQUALS(set_value(id, 0, 1), 0);
	EQUALS(semop(id, both, 2), 0);
	HOLDS(value(id, 0) == 0 && value(id, 1) == 0);
}

CLAIM("L08-05", "who waits for both holds neither meanwhile")
{
	struct sembuf both[] = { { 0, -1, 0 }, { 1, -1, 0 } };
	int id = make_set(2);
	pid_t p;

	EQUALS(set_value(id, 0, 1), 0);
	p = fork();
	if (p == 0)
		_exit(semop(id, both, 2) != 0);
	await_waiting(id, 1, GETNCNT, 1);	/* it waits for number 1 */
	EQUALS(semctl(id, 0, GETNCNT), 0);
	EQUALS(value(id, 0), 1);
	EQUALS(op(id, 0, -1, IPC_NOWAIT), 0);	/* so others may have it */
	EQUALS(op(id, 1, 1, 0), 0);
	HOLDS(blocks(p));
	EQUALS(op(id, 0, 1, 0), 0);
	EQUALS(ends(p), 0);
}

/* A child that moves the unit there and back until it is killed, by AT_ONCE
 * operations in a call: 2, or 1. */
static pid_t moves(int id, size_t at_once)
{
	struct sembuf ops[] = { { 0, -1, 0 }, { 1, 1, 0 },
				{ 1, -1, 0 }, { 0, 1, 0 } };
	pid_t p = fork();

	while (p == 0)
		for (size_t i = 0; i < 4; i += at_once)
			HOLDS(semop(id, ops + i, at_once) == 0);
	return p;
}

CLAIM("L08-06", "nobody ever sees half of it: the sum stays 1, 20000 times")
{
	unsigned short val[2];
	union semun arg = { .array = val };
	int id = make_set(2), half = make_set(2), was = 1, moved = 0, looks;
	pid_t p;

	EQUALS(set_value(half, 0, 1), 0);
	EQUALS(value(half, 0), 1);
	p = moves(half, 1);		/* one by one: the sum does change */
	do {
		HOLDS(semctl(half, 0, GETALL, arg) == 0);
	} while (val[0] + val[1] == 1);
	finish_off(p);

	EQUALS(set_value(id, 0, 1), 0);
	p = moves(id, 2);
	for (looks = 0; looks < 20000 || moved < 10; looks++) {
		HOLDS(semctl(id, 0, GETALL, arg) == 0);
		EQUALS(val[0] + val[1], 1);
		moved += val[0] != was;
		was = val[0];
	}
	HOLDS(looks >= 20000);
	finish_off(p);
}

CLAIM("L08-07", "the operations are tried in the order of the array")
{
	struct sembuf up_down[] = { { 0, 1, 0 }, { 0, -1, IPC_NOWAIT } };
	struct sembuf down_up[] = { { 0, -1, IPC_NOWAIT }, { 0, 1, 0 } };
	int id = make_set(1);

	EQUALS(semop(id, up_down, 2), 0);
	EQUALS(semctl(id, 0, GETPID), getpid());	/* it was done */
	FAILS(semop(id, down_up, 2), EAGAIN);
	EQUALS(value(id, 0), 0);
}

/* Both have one and wait for the other: that is for ever. */
CLAIM("1-133", "taken one by one in opposite order, two semaphores deadlock")
{
	int id = make_set(2);
	pid_t p[2];

	EQUALS(set_value(id, 0, 1) + set_value(id, 1, 1), 0);
	for (unsigned me = 0; me < 2; me++) {
		p[me] = fork();
		if (p[me] == 0) {
			HOLDS(op(id, me, -1, 0) == 0);
			while (value(id, 0) + value(id, 1) > 0)
				sched_yield();	/* until the other has its */
			_exit(op(id, 1 - me, -1, 0) != 0);
		}
	}
	await_waiting(id, 0, GETNCNT, 1);
	await_waiting(id, 1, GETNCNT, 1);
	HOLDS(blocks(p[0]) && blocks(p[1]));
	for (int me = 0; me < 2; me++) {	/* each has taken its own */
		EQUALS(value(id, me), 0);
		EQUALS(semctl(id, me, GETPID), p[me]);
		finish_off(p[me]);
	}

	EQUALS(set_value(id, 0, 1) + set_value(id, 1, 1), 0);
	EQUALS(op(id, 0, -1, 0), 0);	/* we, and another in our order */
	p[0] = fork();
	if (p[0] == 0)
		_exit(op(id, 0, -1, 0) || op(id, 1, -1, 0));
	await_waiting(id, 0, GETNCNT, 1);
	EQUALS(op(id, 1, -1, 0), 0);	/* it is there: nobody holds it */
	EQUALS(op(id, 1, 1, 0) + op(id, 0, 1, 0), 0);
	EQUALS(ends(p[0]), 0);
	HOLDS(value(id, 0) == 0 && value(id, 1) == 0);	/* it has both */
}

/* Whichever of the two is missing: nobody holds the other one meanwhile. So
 * there is no moment at which each could have what the other wants. */
CLAIM("1-133 L08-08", "taken in one semop(), in any order, they do not")
{
	struct sembuf take[2][2] = { { { 0, -1, 0 }, { 1, -1, 0 } },
				     { { 1, -1, 0 }, { 0, -1, 0 } } };
	struct sembuf give[] = { { 0, 1, 0 }, { 1, 1, 0 } };
	int id = make_set(2);
	pid_t p[2];

	for (int me = 0; me < 2; me++) {	/* none is there: each one */
		p[me] = fork();			/* waits for its first */
		if (p[me] == 0) {
			HOLDS(semop(id, take[me], 2) == 0);
			_exit(semop(id, give, 2) != 0);
		}
		await_waiting(id, me, GETNCNT, 1);
	}
	EQUALS(op(id, 0, 1, 0), 0);		/* only the first is there */
	HOLDS(blocks(p[0]) && blocks(p[1]));
	EQUALS(value(id, 0), 1);
	EQUALS(op(id, 0, -1, IPC_NOWAIT), 0);
	EQUALS(op(id, 1, 1, 0), 0);		/* now only the second */
	HOLDS(blocks(p[0]) && blocks(p[1]));
	EQUALS(value(id, 1), 1);
	EQUALS(op(id, 0, 1, 0), 0);		/* and now both */
	EQUALS(ends(p[0]), 0);
	EQUALS(ends(p[1]), 0);
	HOLDS(value(id, 0) == 1 && value(id, 1) == 1);
}

CLAIM("1-271 1-322", "one to SEMOPM operations: 0 is EINVAL, more is E2BIG")
{
	size_t most = (size_t)limit(SEMOPM);
	struct sembuf *many = calloc(most + 1, sizeof *many);
	int id = make_set(1);

	HOLDS(many);
	EQUALS(info(IPC_INFO).semopm, most);
	FAILS(semop(id, many, 0), EINVAL);
	FAILS(semop(id, many, most + 1), E2BIG);
	EQUALS(semop(id, many, most), 0);	/* so many waits for zero */
	for (size_t i = 0; i < most; i++)
		many[i].sem_op = 1;
	EQUALS(semop(id, many, most), 0);
	EQUALS(value(id, 0), most);
}

CLAIM("1-272 1-279", "sem_num counts from 0; past the end semop() is EFBIG")
{
	int id = make_set(3);

	EQUALS(sizeof ((struct sembuf *)0)->sem_num, 2);
	EQUALS(op(id, 0, 1, 0), 0);
	EQUALS(op(id, 2, 1, 0), 0);
	FAILS(op(id, 3, 1, 0), EFBIG);
	FAILS(op(id, 0xffff, 1, 0), EFBIG);	/* -1, unsigned */
	HOLDS(value(id, 0) == 1 && value(id, 1) == 0 && value(id, 2) == 1);
}

/* ------------------------------------------------------ who is first? */

static pid_t asks(int id, int n)
{
	int waiting = semctl(id, 0, GETNCNT);
	pid_t p = fork();

	if (p == 0)
		_exit(op(id, 0, n, 0) != 0);
	await_waiting(id, 0, GETNCNT, waiting + 1);
	HOLDS(blocks(p));
	return p;
}

/* At each moment one of the two units is out, as when jobs overlap. */
CLAIM("L08-25", "100000 requests for one overtake the one for two before them")
{
	int id = make_set(1), served = 0;
	pid_t large;

	EQUALS(set_value(id, 0, 1), 0);
	large = asks(id, -2);
	for (int i = 0; i < 100000; i++) {
		HOLDS(op(id, 0, -1, IPC_NOWAIT) == 0);
		HOLDS(op(id, 0, 1, 0) == 0);
		served++;
	}
	EQUALS(served, 100000);
	HOLDS(blocks(large));
	EQUALS(value(id, 0), 1);
	EQUALS(semctl(id, 0, GETNCNT), 1);
	EQUALS(op(id, 0, 1, 0), 0);
	EQUALS(ends(large), 0);
	EQUALS(value(id, 0), 0);
}

CLAIM("L08-26", "requests for the same amount are served in their order")
{
	int id = make_set(1);
	pid_t p[4];

	for (int i = 0; i < 4; i++)
		p[i] = asks(id, -1);
	for (int i = 0; i < 4; i++) {
		EQUALS(op(id, 0, 1, 0), 0);
		EQUALS(ends(p[i]), 0);
		for (int j = i + 1; j < 4; j++)
			HOLDS(blocks(p[j]));
	}
}

/* Semaphore 0 counts what is wanted, semaphore 1 is the gate. */
static pid_t asks_by_the_gate(int id, int n, int stuck_at)
{
	pid_t p = fork();

	if (p == 0) {
		HOLDS(op(id, 1, -1, 0) == 0);
		HOLDS(op(id, 0, n, 0) == 0);
		HOLDS(op(id, 1, 1, 0) == 0);
		_exit(0);
	}
	await_waiting(id, stuck_at, GETNCNT, 1);
	HOLDS(blocks(p));
	return p;
}

CLAIM("L08-27", "if all ask one after the other, by a gate, none is overtaken")
{
	int id = make_set(2);
	pid_t large, small;

	EQUALS(set_value(id, 0, 1) + set_value(id, 1, 1), 0);
	large = asks_by_the_gate(id, -2, 0);
	small = asks_by_the_gate(id, -1, 1);
	EQUALS(value(id, 0), 1);	/* there is one, and it must wait */
	EQUALS(op(id, 0, 1, 0), 0);
	EQUALS(ends(large), 0);
	HOLDS(blocks(small));
	EQUALS(op(id, 0, 1, 0), 0);
	EQUALS(ends(small), 0);
}

/* On one CPU the sleeper cannot run between our two calls, or hardly ever. */
CLAIM("L08-28", "the call that gives also takes, in the name of a sleeper")
{
	cpu_set_t here;
	int id = make_set(1), calls = 0;
	pid_t p;

	CPU_ZERO(&here);
	CPU_SET((size_t)sched_getcpu(), &here);
	HOLDS(sched_setaffinity(0, sizeof here, &here) == 0);
	HOLDS(sched_getaffinity(0, sizeof here, &here) == 0);
	EQUALS(CPU_COUNT(&here), 1);
	p = fork();
	if (p == 0) {
		for (int i = 0; i < 1000; i++)
			HOLDS(op(id, 0, -1, 0) == 0);
		_exit(0);
	}
	for (int i = 0; i < 1000; i++) {
		await_waiting(id, 0, GETNCNT, 1);
		HOLDS(op(id, 0, 1, 0) == 0);
		EQUALS(value(id, 0), 0);	/* nobody comes between */
		EQUALS(semctl(id, 0, GETPID), p);
		calls++;
	}
	EQUALS(calls, 1000);
	EQUALS(ends(p), 0);
}

/* ----------------------------------------------------- semtimedop() */

static int timed(int id, int n, struct timespec *limit_)
{
	struct sembuf one = { 0, (short)n, 0 };

	return semtimedop(id, &one, 1, limit_);
}

CLAIM("1-275 1-277", "semtimedop() takes what semop() takes; NULL: no limit")
{
	struct sembuf all[] = { { 0, -1, 0 }, { 1, 3, SEM_UNDO },
				{ 0, -1, IPC_NOWAIT } };
	int id = make_set(2);
	pid_t p;

	EQUALS(set_value(id, 0, 1), 0);
	EQUALS(semtimedop(id, all, 2, NULL), 0);
	HOLDS(value(id, 0) == 0 && value(id, 1) == 3);
	FAILS(semtimedop(id, all + 2, 1, NULL), EAGAIN);
	FAILS(semtimedop(id, all, 0, NULL), EINVAL);
	p = fork();		/* no end of its own, as far as one can see */
	if (p == 0)
		_exit(timed(id, -1, NULL) != 0);
	await_waiting(id, 0, GETNCNT, 1);
	HOLDS(blocks(p));
	EQUALS(op(id, 0, 1, 0), 0);
	EQUALS(ends(p), 0);
}

CLAIM("1-276 1-277 1-278 L08-09",
      "the time-out is an interval; at its end EAGAIN, the struct as it was; "
      "before Linux 6.1 it may end a tick of the clock too early")
{
	struct timespec limit_ = { 0, 20000000 };
	int id = make_set(1);
	long long from = now_ns();

	FAILS(timed(id, -1, &limit_), EAGAIN);
	/* 20 ms from now; as a point in time it would be long past */
	HOLDS(now_ns() - from >= 20000000 - early_ns());
	HOLDS(limit_.tv_sec == 0 && limit_.tv_nsec == 20000000);
	EQUALS(value(id, 0), 0);
}

CLAIM("1-276", "a time-out of 0 is a poll; 10^9 nanoseconds are EINVAL")
{
	struct timespec none = { 0, 0 }, bad = { 0, 1000000000 };
	struct timespec good = { 0, 999999999 }, below = { -1, 0 };
	int id = make_set(1);
	long long from;

	do {				/* the quickest of many takes no time */
		from = now_ns();
		FAILS(timed(id, -1, &none), EAGAIN);
	} while (now_ns() - from >= 1000000);
	EQUALS(set_value(id, 0, 2), 0);
	EQUALS(timed(id, -1, &none), 0);
	EQUALS(timed(id, -1, &good), 0);
	EQUALS(set_value(id, 0, 2), 0);
	FAILS(timed(id, -1, &bad), EINVAL);	/* though nothing must wait */
	FAILS(timed(id, -1, &below), EINVAL);
	EQUALS(value(id, 0), 2);
}

CLAIM("L08-30", "when the time of a call for two is over, it has taken neither")
{
	struct sembuf both[] = { { 0, -1, 0 }, { 1, -1, 0 } };
	struct timespec short_time = { 0, 20000000 };
	int id = make_set(2);
	long long from = now_ns();

	EQUALS(set_value(id, 0, 1), 0);
	FAILS(semtimedop(id, both, 2, &short_time), EAGAIN);
	HOLDS(now_ns() - from >= 20000000 - early_ns());
	EQUALS(value(id, 0), 1);
	EQUALS(set_value(id, 1, 1), 0);
	EQUALS(semtimedop(id, both, 2, &short_time), 0);
	HOLDS(value(id, 0) == 0 && value(id, 1) == 0);
}

/* sem_timedwait() wants a point in time, and says at once that this one is
 * over; semtimedop() begins to wait for that many seconds. */
CLAIM("L08-31", "a point in time is taken for a length of time: it waits on")
{
	struct timespec now;
	int id = make_set(1);
	static sem_t posix;
	pid_t p;

	HOLDS(clock_gettime(CLOCK_REALTIME, &now) == 0);
	HOLDS(now.tv_sec > 1000000000);		/* since 1970: a date */
	HOLDS(sem_init(&posix, 0, 0) == 0);
	FAILS(sem_timedwait(&posix, &now), ETIMEDOUT);
	p = fork();
	if (p == 0)
		_exit(timed(id, -1, &now) != 0);
	await_waiting(id, 0, GETNCNT, 1);
	HOLDS(blocks(p));
	EQUALS(op(id, 0, 1, 0), 0);
	EQUALS(ends(p), 0);
}

CLAIM("1-135 1-136", "retrying burns CPU time, semtimedop() uses none")
{
	struct timespec long_time = { 1000, 0 }, start, now, slept[2];
	int id = make_set(2);
	pid_t spins, sleeps;
	clockid_t c;

	spins = fork();
	if (spins == 0) {
		while (op(id, 1, -1, IPC_NOWAIT) == -1)
			;
		_exit(0);
	}
	sleeps = fork();
	if (sleeps == 0)
		_exit(timed(id, -1, &long_time) != 0);
	await_waiting(id, 0, GETNCNT, 1);
	HOLDS(blocks(sleeps));
	HOLDS(clock_getcpuclockid(sleeps, &c) == 0);
	HOLDS(clock_gettime(c, &slept[0]) == 0);

	HOLDS(clock_getcpuclockid(spins, &c) == 0);
	HOLDS(clock_gettime(c, &start) == 0);
	do {				/* ends, so the spinner does burn it */
		sched_yield();
		HOLDS(clock_gettime(c, &now) == 0);
	} while ((now.tv_sec - start.tv_sec) * 1000000000 +
		 now.tv_nsec - start.tv_nsec < 20000000);

	HOLDS(clock_getcpuclockid(sleeps, &c) == 0);
	HOLDS(clock_gettime(c, &slept[1]) == 0);
	HOLDS(memcmp(&slept[0], &slept[1], sizeof *slept) == 0);
	EQUALS(op(id, 1, 1, 0), 0);	/* what the spinner has tried to take */
	EQUALS(ends(spins), 0);
}

/* --------------------------------------------------------- SEM_UNDO */

/* A child that does the operation and then stays until it is killed. */
static pid_t holder(int id, int n, int flags)
{
	int has[2];
	pid_t p;

	HOLDS(pipe(has) == 0);
	p = fork();
	if (p == 0) {
		HOLDS(op(id, 0, n, flags) == 0);
		GO(has);
		for (;;)
			pause();
	}
	AWAIT(has);
	return p;
}

CLAIM("1-281 1-282 L08-10", "SEM_UNDO gives back what a killed process held")
{
	int id = make_set(1);
	pid_t p;

	EQUALS(set_value(id, 0, 3), 0);
	p = holder(id, -2, SEM_UNDO);
	EQUALS(value(id, 0), 1);
	finish_off(p);
	EQUALS(value(id, 0), 3);
	EQUALS(semctl(id, 0, GETPID), p);	/* the undo counts, too */
}

CLAIM("L08-11", "without SEM_UNDO what it held is lost")
{
	int id = make_set(1);
	pid_t p;

	for (int with = 0; with <= 1; with++) {
		EQUALS(set_value(id, 0, 3), 0);
		p = holder(id, -2, with ? SEM_UNDO : 0);
		EQUALS(value(id, 0), 1);
		finish_off(p);
		FAILS(kill(p, 0), ESRCH);	/* it is no more */
		EQUALS(value(id, 0), with ? 3 : 1);
	}
}

CLAIM("1-281", "SEM_UNDO works at an ordinary exit as well")
{
	int id = make_set(1);

	EQUALS(set_value(id, 0, 3), 0);
	if (fork() == 0) {
		HOLDS(op(id, 0, -2, SEM_UNDO) == 0);
		EQUALS(value(id, 0), 1);	/* as long as it lives */
		_exit(0);
	}
	EQUALS(ends(-1), 0);
	EQUALS(value(id, 0), 3);
}

CLAIM("1-283", "the undo wakes the process that waits")
{
	int id = make_set(1);
	pid_t holds, waits;

	EQUALS(set_value(id, 0, 1), 0);
	holds = holder(id, -1, SEM_UNDO);
	waits = fork();
	if (waits == 0)
		_exit(op(id, 0, -1, 0) != 0);
	await_waiting(id, 0, GETNCNT, 1);
	HOLDS(blocks(waits));
	finish_off(holds);
	EQUALS(ends(waits), 0);
}

CLAIM("1-282", "it adds back the sum of the flagged operations only: 3 -> 4")
{
	int id = make_set(1);

	EQUALS(set_value(id, 0, 3), 0);
	if (fork() == 0) {
		EQUALS(op(id, 0, -3, SEM_UNDO), 0);
		EQUALS(op(id, 0, 2, SEM_UNDO), 0);	/* the sum is -1 */
		EQUALS(op(id, 0, 1, 0), 0);		/* not in the sum */
		EQUALS(value(id, 0), 3);
		_exit(0);
	}
	EQUALS(ends(-1), 0);
	EQUALS(value(id, 0), 4);
}

CLAIM("1-282", "an undo stops at 0, however much it should take away")
{
	int id = make_set(1);
	pid_t p = holder(id, 2, SEM_UNDO);

	EQUALS(op(id, 0, -1, 0), 0);		/* one is used up */
	EQUALS(value(id, 0), 1);		/* and 2 are to go */
	finish_off(p);
	EQUALS(value(id, 0), 0);
}

CLAIM("1-282 L08-12", "SETVAL and SETALL clear the undo of every process")
{
	enum { NEITHER, BY_SETALL, BY_SETVAL };
	unsigned short five = 5;
	union semun arg = { .array = &five };
	int id = make_set(1);
	pid_t p[2];

	for (int way = NEITHER; way <= BY_SETVAL; way++) {
		EQUALS(set_value(id, 0, 3), 0);
		for (int i = 0; i < 2; i++)
			p[i] = holder(id, -1, SEM_UNDO);
		EQUALS(value(id, 0), 1);
		if (way == BY_SETALL)
			EQUALS(semctl(id, 0, SETALL, arg), 0);
		if (way == BY_SETVAL)
			EQUALS(set_value(id, 0, 5), 0);
		for (int i = 0; i < 2; i++)
			finish_off(p[i]);
		/* neither 6 nor 7; and without them the undo comes */
		EQUALS(value(id, 0), way == NEITHER ? 3 : 5);
	}
}

CLAIM("1-282 L08-13", "fork() does not copy the undo: the child owes nothing")
{
	int id = make_set(1);

	EQUALS(set_value(id, 0, 1), 0);
	if (fork() == 0) {
		EQUALS(op(id, 0, -1, SEM_UNDO), 0);
		if (fork() == 0)
			_exit(0);
		EQUALS(ends(-1), 0);
		EQUALS(value(id, 0), 0);	/* its child has ended */
		_exit(0);
	}
	EQUALS(ends(-1), 0);
	EQUALS(value(id, 0), 1);		/* now the parent has, too */
}

CLAIM("L08-14", "exec keeps it: it comes when the new program ends")
{
	int id = make_set(1), in[2], gone[2];
	pid_t p;
	char c;

	HOLDS(pipe(in) == 0 && pipe2(gone, O_CLOEXEC) == 0);
	EQUALS(set_value(id, 0, 1), 0);
	p = fork();
	if (p == 0) {
		HOLDS(op(id, 0, -1, SEM_UNDO) == 0);
		HOLDS(dup2(in[0], 0) == 0 && close(in[1]) == 0);
		execlp("cat", "cat", (char *)NULL);
		_exit(127);
	}
	close(gone[1]);
	EQUALS(read(gone[0], &c, 1), 0);	/* exec has closed the other */
	HOLDS(blocks(p));
	EQUALS(value(id, 0), 0);
	HOLDS(close(in[1]) == 0);
	EQUALS(ends(p), 0);
	EQUALS(value(id, 0), 1);
}

static void *take_in_thread(void *unused)
{
	HOLDS(syscall(SYS_gettid) != getpid());	/* not the first thread */
	HOLDS(op(shared_id, 0, -1, SEM_UNDO) == 0);
	return unused;
}

CLAIM("L08-15", "threads share one undo: it comes when the process ends")
{
	pthread_t t;

	shared_id = make_set(1);
	EQUALS(set_value(shared_id, 0, 1), 0);
	if (fork() == 0) {
		HOLDS(!pthread_create(&t, 0, take_in_thread, 0));
		HOLDS(!pthread_join(t, 0));
		EQUALS(value(shared_id, 0), 0);	/* the thread has ended */
		_exit(0);
	}
	EQUALS(ends(-1), 0);
	EQUALS(value(shared_id, 0), 1);
}

CLAIM("1-326", "the undo of one semaphore ends at SEMAEM: ERANGE")
{
	int id = make_set(1), most = info(IPC_INFO).semaem;

	EQUALS(most, 32767);
	EQUALS(set_value(id, 0, most), 0);
	EQUALS(op(id, 0, -most, SEM_UNDO), 0);
	EQUALS(op(id, 0, 1, 0), 0);
	FAILS(op(id, 0, -1, SEM_UNDO), ERANGE);
	EQUALS(op(id, 0, -1, 0), 0);
}

CLAIM("1-320 1-323", "semume is no limit: a process may undo more than that")
{
	int most = info(IPC_INFO).semume, n = most + 100, id, undone = 0;

	if (n > limit(SEMMSL))
		SKIP("sets are small here; sysctl -w kernel.sem=\"32000 "
		     "1024000000 500 32000\"");
	id = make_set(n);
	if (fork() == 0) {
		for (int i = 0; i < n; i++)
			HOLDS(op(id, (unsigned)i, 1, SEM_UNDO) == 0);
		for (int i = 0; i < n; i++)
			undone += value(id, i) == 1;
		HOLDS(undone > most);
		_exit(0);
	}
	EQUALS(ends(-1), 0);
	for (int i = 0; i < n; i++)
		EQUALS(value(id, i), 0);
}

/* -------------------------------------------------- ways to wake up */

CLAIM("1-269 L08-16", "IPC_RMID wakes who waits: EIDRM; afterwards EINVAL")
{
	struct timespec long_time = { 1000, 0 };
	int id = make_set(1);

	if (fork() == 0)
		_exit(op(id, 0, -1, 0) != -1 || errno != EIDRM);
	if (fork() == 0)
		_exit(timed(id, -1, &long_time) != -1 || errno != EIDRM);
	await_waiting(id, 0, GETNCNT, 2);
	EQUALS(timed(id, 0, &long_time), 0);	/* it is as good as any */
	EQUALS(semctl(id, 0, IPC_RMID), 0);
	EQUALS(ends(-1), 0);
	EQUALS(ends(-1), 0);
	FAILS(op(id, 0, 1, 0), EINVAL);
	FAILS(timed(id, 1, &long_time), EINVAL);
	FAILS(semctl(id, 0, GETVAL), EINVAL);
}

static volatile sig_atomic_t noted;

static void note(int sig)
{
	noted = sig;
}

/* A process that waits in semop() or, if IS_TIMED, in semtimedop(), and ends
 * with 0 if the wait ends by EINTR. HANDLER: of SIGUSR1, which must have run
 * then, or SIG_DFL. */
static pid_t waits_for_eintr(int id, int is_timed, void (*handler)(int))
{
	struct timespec long_time = { 1000, 0 };
	struct sigaction act = { .sa_flags = SA_RESTART };
	pid_t p;

	act.sa_handler = handler;
	HOLDS(sigaction(SIGUSR1, &act, NULL) == 0);
	p = fork();
	if (p == 0) {
		if (is_timed)
			FAILS(timed(id, -1, &long_time), EINTR);
		else
			FAILS(op(id, 0, -1, 0), EINTR);
		_exit(noted != (handler == SIG_DFL ? 0 : SIGUSR1));
	}
	await_waiting(id, 0, GETNCNT, 1);
	HOLDS(blocks(p));
	return p;
}

CLAIM("L08-17", "a handled signal: EINTR, also with SA_RESTART")
{
	int id = make_set(1);
	pid_t p;

	for (int is_timed = 0; is_timed <= 1; is_timed++) {
		p = waits_for_eintr(id, is_timed, note);
		HOLDS(has_restart(SIGUSR1));
		HOLDS(kill(p, SIGUSR1) == 0);
		EQUALS(ends(p), 0);
		EQUALS(semctl(id, 0, GETNCNT), 0);
	}
}

CLAIM("L08-18", "stopped and continued: EINTR without any handler")
{
	int id = make_set(1), status;
	pid_t p;

	for (int is_timed = 0; is_timed <= 1; is_timed++) {
		p = waits_for_eintr(id, is_timed, SIG_DFL);
		HOLDS(kill(p, SIGSTOP) == 0);
		HOLDS(waitpid(p, &status, WUNTRACED) == p);
		HOLDS(WIFSTOPPED(status));
		HOLDS(kill(p, SIGCONT) == 0);
		EQUALS(ends(p), 0);
	}
}

/* ----------------------------------------------------------- semctl() */

CLAIM("1-210 1-212 1-257 1-286 1-289 1-299",
      "SETVAL sets the value at semnum, with four arguments; GETVAL returns it")
{
	int id = make_set(3);

	EQUALS(set_value(id, 1, 3), 0);
	EQUALS(semctl(id, 1, GETVAL), 3);
	EQUALS(semctl(id, 0, GETVAL), 0);
	EQUALS(semctl(id, 2, GETVAL), 0);
}

CLAIM("1-211 1-213 1-301", "SETALL and GETALL take the whole set, as shorts")
{
	unsigned short in[3] = { 4, 5, 6 }, out[3] = { 0 };
	unsigned short high[3] = { 1, 2, 32768 };
	union semun give = { .array = in }, get = { .array = out };
	int id = make_set(3);

	EQUALS(semctl(id, 0, SETALL, give), 0);
	EQUALS(semctl(id, 0, GETALL, get), 0);
	HOLDS(memcmp(in, out, sizeof in) == 0);
	give.array = high;
	FAILS(semctl(id, 0, SETALL, give), ERANGE);
	EQUALS(value(id, 0), 4);		/* all or nothing, too */
	high[2]--;
	EQUALS(semctl(id, 0, SETALL, give), 0);
	HOLDS(value(id, 0) == 1 && value(id, 2) == 32767);
}

CLAIM("1-216", "GETPID returns the process that did the last operation")
{
	int id = make_set(1);
	pid_t p;

	EQUALS(semctl(id, 0, GETPID), 0);
	p = fork();
	if (p == 0)
		_exit(op(id, 0, 1, 0) != 0);
	EQUALS(ends(p), 0);
	EQUALS(semctl(id, 0, GETPID), p);
	EQUALS(op(id, 0, -1, 0), 0);
	EQUALS(semctl(id, 0, GETPID), getpid());	/* the last one */
}

CLAIM("1-258", "a failed operation or a look leaves sempid; waiting for 0 not")
{
	unsigned short val[2] = { 0 };
	union semun arg = { .array = val };
	int id = make_set(2);
	pid_t p;

	EQUALS(op(id, 0, 1, 0), 0);
	for (int n = -2; n <= -1; n++) {	/* there is 1, so 2 fail */
		p = fork();
		if (p == 0) {
			EQUALS(value(id, 0), 1);
			EQUALS(op(id, 0, n, IPC_NOWAIT), n == -2 ? -1 : 0);
			_exit(op(id, 1, 0, 0) != 0);
		}
		EQUALS(ends(p), 0);
		EQUALS(semctl(id, 0, GETPID), n == -2 ? getpid() : p);
		EQUALS(semctl(id, 1, GETPID), p);
		EQUALS(value(id, 1), 0);
	}
	EQUALS(set_value(id, 1, 0), 0);
	EQUALS(semctl(id, 1, GETPID), getpid());
	p = fork();
	if (p == 0)
		_exit(semctl(id, 0, SETALL, arg) != 0);
	EQUALS(ends(p), 0);
	EQUALS(semctl(id, 0, GETPID), p);	/* Linux 4.6 and later */
}

CLAIM("1-256", "four numbers belong to a semaphore; only semctl() tells them")
{
	int id = make_set(1);
	char head[256] = "";
	FILE *f;

	EQUALS(op(id, 0, 2, 0), 0);
	for (int i = 0; i < 3; i++)		/* one for 5, two for zero */
		if (fork() == 0)
			_exit(op(id, 0, i == 0 ? -5 : 0, 0) != 0);
	await_waiting(id, 0, GETNCNT, 1);
	await_waiting(id, 0, GETZCNT, 2);
	EQUALS(semctl(id, 0, GETVAL), 2);
	EQUALS(semctl(id, 0, GETPID), getpid());
	EQUALS(op(id, 0, 3, 0), 0);
	for (int i = 0; i < 3; i++)
		EQUALS(ends(-1), 0);
	EQUALS(semctl(id, 0, GETVAL), 0);
	EQUALS(semctl(id, 0, GETNCNT) + semctl(id, 0, GETZCNT), 0);
	f = fopen("/proc/sysvipc/sem", "r");	/* has sets, but no values */
	if (!f || !fgets(head, sizeof head, f))
		SKIP("no /proc/sysvipc/sem; mount /proc");
	HOLDS(strstr(head, "nsems") && !strstr(head, "val"));
}

CLAIM("1-288", "no such semnum: EINVAL, where semop() says EFBIG")
{
	int id = make_set(3);

	EQUALS(semctl(id, 2, GETVAL), 0);
	FAILS(semctl(id, 3, GETVAL), EINVAL);
	FAILS(semctl(id, -1, GETVAL), EINVAL);
	FAILS(set_value(id, 3, 1), EINVAL);
	FAILS(op(id, 3, 1, 0), EFBIG);
}

/* semctl() with the number of a semaphore that the set does not have: a
 * command that looks at the number refuses it. */
static int of_none(int id, int command, union semun arg)
{
	const int none = 99;

	FAILS(semctl(id, none, GETVAL), EINVAL);
	return semctl(id, none, command, arg);
}

CLAIM("1-288 1-292", "commands for the whole set ignore semnum")
{
	unsigned short val[1] = { 7 };
	struct semid_ds ds = { .sem_nsems = 0 };
	union semun arg = { .array = val }, buf = { .buf = &ds };
	int id = make_set(1);

	EQUALS(of_none(id, SETALL, arg), 0);
	EQUALS(value(id, 0), 7);
	val[0] = 0;
	EQUALS(val[0], 0);
	EQUALS(of_none(id, GETALL, arg), 0);
	EQUALS(val[0], 7);
	EQUALS(of_none(id, IPC_STAT, buf), 0);
	EQUALS(ds.sem_perm.mode & 0777, 0600);
	ds.sem_perm.mode = 0640;
	EQUALS(of_none(id, IPC_SET, buf), 0);
	EQUALS(stat_of(id).sem_perm.mode & 0777, 0640);
	EQUALS(of_none(id, IPC_RMID, arg), 0);
	FAILS(value(id, 0), EINVAL);
}

CLAIM("1-291 1-293 1-300", "semctl() sets up, tells about and removes a set")
{
	struct semid_ds ds = { .sem_nsems = 0 };
	union semun val = { .val = 4 }, buf = { .buf = &ds };
	int id = make_set(1);

	EQUALS(semctl(id, 0, SETVAL, val), 0);
	EQUALS(op(id, 0, -4, IPC_NOWAIT), 0);	/* the 4 are there, */
	FAILS(op(id, 0, -1, IPC_NOWAIT), EAGAIN);	/* and no more */
	EQUALS(semctl(id, 0, IPC_STAT, buf), 0);
	EQUALS(ds.sem_nsems, 1);
	EQUALS(semctl(id, 0, IPC_RMID), 0);
	FAILS(semctl(id, 0, IPC_STAT, buf), EINVAL);
}

CLAIM("1-304 1-307", "semid_ds: sem_perm first; sem_nsems is unsigned long")
{
	int id = semget(own_key(85), 3, IPC_CREAT | IPC_EXCL | 0640);
	struct semid_ds ds = stat_of(id);

	EQUALS(offsetof(struct semid_ds, sem_perm), 0);
	EQUALS(ds.sem_perm.mode & 0777, 0640);
	EQUALS(ds.sem_perm.__key, own_key(85));
	EQUALS(ds.sem_perm.uid, geteuid());
	EQUALS(ds.sem_perm.cuid, geteuid());
	EQUALS(ds.sem_perm.gid, getegid());
	EQUALS(ds.sem_perm.cgid, getegid());
	EQUALS(sizeof ds.sem_nsems, sizeof(unsigned long));
	HOLDS(ds.sem_nsems - 4 > 0);		/* 3 - 4: it has no sign */
	EQUALS(ds.sem_nsems, 3);
	HOLDS(semctl(id, 0, IPC_RMID) == 0);
}

/* Times are whole seconds, so a new second must begin. The wait for it is
 * a semtimedop() that nobody will ever satisfy. */
CLAIM("1-305 1-306", "semop() sets sem_otime; SETVAL SETALL IPC_SET sem_ctime")
{
	enum { OP, FAILED, LOOK, VAL, ALL, SET, N };
	unsigned short zero = 0;
	union semun all = { .array = &zero }, buf;
	struct semid_ds before[N], after[N];
	struct timespec now, rest = { 0, 0 };
	int id[N];

	for (int i = 0; i < N; i++) {
		id[i] = make_set(1);
		before[i] = stat_of(id[i]);
		EQUALS(before[i].sem_otime, 0);
	}
	while (time(NULL) <= before[N - 1].sem_ctime) {
		HOLDS(clock_gettime(CLOCK_REALTIME, &now) == 0);
		rest.tv_nsec = 999999999 - now.tv_nsec;
		if (now.tv_sec > before[N - 1].sem_ctime)
			rest.tv_nsec = 1000000;	/* time() lags a little */
		FAILS(timed(id[LOOK], -1, &rest), EAGAIN);
	}

	EQUALS(op(id[OP], 0, 1, 0), 0);
	FAILS(op(id[FAILED], 0, -1, IPC_NOWAIT), EAGAIN);
	EQUALS(value(id[LOOK], 0), 0);
	EQUALS(set_value(id[VAL], 0, 0), 0);
	EQUALS(semctl(id[ALL], 0, SETALL, all), 0);
	buf.buf = &before[SET];
	EQUALS(semctl(id[SET], 0, IPC_SET, buf), 0);

	for (int i = 0; i < N; i++) {
		after[i] = stat_of(id[i]);
		EQUALS(after[i].sem_otime != 0, i == OP);
		EQUALS(after[i].sem_ctime != before[i].sem_ctime, i >= VAL);
	}
	HOLDS(after[OP].sem_otime > before[OP].sem_ctime);
}

CLAIM("0-015", "IPC_SET sets any of the nine bits, wider too, by the owner")
{
	int id = semget(IPC_PRIVATE, 1, 0400);
	struct semid_ds ds;
	union semun arg = { .buf = &ds };

	HOLDS(id != -1);
	drop_capabilities();
	FAILS(op(id, 0, 1, 0), EACCES);
	ds = stat_of(id);
	for (unsigned bit = 1; bit <= 0400; bit *= 2) {
		ds.sem_perm.mode = (mode_t)(0400 | bit);
		EQUALS(semctl(id, 0, IPC_SET, arg), 0);
		EQUALS(stat_of(id).sem_perm.mode & 0777, 0400 | bit);
	}
	ds.sem_perm.mode = 07777;		/* wider than at creation */
	EQUALS(semctl(id, 0, IPC_SET, arg), 0);
	EQUALS(stat_of(id).sem_perm.mode & 07777, 0777);
	EQUALS(op(id, 0, 1, 0), 0);
	ds.sem_perm.mode = 0;			/* without 0400, too */
	EQUALS(semctl(id, 0, IPC_SET, arg), 0);
	FAILS(semctl(id, 0, IPC_STAT, arg), EACCES);
}

CLAIM("L08-20", "EACCES: to change needs w, to look or wait for 0 needs r")
{
	int id = semget(IPC_PRIVATE, 1, 0400);
	int other = semget(IPC_PRIVATE, 1, 0200);

	HOLDS(id != -1 && other != -1);
	drop_capabilities();
	FAILS(op(id, 0, 1, 0), EACCES);
	FAILS(set_value(id, 0, 1), EACCES);
	EQUALS(op(id, 0, 0, 0), 0);
	EQUALS(value(id, 0), 0);
	EQUALS(op(other, 0, 1, 0), 0);
	EQUALS(set_value(other, 0, 0), 0);
	FAILS(value(other, 0), EACCES);
	FAILS(op(other, 0, 0, 0), EACCES);
	EQUALS(semctl(other, 0, IPC_RMID), 0);	/* the owner may, always */
}

CLAIM("0-015 L08-21", "EPERM: IPC_SET and IPC_RMID are for owner and creator")
{
	int id = make_set(1);
	struct semid_ds ds = stat_of(id);
	union semun arg = { .buf = &ds };

	ds.sem_perm.mode = 0666;
	EQUALS(semctl(id, 0, IPC_SET, arg), 0);
	if (fork() == 0) {
		become_another_user();
		FAILS(semctl(id, 0, IPC_SET, arg), EPERM);
		FAILS(semctl(id, 0, IPC_RMID), EPERM);
		EQUALS(op(id, 0, 1, 0), 0);	/* 0666 lets it use the set */
		_exit(0);
	}
	EQUALS(ends(-1), 0);
	ds.sem_perm.uid = 65534;		/* now the other one owns it */
	EQUALS(semctl(id, 0, IPC_SET, arg), 0);
	EQUALS(stat_of(id).sem_perm.uid, 65534);
	EQUALS(stat_of(id).sem_perm.cuid, geteuid());
	if (fork() == 0) {			/* the creator as such still */
		drop_capabilities();
		HOLDS(geteuid() != 65534);
		_exit(semctl(id, 0, IPC_SET, arg) != 0);
	}
	EQUALS(ends(-1), 0);
	if (fork() == 0) {
		become_another_user();
		EQUALS(semctl(id, 0, IPC_SET, arg), 0);
		_exit(semctl(id, 0, IPC_RMID) != 0);
	}
	EQUALS(ends(-1), 0);
	FAILS(semctl(id, 0, GETVAL), EINVAL);
	id = make_set(1);
	if (fork() == 0) {
		drop_capabilities();
		_exit(semctl(id, 0, IPC_RMID) != 0);
	}
	EQUALS(ends(-1), 0);
}

CLAIM("L08-22", "SEM_STAT takes an index, another number than the id, and "
      "returns the id")
{
	int id = make_set(2), found = 0, highest, index = -1;
	struct semid_ds ds;
	struct seminfo si;
	union semun buf = { .buf = &ds }, arg = { .__buf = &si };

	do {		/* until a place has another id than its index */
		HOLDS(semctl(id, 0, IPC_RMID) == 0);
		id = make_set(3);
	} while (id < 32768);
	highest = semctl(0, 0, SEM_INFO, arg);
	HOLDS(highest >= 0);
	EQUALS(semctl(0, 0, IPC_INFO, arg), highest);
	for (int i = 0; i <= highest; i++)
		if (semctl(i, 0, SEM_STAT, buf) == id) {
			found += ds.sem_nsems == 3;
			index = i;
		}
	EQUALS(found, 1);
	HOLDS(index != id);

	ds = stat_of(id);
	ds.sem_perm.mode = 0;
	EQUALS(semctl(id, 0, IPC_SET, buf), 0);
	drop_capabilities();
	FAILS(semctl(index, 0, SEM_STAT, buf), EACCES);
	if (semctl(index, 0, SEM_STAT_ANY, buf) == -1 && errno == EINVAL)
		SKIP("SEM_STAT_ANY needs Linux 4.17");
	EQUALS(semctl(index, 0, SEM_STAT_ANY, buf), id);
}

CLAIM("1-302 1-316 1-317 1-324 L08-23",
      "IPC_INFO tells the limits; with SEM_INFO two fields count what is used")
{
	struct seminfo si;

	enter_own_namespace();
	make_set(1);
	make_set(3);
	si = info(IPC_INFO);
	HOLDS(si.semmni == limit(SEMMNI) && si.semmns == limit(SEMMNS));
	HOLDS(si.semmsl == limit(SEMMSL) && si.semopm == limit(SEMOPM));
	HOLDS(si.semusz > 2 && si.semvmx == 32767 && si.semaem == 32767);
	EQUALS(info(SEM_INFO).semusz, 2);	/* sets */
	EQUALS(info(SEM_INFO).semaem, 4);	/* semaphores in them */
}

CLAIM("1-317 1-320 1-323 1-324",
      "semmap semmnu semume semusz stay, whatever limits you set: unused")
{
	struct seminfo was, is;

	enter_own_namespace();
	was = info(IPC_INFO);
	if (!set_limits("11 222 33 44"))
		SKIP("only root may change kernel.sem; run as root");
	is = info(IPC_INFO);
	HOLDS(is.semmsl == 11 && is.semmns == 222);
	HOLDS(is.semopm == 33 && is.semmni == 44);
	HOLDS(is.semmap == was.semmap && is.semmnu == was.semmnu);
	HOLDS(is.semume == was.semume && is.semusz == was.semusz);
	HOLDS(is.semvmx == was.semvmx && is.semaem == was.semaem);
}

/* --------------------------------------------- what the compiler says */

#define SEM "#include <sys/ipc.h>\n#include <sys/sem.h>\n"
#define UNION "union semun { int val; struct semid_ds *buf; " \
	      "unsigned short *array; struct seminfo *__buf; };\n"
#define STRICT "-std=c11 -D_XOPEN_SOURCE=700 -Wall -Werror"

#define ALL_CALLS							\
	"int f(void) { struct sembuf b = { 0, 1, SEM_UNDO };"		\
	"int id = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);"		\
	"return semop(id, &b, 1) + semctl(id, 0, GETVAL); }"

CLAIM("0-078 1-255", "<sys/ipc.h> and <sys/sem.h> are all it takes")
{
	HOLDS(compiles(STRICT, SEM ALL_CALLS));
	HOLDS(!compiles(STRICT, "#include <sys/ipc.h>\n" ALL_CALLS));
}

CLAIM("0-078 1-287 1-293 1-294 1-295 1-298",
      "union semun: undefined until the program defines it itself")
{
	HOLDS(!compiles("", SEM "union semun u;"));
	HOLDS(compiles("", SEM UNION "union semun u;"));
	HOLDS(!compiles("", SEM UNION "union semnum u;"));
	HOLDS(compiles(STRICT, SEM UNION "int f(int id) { union semun u ="
		       "{ .val = 1 }; return semctl(id, 0, SETVAL, u); }"));
}

CLAIM("1-296", "the printed guard compiles only because its first name is "
      "wrong, too: with that one alone put right it does not")
{
#define GUARD(a, b) \
	SEM "#if defined(" a ") && !" b "\n#else\n" UNION "#endif\n" \
	"union semun u;"
	HOLDS(compiles("", GUARD("__GNU__LIBRARY__",
				 "(_SEM_SEMUM_UNDEFIND)")));
	HOLDS(compiles("", GUARD("__GNU__LIBRARY__",
				 "(_SEM_SEMUN_UNDEFINED)")));
#define HALF_RIGHT GUARD("__GNU_LIBRARY__", "(_SEM_SEMUM_UNDEFIND)")
#ifdef __GLIBC__
	HOLDS(!compiles("", HALF_RIGHT));
	HOLDS(compiles("", UNION HALF_RIGHT));	/* the union is missing */
#endif
	HOLDS(compiles("", GUARD("__GNU_LIBRARY__",
				 "defined(_SEM_SEMUN_UNDEFINED)")));
}

CLAIM("1-297 1-303", "_SEM_SEMUN_UNDEFINED is always 1 today")
{
	EQUALS(_SEM_SEMUN_UNDEFINED, 1);
}

CLAIM("1-284", "there is IPC_NOWAIT, and no SEM_NOWAIT")
{
	HOLDS(compiles("", SEM "int i = IPC_NOWAIT;"));
	HOLDS(!compiles("", SEM "int i = SEM_NOWAIT;"));
}

#define TIMED "int f(void) { return semtimedop(0, 0, 0, 0); }"
#define POINTER(what)							\
	"int (*f)(int, struct sembuf *, size_t, " what			\
	" struct timespec *) = semtimedop;"

CLAIM("1-274", "semtimedop() needs _GNU_SOURCE, and takes a const timespec")
{
	HOLDS(!compiles("-Werror", SEM TIMED));
	HOLDS(compiles("-Werror -D_GNU_SOURCE", SEM TIMED));
	HOLDS(compiles("-Werror -D_GNU_SOURCE", SEM POINTER("const")));
	HOLDS(!compiles("-Werror -D_GNU_SOURCE", SEM POINTER("")));
}

CLAIM("1-316", "struct seminfo is Linux's own: not there in strict POSIX")
{
	HOLDS(compiles("", SEM "struct seminfo si;"));
	HOLDS(!compiles(STRICT, SEM "struct seminfo si;"));
}

/* ------------------------------------------------------ against POSIX */

/* Why the one is faster when nobody waits, and not when somebody does. */
CLAIM("0-026 0-021", "POSIX: no system call, unless it waits; System V: always")
{
	int id = make_set(1), n = 0;
	sem_t *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	HOLDS(s != MAP_FAILED && sem_init(s, 1, 0) == 0);
	if (fork() == 0) {
		forbid_system_calls();
		for (int i = 0; i < 1000000; i++)
			if (sem_post(s) || sem_wait(s) || sem_post(s))
				_exit(1);
		getppid();			/* the first one: it dies */
		_exit(0);
	}
	EQUALS(ends(-1), 128 + SIGSYS);
	HOLDS(sem_getvalue(s, &n) == 0 && n == 1000000);
	HOLDS(sem_init(s, 1, 0) == 0);
	if (fork() == 0) {
		forbid_system_calls();
		op(id, 0, 1, 0);
		_exit(0);
	}
	EQUALS(ends(-1), 128 + SIGSYS);
	if (fork() == 0) {
		forbid_system_calls();
		sem_wait(s);			/* it must sleep: futex(2) */
		_exit(0);
	}
	EQUALS(ends(-1), 128 + SIGSYS);
}

/* -------------------------------------------------- a peer not ours */

static pid_t perl(const char *script, int id)
{
	char arg[16];
	pid_t p = fork();

	if (p == 0) {
		snprintf(arg, sizeof arg, "%d", id);
		execlp("perl", "perl", "-e", script, arg, (char *)NULL);
		_exit(127);
	}
	return p;
}

CLAIM("L08-24", "perl's semop waits for ours, and ours gets what perl gives")
{
	int id = make_set(2), end, waits;
	pid_t p = perl("exit(semop($ARGV[0], pack('s!6', 0, -1, 0, 1, 7, 0))"
		       " ? 0 : 1)", id);

	do {				/* until it waits, or has ended */
		sched_yield();
		waits = semctl(id, 0, GETNCNT);
	} while (waits == 0 && is_asleep(p) != -1);
	EQUALS(op(id, 0, 1, 0), 0);
	end = ends(p);
	if (end == 127)
		SKIP("no perl here; apt-get install perl");
	EQUALS(waits, 1);
	EQUALS(end, 0);
	EQUALS(value(id, 1), 7);
	EQUALS(semctl(id, 1, GETPID), p);
}
