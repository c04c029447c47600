/*
 * claims - what the notes say about waiting for zero, executed
 *
 * Ids are rows of docs/claims.tsv; L09-.. are claims of this course. A proof
 * runs in a process of its own, with a deadline, so it may block or crash.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

union semun {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
};

static int make_set(int n)
{
	int id = semget(IPC_PRIVATE, n, 0600);

	HOLDS(id != -1);
	return id;
}

static int set_value(int id, int num, int value)
{
	return semctl(id, num, SETVAL, (union semun){ .val = value });
}

/* A set of one semaphore with that value. */
static int one_of(int value)
{
	int id = make_set(1);

	HOLDS(set_value(id, 0, value) == 0);
	return id;
}

static int value_of(int id, int num)
{
	return semctl(id, num, GETVAL);
}

static int semzcnt(int id, int num)
{
	return semctl(id, num, GETZCNT);
}

static int op(int id, int num, int n, int flags)
{
	struct sembuf sop = { (unsigned short)num, (short)n, (short)flags };

	return semop(id, &sop, 1);
}

/* Two operations, all or nothing. */
static int both(int id, int num1, int n1, int num2, int n2, int flags)
{
	struct sembuf sop[] = {
		{ (unsigned short)num1, (short)n1, (short)flags },
		{ (unsigned short)num2, (short)n2, (short)flags },
	};

	return semop(id, sop, 2);
}

/* The same with a limit in milliseconds. */
static int timed(int id, int num, int n, int ms)
{
	struct sembuf sop = { (unsigned short)num, (short)n, 0 };
	struct timespec limit = { ms / 1000, ms % 1000 * 1000000L };

	return semtimedop(id, &sop, 1, &limit);
}

/* Return when N sleep until semaphore NUM is zero. */
static void until_asleep(int id, int num, int n)
{
	while (semzcnt(id, num) != n)
		HOLDS(sched_yield() == 0);
}

/* A child that waits for zero and ends with 0, or with errno. */
static pid_t child_waits(int id, int num)
{
	pid_t pid = fork();

	HOLDS(pid != -1);
	if (pid == 0)
		_exit(op(id, num, 0, 0) == 0 ? 0 : errno);
	return pid;
}

/* The same, and it sleeps by now. */
static pid_t sleeper(int id, int num)
{
	int n = semzcnt(id, num);
	pid_t pid = child_waits(id, num);

	until_asleep(id, num, n + 1);
	return pid;
}

static void nothing(int sig)
{
	(void)sig;
}

/* ------------------------------------------------------- the operation */

CLAIM("1-327", "operation 0 on a semaphore that is 0 returns at once")
{
	int id = one_of(0);

	EQUALS(op(id, 0, 0, 0), 0);
	EQUALS(op(id, 0, 0, IPC_NOWAIT), 0);
	EQUALS(value_of(id, 0), 0);
}

CLAIM("1-327", "operation 0 adds nothing: on another value it sleeps")
{
	int id = one_of(2);
	pid_t waiter = child_waits(id, 0);

	HOLDS(blocks(waiter));
	EQUALS(value_of(id, 0), 2);
}

CLAIM("1-328 1-331", "it wakes when the value reaches 0, and not before")
{
	int id = one_of(2);
	pid_t waiter = sleeper(id, 0);

	EQUALS(op(id, 0, -1, 0), 0);
	EQUALS(semzcnt(id, 0), 1);
	HOLDS(blocks(waiter));
	EQUALS(op(id, 0, -1, 0), 0);
	EQUALS(semzcnt(id, 0), 0);
	EQUALS(ends(waiter), 0);
}

CLAIM("1-215 1-261", "GETZCNT tells semzcnt, the number waiting for zero")
{
	int id = one_of(1);

	EQUALS(semctl(id, 0, GETZCNT), 0);
	sleeper(id, 0);
	EQUALS(semctl(id, 0, GETZCNT), 1);
	sleeper(id, 0);
	EQUALS(semctl(id, 0, GETZCNT), 2);
	EQUALS(op(id, 0, -1, 0), 0);
	EQUALS(semctl(id, 0, GETZCNT), 0);
}

CLAIM("L09-01", "who waits for zero counts in semzcnt, not in semncnt")
{
	int id = make_set(2);
	pid_t taker;

	HOLDS(set_value(id, 0, 1) == 0);
	sleeper(id, 0);
	EQUALS(semctl(id, 0, GETZCNT), 1);
	EQUALS(semctl(id, 0, GETNCNT), 0);
	taker = fork();
	if (taker == 0)
		_exit(op(id, 1, -1, 0) == -1);
	HOLDS(blocks(taker));
	EQUALS(semctl(id, 1, GETNCNT), 1);
	EQUALS(semctl(id, 1, GETZCNT), 0);
}

CLAIM("4-068", "System V: wait for any amount, or for zero")
{
	int id = one_of(4);
	pid_t five = fork(), zero;

	if (five == 0)
		_exit(op(id, 0, -5, 0) == -1);
	HOLDS(blocks(five));
	zero = sleeper(id, 0);
	EQUALS(op(id, 0, 1, 0), 0);		/* 5: taken, and so 0 */
	EQUALS(ends(five) + ends(zero), 0);
	EQUALS(value_of(id, 0), 0);
}

CLAIM("4-068", "POSIX: wait for more than 0, and take exactly 1")
{
	sem_t sem;
	int value;

	EQUALS(sem_init(&sem, 0, 0), 0);
	FAILS(sem_trywait(&sem), EAGAIN);
	EQUALS(sem_post(&sem) + sem_post(&sem), 0);
	EQUALS(sem_trywait(&sem), 0);
	EQUALS(sem_getvalue(&sem, &value), 0);
	EQUALS(value, 1);
}

CLAIM("L09-02", "the wait takes nothing: one zero releases all sleepers")
{
	int id = one_of(1);
	pid_t waiter[3];

	for (int i = 0; i < 3; i++)
		waiter[i] = sleeper(id, 0);
	EQUALS(op(id, 0, -1, 0), 0);
	EQUALS(semzcnt(id, 0), 0);
	for (int i = 0; i < 3; i++)
		EQUALS(ends(waiter[i]), 0);
	EQUALS(value_of(id, 0), 0);
}

CLAIM("L09-03", "a wait for zero that succeeds sets sempid and sem_otime")
{
	struct semid_ds ds = { 0 };
	union semun arg = { .buf = &ds };
	int id = make_set(1);

	EQUALS(semctl(id, 0, IPC_STAT, arg), 0);
	EQUALS(ds.sem_otime, 0);
	EQUALS(semctl(id, 0, GETPID), 0);
	EQUALS(op(id, 0, 0, 0), 0);
	EQUALS(semctl(id, 0, GETPID), getpid());
	EQUALS(semctl(id, 0, IPC_STAT, arg), 0);
	HOLDS(ds.sem_otime != 0);
}

CLAIM("L09-30", "operation 0 with SEM_UNDO leaves nothing to undo")
{
	const short undo = SEM_UNDO;
	int id = make_set(2), go[2];
	pid_t waiter;
	char c;

	HOLDS(pipe(go) == 0);
	waiter = fork();
	if (waiter == 0) {
		HOLDS(op(id, 0, 0, undo) == 0);
		HOLDS(op(id, 1, 1, undo) == 0);
		_exit(read(go[0], &c, 1) != 1);
	}
	HOLDS(blocks(waiter));
	EQUALS(semctl(id, 0, GETPID), waiter);
	EQUALS(value_of(id, 1), 1);
	EQUALS(op(id, 0, 3, 0), 0);
	HOLDS(write(go[1], "x", 1) == 1);
	EQUALS(ends(waiter), 0);
	EQUALS(value_of(id, 0), 3);
	EQUALS(value_of(id, 1), 0);		/* operation 1 was undone */
}

/* ------------------------------------------------- ending 1: the zero */

CLAIM("1-209", "SETVAL sets any value at any time, up to 32767, or ERANGE")
{
	int id = make_set(3);

	EQUALS(set_value(id, 2, 5), 0);
	EQUALS(op(id, 2, -1, 0), 0);
	EQUALS(set_value(id, 2, 32767), 0);
	EQUALS(value_of(id, 2), 32767);
	FAILS(set_value(id, 2, 32768), ERANGE);
	FAILS(set_value(id, 2, -1), ERANGE);
	EQUALS(value_of(id, 0) + value_of(id, 1), 0);
	FAILS(set_value(id, 3, 1), EINVAL);
}

CLAIM("1-209 4-068", "SETVAL 0 wakes who waits for zero")
{
	int id = one_of(7);
	pid_t waiter = sleeper(id, 0);

	EQUALS(set_value(id, 0, 0), 0);
	EQUALS(semzcnt(id, 0), 0);
	EQUALS(ends(waiter), 0);
}

CLAIM("1-209", "SETVAL forgets what SEM_UNDO of that semaphore would undo")
{
	const short undo = SEM_UNDO;
	int id = make_set(2), go[2];
	pid_t worker;
	char c;

	HOLDS(pipe(go) == 0);
	worker = fork();
	if (worker == 0) {
		HOLDS(op(id, 0, 1, undo) == 0);
		HOLDS(op(id, 1, 1, undo) == 0);
		_exit(read(go[0], &c, 1) != 1);
	}
	HOLDS(blocks(worker));
	HOLDS(value_of(id, 0) == 1 && value_of(id, 1) == 1);
	EQUALS(set_value(id, 0, 5), 0);
	HOLDS(write(go[1], "x", 1) == 1);
	EQUALS(ends(worker), 0);
	EQUALS(value_of(id, 0), 5);		/* not 4 */
	EQUALS(value_of(id, 1), 0);		/* this one was undone */
}

CLAIM("L09-04", "SETALL wakes too")
{
	int id = make_set(2);
	unsigned short values[] = { 3, 0 };
	pid_t waiter;

	HOLDS(set_value(id, 1, 9) == 0);
	waiter = sleeper(id, 1);
	EQUALS(semctl(id, 0, SETALL, (union semun){ .array = values }), 0);
	EQUALS(ends(waiter), 0);
}

static pid_t worker_inside(int id, int go)
{
	pid_t pid = fork();
	char c;

	if (pid == 0) {
		HOLDS(op(id, 0, 1, SEM_UNDO) == 0);
		_exit(read(go, &c, 1) != 1);
	}
	return pid;
}

CLAIM("L09-05", "the undo of a killed worker drains the counter and wakes")
{
	int id = make_set(1), go[2];
	pid_t first, second, monitor;

	HOLDS(pipe(go) == 0);
	first = worker_inside(id, go[0]);
	second = worker_inside(id, go[0]);
	HOLDS(blocks(first) && blocks(second));
	EQUALS(value_of(id, 0), 2);
	monitor = sleeper(id, 0);

	HOLDS(kill(first, SIGKILL) == 0);
	EQUALS(ends(first), 128 + SIGKILL);
	HOLDS(blocks(monitor));
	HOLDS(write(go[1], "x", 1) == 1);
	EQUALS(ends(second), 0);
	EQUALS(ends(monitor), 0);
}

CLAIM("L09-06", "-1 and +1 in one semop() show no zero: it sleeps on")
{
	int id = one_of(1);
	pid_t waiter = sleeper(id, 0);

	EQUALS(both(id, 0, -1, 0, 1, 0), 0);
	EQUALS(semzcnt(id, 0), 1);
	HOLDS(blocks(waiter));
}

CLAIM("L09-07", "a sleeper is released by the zero: +1 right after is late")
{
	int id = one_of(1);

	for (int i = 0; i < 20; i++) {
		pid_t waiter = sleeper(id, 0);

		HOLDS(op(id, 0, -1, 0) == 0 && op(id, 0, 1, 0) == 0);
		EQUALS(semzcnt(id, 0), 0);
		EQUALS(ends(waiter), 0);
	}
	FAILS(op(id, 0, 0, IPC_NOWAIT), EAGAIN);	/* who comes now */
}

CLAIM("L09-08", "+1 before -1: jobs that overlap never show a zero")
{
	int id = one_of(1);
	pid_t monitor = sleeper(id, 0);

	for (int job = 0; job < 100; job++) {
		HOLDS(op(id, 0, 1, 0) == 0);
		HOLDS(op(id, 0, -1, 0) == 0);
	}
	EQUALS(semzcnt(id, 0), 1);
	HOLDS(blocks(monitor));
}

/* -------------------------------------------------- ending 2: a signal */

CLAIM("L09-09", "a caught signal: EINTR, and SA_RESTART does not help")
{
	static const int flags[] = { 0, (int)SA_RESTART };
	int id = one_of(1);

	for (size_t i = 0; i < 2; i++) {
		struct sigaction act = { .sa_handler = nothing,
					 .sa_flags = flags[i] };
		pid_t waiter;

		HOLDS(sigaction(SIGUSR1, &act, NULL) == 0);
		EQUALS(has_restart(SIGUSR1), i == 1);
		waiter = sleeper(id, 0);
		HOLDS(kill(waiter, SIGUSR1) == 0);
		EQUALS(ends(waiter), EINTR);
		EQUALS(semzcnt(id, 0), 0);
		EQUALS(value_of(id, 0), 1);
	}
}

/* Does SIG stand in SET of PID, a line of /proc/PID/status? */
static int has_signal(pid_t pid, const char *set, int sig)
{
	char path[32], line[128];
	unsigned long long bits = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	HOLDS(f != NULL);
	do
		HOLDS(fgets(line, sizeof line, f) != NULL);
	while (strncmp(line, set, strlen(set)) != 0);
	fclose(f);
	HOLDS(sscanf(line + strlen(set), ": %llx", &bits) == 1);
	return (int)(bits >> (sig - 1) & 1);
}

CLAIM("L09-10", "an ignored or a blocked signal does not end the wait")
{
	int id = one_of(1);
	sigset_t usr2;
	pid_t waiter;

	HOLDS(signal(SIGUSR1, SIG_IGN) != SIG_ERR);
	HOLDS(signal(SIGUSR2, nothing) != SIG_ERR);
	HOLDS(sigemptyset(&usr2) == 0 && sigaddset(&usr2, SIGUSR2) == 0);
	HOLDS(sigprocmask(SIG_BLOCK, &usr2, NULL) == 0);
	waiter = sleeper(id, 0);
	HOLDS(kill(waiter, SIGUSR1) == 0 && kill(waiter, SIGUSR2) == 0);
	HOLDS(kill(waiter, SIGCHLD) == 0);	/* ignored by default */
	EQUALS(has_signal(waiter, "SigIgn", SIGUSR1), 1);
	EQUALS(has_signal(waiter, "ShdPnd", SIGUSR2), 1);	/* it waits */
	HOLDS(blocks(waiter));
	EQUALS(semzcnt(id, 0), 1);
	EQUALS(op(id, 0, -1, 0), 0);
	EQUALS(ends(waiter), 0);
}

/* A stopped process waits no more: what it misses, it misses. */
CLAIM("L09-11", "SIGSTOP and SIGCONT: EINTR, without any handler")
{
	int id = one_of(1), status;
	pid_t waiter = sleeper(id, 0);

	HOLDS(kill(waiter, SIGSTOP) == 0);
	EQUALS(waitpid(waiter, &status, WUNTRACED), waiter);
	HOLDS(WIFSTOPPED(status));
	EQUALS(semzcnt(id, 0), 0);
	EQUALS(op(id, 0, -1, 0), 0);		/* zero, and nobody waits */
	HOLDS(kill(waiter, SIGCONT) == 0);
	EQUALS(ends(waiter), EINTR);
}

CLAIM("L09-12", "a debugger that attaches ends the wait too: EINTR")
{
	int id = one_of(1), status;
	pid_t waiter = sleeper(id, 0);

	if (ptrace(PTRACE_SEIZE, waiter, 0, 0) == -1)
		SKIP("this process may not trace its child (%s); see "
		     "/proc/sys/kernel/yama/ptrace_scope, or run it outside "
		     "the container", errno_name(errno));
	HOLDS(ptrace(PTRACE_INTERRUPT, waiter, 0, 0) == 0);
	EQUALS(waitpid(waiter, &status, 0), waiter);
	HOLDS(WIFSTOPPED(status));
	HOLDS(ptrace(PTRACE_DETACH, waiter, 0, 0) == 0);
	EQUALS(ends(waiter), EINTR);
}

/* Its death is nobody's zero: nothing is changed, nobody is told. */
CLAIM("1-339 L09-13", "a waiter that is killed counts no more in semzcnt")
{
	int id = one_of(1);
	pid_t waiter = sleeper(id, 0), other = sleeper(id, 0);

	EQUALS(semzcnt(id, 0), 2);
	HOLDS(kill(waiter, SIGKILL) == 0);
	EQUALS(ends(waiter), 128 + SIGKILL);
	EQUALS(semzcnt(id, 0), 1);
	EQUALS(value_of(id, 0), 1);
	HOLDS(blocks(other));
}

/* ------------------------------------- ending 3: the set is removed */

CLAIM("1-335 1-336", "IPC_RMID ends every wait on the set: EIDRM")
{
	int id = make_set(2);
	pid_t first, second;

	HOLDS(set_value(id, 0, 1) == 0 && set_value(id, 1, 1) == 0);
	first = sleeper(id, 0);
	second = sleeper(id, 1);
	EQUALS(semctl(id, 0, IPC_RMID), 0);
	EQUALS(ends(first), EIDRM);
	EQUALS(ends(second), EIDRM);
}

CLAIM("1-336 L09-14", "only a sleeper sees EIDRM: later calls get EINVAL")
{
	int id = one_of(1);

	EQUALS(semctl(id, 0, IPC_RMID), 0);
	FAILS(op(id, 0, 0, 0), EINVAL);
	FAILS(timed(id, 0, 0, 10), EINVAL);
	FAILS(semctl(id, 0, GETZCNT), EINVAL);
	FAILS(semctl(id, 0, GETVAL), EINVAL);
	FAILS(semctl(id, 0, IPC_RMID), EINVAL);
}

/* -------------------------------------------- ending 4: time is over */

static long long now_ns(void)
{
	struct timespec t;

	HOLDS(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

CLAIM("1-337 1-338", "semtimedop() gives up with EAGAIN, and not too early; "
      "before Linux 6.1 at most a tick of the clock too early")
{
	int id = one_of(1);
	long long start = now_ns();

	FAILS(timed(id, 0, 0, 20), EAGAIN);
	HOLDS(now_ns() - start >= 20000000 - early_ns());
	EQUALS(semzcnt(id, 0), 0);
	EQUALS(value_of(id, 0), 1);
}

/* Time may run out unseen, so the child goes on until it has been seen. */
CLAIM("1-338", "while it waits with a limit it counts in semzcnt")
{
	int id = make_set(2);
	pid_t waiter;

	HOLDS(set_value(id, 0, 1) == 0);
	waiter = fork();
	if (waiter == 0) {
		do
			FAILS(timed(id, 0, 0, 5), EAGAIN);
		while (value_of(id, 1) == 0);
		_exit(0);
	}
	until_asleep(id, 0, 1);
	EQUALS(set_value(id, 1, 1), 0);
	EQUALS(ends(waiter), 0);
	EQUALS(semzcnt(id, 0), 0);
}

CLAIM("1-337", "semop() has no limit, nor has semtimedop() with NULL")
{
	struct sembuf zero = { 0, 0, 0 };
	int id = one_of(1);
	pid_t plain = sleeper(id, 0), null = fork();

	if (null == 0)
		_exit(semtimedop(id, &zero, 1, NULL) == -1);
	until_asleep(id, 0, 2);
	HOLDS(blocks(plain) && blocks(null));
	EQUALS(op(id, 0, -1, 0), 0);
	EQUALS(ends(plain) + ends(null), 0);
}

CLAIM("1-338 1-339 L09-15", "IPC_NOWAIT gives EAGAIN too, at once")
{
	int id = one_of(1);

	FAILS(op(id, 0, 0, IPC_NOWAIT), EAGAIN);
	FAILS(timed(id, 0, 0, 0), EAGAIN);	/* a limit of 0 */
	EQUALS(op(id, 0, -1, 0), 0);
	EQUALS(timed(id, 0, 0, 0), 0);
}

CLAIM("L09-16", "the limit is a duration; a bad one is EINVAL")
{
	struct timespec bad[] = { { 0, 1000000000 }, { 0, -1 }, { -1, 0 } };
	const struct timespec limit = { .tv_nsec = 50 * 1000 * 1000 };
	struct timespec begin, end;
	struct sembuf zero = { 0, 0, 0 };
	int id = one_of(0);
	long waited;

	for (size_t i = 0; i < 3; i++)
		FAILS(semtimedop(id, &zero, 1, &bad[i]), EINVAL);

	/* A point in time this early has passed: it would return at once. */
	HOLDS(set_value(id, 0, 1) == 0);
	HOLDS(clock_gettime(CLOCK_MONOTONIC, &begin) == 0);
	FAILS(semtimedop(id, &zero, 1, &limit), EAGAIN);
	HOLDS(clock_gettime(CLOCK_MONOTONIC, &end) == 0);
	waited = (end.tv_sec - begin.tv_sec) * 1000 +
		 (end.tv_nsec - begin.tv_nsec) / 1000000;
	HOLDS(waited >= 20);		/* of 50: the clock ticks coarsely */
}

/* Whoever goes on after EINTR waits the whole time again. */
CLAIM("L09-17", "after EINTR nobody tells how much of the time is left")
{
	struct sembuf zero = { 0, 0, 0 };
	struct timespec limit = { 3600, 0 };
	int id = one_of(1);
	pid_t waiter = fork();

	if (waiter == 0) {
		HOLDS(signal(SIGUSR1, nothing) != SIG_ERR);
		FAILS(semtimedop(id, &zero, 1, &limit), EINTR);
		_exit(limit.tv_sec != 3600 || limit.tv_nsec != 0);
	}
	until_asleep(id, 0, 1);
	HOLDS(kill(waiter, SIGUSR1) == 0);
	EQUALS(ends(waiter), 0);
}

CLAIM("1-339", "four ways to return from the wait: 0, EINTR, EIDRM, EAGAIN")
{
	int id = one_of(1);
	pid_t waiter;

	FAILS(timed(id, 0, 0, 1), EAGAIN);

	HOLDS(signal(SIGUSR1, nothing) != SIG_ERR);
	waiter = sleeper(id, 0);
	HOLDS(kill(waiter, SIGUSR1) == 0 && ends(waiter) == EINTR);

	waiter = sleeper(id, 0);
	HOLDS(op(id, 0, -1, 0) == 0 && ends(waiter) == 0);

	HOLDS(op(id, 0, 1, 0) == 0);
	waiter = sleeper(id, 0);
	HOLDS(semctl(id, 0, IPC_RMID) == 0 && ends(waiter) == EIDRM);
}

/* ------------------------------------------------------- what it makes */

CLAIM("1-329 L09-18", "{0, +1} in one semop() is a lock, free at 0")
{
	int id = make_set(1);
	pid_t first, second;

	EQUALS(both(id, 0, 0, 0, 1, IPC_NOWAIT), 0);
	FAILS(both(id, 0, 0, 0, 1, IPC_NOWAIT), EAGAIN);
	first = fork();
	if (first == 0)
		_exit(both(id, 0, 0, 0, 1, 0) == -1);
	second = fork();
	if (second == 0)
		_exit(both(id, 0, 0, 0, 1, 0) == -1);
	until_asleep(id, 0, 2);
	EQUALS(op(id, 0, -1, 0), 0);		/* unlock: one gets in, */
	EQUALS(ends(-1), 0);
	EQUALS(value_of(id, 0), 1);
	EQUALS(semzcnt(id, 0), 1);		/* the other one sleeps */
}

CLAIM("L09-19", "with SEM_UNDO that lock is free when its holder is killed")
{
	int id = make_set(1), never[2];
	pid_t holder, next;
	char c;

	HOLDS(pipe(never) == 0);
	holder = fork();
	if (holder == 0) {
		HOLDS(both(id, 0, 0, 0, 1, SEM_UNDO) == 0);
		_exit(read(never[0], &c, 1) != 1);
	}
	HOLDS(blocks(holder));
	next = fork();
	if (next == 0)
		_exit(both(id, 0, 0, 0, 1, SEM_UNDO) == -1);
	until_asleep(id, 0, 1);
	HOLDS(kill(holder, SIGKILL) == 0);
	EQUALS(ends(next), 0);
}

CLAIM("1-330 L09-20", "to wait for zero, read permission is enough")
{
	struct semid_ds ds = { .sem_perm = { .mode = 0400 } };
	union semun arg = { .buf = &ds };
	pid_t waiter;
	int id;

	become_ordinary_user();	/* root may do all */
	ds.sem_perm.uid = geteuid();
	ds.sem_perm.gid = getegid();
	id = one_of(1);
	EQUALS(semctl(id, 0, IPC_SET, arg), 0);	/* now only read */

	waiter = sleeper(id, 0);		/* GETZCNT: read */
	FAILS(op(id, 0, -1, 0), EACCES);	/* alter */
	FAILS(op(id, 0, 1, 0), EACCES);
	FAILS(set_value(id, 0, 0), EACCES);
	ds.sem_perm.mode = 0600;
	EQUALS(semctl(id, 0, IPC_SET, arg), 0);	/* an owner may always */
	EQUALS(op(id, 0, -1, 0), 0);
	EQUALS(ends(waiter), 0);
	EQUALS(semctl(id, 0, IPC_RMID), 0);
}

CLAIM("1-330 L09-20", "without read permission: EACCES")
{
	struct semid_ds ds = { .sem_perm = { .mode = 0200 } };
	union semun arg = { .buf = &ds };
	int id;

	become_ordinary_user();	/* root may do all */
	ds.sem_perm.uid = geteuid();
	ds.sem_perm.gid = getegid();
	id = one_of(0);
	EQUALS(semctl(id, 0, IPC_SET, arg), 0);
	FAILS(op(id, 0, 0, 0), EACCES);
	EQUALS(op(id, 0, 1, 0), 0);
	EQUALS(semctl(id, 0, IPC_RMID), 0);
}

CLAIM("1-330 L09-21", "a barrier: -1, then wait for zero; all go together")
{
	int id = one_of(3);
	pid_t party[3];

	for (int i = 0; i < 3; i++) {
		party[i] = fork();
		if (party[i] == 0)
			_exit(op(id, 0, -1, 0) == -1 ||
			      op(id, 0, 0, 0) == -1);
		if (i == 2)
			continue;		/* the last does not sleep */
		until_asleep(id, 0, i + 1);
		EQUALS(value_of(id, 0), 2 - i);
	}
	for (int i = 0; i < 3; i++)
		EQUALS(ends(party[i]), 0);
}

CLAIM("L09-22", "-1 and wait for zero in one semop() is no barrier")
{
	int id = one_of(2);
	pid_t a = fork(), b;

	if (a == 0)
		_exit(both(id, 0, -1, 0, 0, 0) == -1);
	b = fork();
	if (b == 0)
		_exit(both(id, 0, -1, 0, 0, 0) == -1);
	HOLDS(blocks(a) && blocks(b));
	EQUALS(value_of(id, 0), 2);		/* nobody has arrived */
}

/* Who is between its -1 and its wait finds a value that rose again. */
CLAIM("L09-23", "a barrier whose arrivals have SEM_UNDO shuts behind some")
{
	int id = one_of(2);
	pid_t fast = fork();

	if (fast == 0)
		_exit(op(id, 0, -1, SEM_UNDO) == -1 || op(id, 0, 0, 0) == -1);
	until_asleep(id, 0, 1);
	EQUALS(op(id, 0, -1, 0), 0);		/* we are the last: zero */
	EQUALS(ends(fast), 0);			/* goes, and is undone */
	EQUALS(value_of(id, 0), 1);
	FAILS(op(id, 0, 0, IPC_NOWAIT), EAGAIN);	/* we stay behind */
}

/* The parent plays the slow one, step by step. */
CLAIM("L09-24", "naive reuse: the fast one passes twice, the slow one never")
{
	int id = one_of(2);
	pid_t fast = fork();

	if (fast == 0) {
		for (int round = 0; round < 2; round++) {
			HOLDS(op(id, 0, -1, 0) == 0);
			HOLDS(op(id, 0, 0, 0) == 0);
			HOLDS(op(id, 0, 1, 0) == 0);	/* for next time */
		}
		_exit(0);
	}
	until_asleep(id, 0, 1);
	EQUALS(op(id, 0, -1, 0), 0);		/* the slow one arrives */
	EQUALS(ends(fast), 0);			/* two rounds on */
	FAILS(op(id, 0, 0, IPC_NOWAIT), EAGAIN);
	EQUALS(value_of(id, 0), 1);
}

/* Round R counts down semaphore R % N and rearms another one. */
static int arrive(int id, int round, int n)
{
	return both(id, round % n, -1, (round + 1) % n, 1, 0);
}

CLAIM("L09-25", "two semaphores by turns: the slow one misses the zero")
{
	int id = make_set(2);
	pid_t fast;

	HOLDS(set_value(id, 0, 2) == 0);
	fast = fork();
	if (fast == 0) {
		for (int round = 0; round < 2; round++) {
			HOLDS(arrive(id, round, 2) == 0);
			HOLDS(op(id, round % 2, 0, 0) == 0);
		}
		_exit(0);
	}
	until_asleep(id, 0, 1);
	EQUALS(arrive(id, 0, 2), 0);		/* zero: fast goes on, */
	until_asleep(id, 1, 1);			/* arrives in round 1 */
	FAILS(op(id, 0, 0, IPC_NOWAIT), EAGAIN);	/* and both wait */
	HOLDS(blocks(fast));
}

CLAIM("L09-26", "three by turns: the zero stays until all have passed it")
{
	int id = make_set(3);
	pid_t fast;

	HOLDS(set_value(id, 0, 2) == 0);
	fast = fork();
	if (fast == 0) {
		for (int round = 0; round < 2; round++) {
			HOLDS(arrive(id, round, 3) == 0);
			HOLDS(op(id, round % 3, 0, 0) == 0);
		}
		_exit(0);
	}
	until_asleep(id, 0, 1);
	EQUALS(arrive(id, 0, 3), 0);
	until_asleep(id, 1, 1);			/* it waits for us, */
	EQUALS(op(id, 0, 0, IPC_NOWAIT), 0);	/* and we miss nothing */
	EQUALS(arrive(id, 1, 3), 0);
	EQUALS(op(id, 1, 0, IPC_NOWAIT), 0);
	EQUALS(ends(fast), 0);
}

CLAIM("L09-26", "three by turns: 4 processes, 200 rounds, always together")
{
	enum { PARTY = 4, ROUNDS = 200 };
	int *at = mmap(NULL, PARTY * sizeof *at, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int id = make_set(3);

	HOLDS(at != MAP_FAILED && set_value(id, 0, PARTY) == 0);
	for (int me = 0; me < PARTY; me++) {
		if (fork() != 0)
			continue;
		for (int r = 0; r < ROUNDS; r++) {
			__atomic_store_n(&at[me], r + 1, __ATOMIC_SEQ_CST);
			HOLDS(arrive(id, r, 3) == 0);
			HOLDS(op(id, r % 3, 0, 0) == 0);
			/* None is behind. */
			for (int i = 0; i < PARTY; i++)
				HOLDS(__atomic_load_n(&at[i],
						      __ATOMIC_SEQ_CST) > r);
		}
		_exit(0);
	}
	for (int i = 0; i < PARTY; i++)
		EQUALS(ends(-1), 0);
}

/* Between the rounds the value is 2, so that adding 3 would not do. */
CLAIM("L09-31", "SETVAL rearms a barrier, whatever its value, once all of its "
      "party have gone")
{
	int id = make_set(1);

	for (int round = 0; round < 3; round++) {
		EQUALS(set_value(id, 0, 3), 0);
		for (int i = 0; i < 3; i++) {
			pid_t walker = fork();

			if (walker == 0)
				_exit(op(id, 0, -1, 0) == -1 ||
				      op(id, 0, 0, 0) == -1);
			if (i < 2)		/* the last does not sleep */
				until_asleep(id, 0, i + 1);
		}
		for (int i = 0; i < 3; i++)
			EQUALS(ends(-1), 0);
		EQUALS(value_of(id, 0), 0);
		EQUALS(op(id, 0, 2, 0), 0);
	}
}

CLAIM("L09-32", "pthread_barrier_t with PTHREAD_PROCESS_SHARED: a barrier of "
      "processes, for any number of rounds; one of them is told that it is "
      "the one")
{
	enum { PARTY = 3, ROUNDS = 50 };
	struct meeting {
		pthread_barrier_t barrier;
		int arrived;
		int chosen;
	} *m = mmap(NULL, sizeof *m, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_barrierattr_t attr;

	HOLDS(m != MAP_FAILED);
	EQUALS(pthread_barrierattr_init(&attr), 0);
	EQUALS(pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED),
	       0);
	EQUALS(pthread_barrier_init(&m->barrier, &attr, PARTY), 0);
	for (int i = 0; i < PARTY; i++) {
		pid_t walker = fork();

		HOLDS(walker != -1);
		for (int r = 0; walker == 0 && r < ROUNDS; r++) {
			__atomic_add_fetch(&m->arrived, 1, __ATOMIC_SEQ_CST);
			if (pthread_barrier_wait(&m->barrier) ==
			    PTHREAD_BARRIER_SERIAL_THREAD)
				__atomic_add_fetch(&m->chosen, 1,
						   __ATOMIC_SEQ_CST);
			HOLDS(__atomic_load_n(&m->arrived, __ATOMIC_SEQ_CST) >=
			      (r + 1) * PARTY);
		}
		if (walker == 0)
			_exit(0);
	}
	for (int i = 0; i < PARTY; i++)
		EQUALS(ends(-1), 0);
	EQUALS(m->arrived, PARTY * ROUNDS);
	EQUALS(m->chosen, ROUNDS);
}

CLAIM("L09-33", "who waits at a barrier with a time limit learns how many are "
      "missing")
{
	int id = one_of(3);

	EQUALS(op(id, 0, -1, 0), 0);
	FAILS(timed(id, 0, 0, 20), EAGAIN);
	EQUALS(value_of(id, 0), 2);
}

CLAIM("L09-27", "two zeros in one semop(): both at the same moment")
{
	int id = make_set(2);
	pid_t waiter;

	HOLDS(set_value(id, 0, 1) == 0 && set_value(id, 1, 1) == 0);
	waiter = fork();
	if (waiter == 0)
		_exit(both(id, 0, 0, 1, 0, 0) == -1);
	until_asleep(id, 0, 1);
	EQUALS(op(id, 0, -1, 0), 0);		/* 0 and 1 */
	HOLDS(blocks(waiter));
	EQUALS(op(id, 0, 1, 0), 0);
	EQUALS(op(id, 1, -1, 0), 0);		/* 1 and 0 */
	HOLDS(blocks(waiter));
	EQUALS(op(id, 0, -1, 0), 0);
	EQUALS(ends(waiter), 0);
}

CLAIM("L09-29", "{0} here, {-1, +1} there: waits for both, changes nothing")
{
	struct sembuf sop[] = { { 0, 0, 0 }, { 1, -1, 0 }, { 1, 1, 0 } };
	int id = make_set(2);
	pid_t waiter;

	HOLDS(set_value(id, 0, 1) == 0);
	waiter = fork();
	if (waiter == 0)
		_exit(semop(id, sop, 3) == -1);
	until_asleep(id, 0, 1);
	EQUALS(op(id, 0, -1, 0), 0);
	EQUALS(semctl(id, 1, GETNCNT), 1);	/* still nobody inside */
	HOLDS(blocks(waiter));
	EQUALS(op(id, 1, 1, 0), 0);
	EQUALS(ends(waiter), 0);
	EQUALS(value_of(id, 0), 0);
	EQUALS(value_of(id, 1), 1);
}

CLAIM("L09-28", "a sleeper counts where it is stuck: at its first obstacle")
{
	int id = make_set(2);
	pid_t waiter;

	HOLDS(set_value(id, 0, 1) == 0 && set_value(id, 1, 1) == 0);
	waiter = fork();
	if (waiter == 0)
		_exit(both(id, 0, 0, 1, 0, 0) == -1);
	until_asleep(id, 0, 1);
	EQUALS(semzcnt(id, 1), 0);
	EQUALS(op(id, 0, -1, 0), 0);
	EQUALS(semzcnt(id, 0), 0);
	EQUALS(semzcnt(id, 1), 1);
}
