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
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/syscall.h>
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

/* A wait for zero at semaphore 0, with LIMIT, or with none if it is NULL. */
static int zero_within(int id, const struct timespec *limit)
{
	struct sembuf sop = { 0, 0, 0 };

	return semtimedop(id, &sop, 1, limit);
}

/* Return when N sleep until semaphore NUM is zero. */
static void until_asleep(int id, int num, int n)
{
	while (semzcnt(id, num) != n)
		HOLDS(sched_yield() == 0);
}

/* A child that does this operation and ends with 0, or with errno. */
static pid_t child_op(int id, int num, int n, int flags)
{
	pid_t pid = fork();

	HOLDS(pid != -1);
	if (pid == 0)
		_exit(op(id, num, n, flags) == 0 ? 0 : errno);
	return pid;
}

/* The same, and it sleeps by now. */
static pid_t sleeper(int id, int num)
{
	int n = semzcnt(id, num);
	pid_t pid = child_op(id, num, 0, 0);

	until_asleep(id, num, n + 1);
	return pid;
}

static volatile sig_atomic_t caught;

static void count(int sig)
{
	(void)sig;
	caught++;
}

/* The process whose operation on semaphore NUM was the last to succeed. */
static pid_t last_at(int id, int num)
{
	return semctl(id, num, GETPID);
}

/* ------------------------------------------------------- the operation */

CLAIM("1-327", "operation 0 on a semaphore that is 0 returns at once")
{
	int id = one_of(0);
	pid_t child = child_op(id, 0, 0, 0);

	EQUALS(ends(child), 0);
	EQUALS(last_at(id, 0), child);
	EQUALS(op(id, 0, 0, IPC_NOWAIT), 0);	/* it need not sleep */
	EQUALS(last_at(id, 0), getpid());
	EQUALS(value_of(id, 0), 0);
	EQUALS(op(id, 0, 1, 0), 0);
	FAILS(op(id, 0, 0, IPC_NOWAIT), EAGAIN);	/* here it would */
}

CLAIM("1-327", "operation 0 adds nothing: on another value it sleeps")
{
	static const int values[] = { 1, 2, 32767 };

	for (size_t i = 0; i < 3; i++) {
		int id = one_of(values[i]);
		pid_t waiter = sleeper(id, 0);

		HOLDS(blocks(waiter));
		EQUALS(value_of(id, 0), values[i]);
		EQUALS(op(id, 0, -values[i], 0), 0);
		EQUALS(ends(waiter), 0);
		EQUALS(value_of(id, 0), 0);
	}
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
	taker = child_op(id, 1, -1, 0);
	HOLDS(blocks(taker));
	EQUALS(semctl(id, 0, GETZCNT), 1);
	EQUALS(semctl(id, 0, GETNCNT), 0);
	EQUALS(semctl(id, 1, GETNCNT), 1);
	EQUALS(semctl(id, 1, GETZCNT), 0);
}

CLAIM("4-068", "System V: wait for any amount, or for zero")
{
	static const int amounts[] = { 2, 5, 32767 };

	for (size_t i = 0; i < 3; i++) {
		int id = one_of(amounts[i] - 1);
		pid_t taker = child_op(id, 0, -amounts[i], 0), zero;

		HOLDS(blocks(taker));
		EQUALS(value_of(id, 0), amounts[i] - 1);
		zero = sleeper(id, 0);
		EQUALS(op(id, 0, 1, 0), 0);	/* all taken, and so 0 */
		EQUALS(ends(taker), 0);
		EQUALS(ends(zero), 0);
		EQUALS(value_of(id, 0), 0);
	}
}

CLAIM("4-068", "POSIX: wait for more than 0, and take exactly 1")
{
	sem_t *sem = mmap(NULL, sizeof *sem, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t taker;
	int value;

	HOLDS(sem != MAP_FAILED && sem_init(sem, 1, 0) == 0);
	for (int more = 0; more < 2; more++) {
		taker = fork();
		if (taker == 0)
			_exit(sem_wait(sem) != 0);
		if (!more)			/* the second need not wait */
			HOLDS(blocks(taker));
		for (int posts = 0; !more && posts < 4; posts++)
			EQUALS(sem_post(sem), 0);
		EQUALS(ends(taker), 0);
		EQUALS(sem_getvalue(sem, &value), 0);
		EQUALS(value, more ? 2 : 3);
	}
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
	int id = one_of(1);
	pid_t child = child_op(id, 0, 0, IPC_NOWAIT);

	EQUALS(ends(child), EAGAIN);		/* one that does not */
	HOLDS(last_at(id, 0) != child);
	EQUALS(set_value(id, 0, 0), 0);
	EQUALS(semctl(id, 0, IPC_STAT, arg), 0);
	EQUALS(ds.sem_otime, 0);
	child = child_op(id, 0, 0, 0);
	EQUALS(ends(child), 0);
	EQUALS(last_at(id, 0), child);
	EQUALS(semctl(id, 0, IPC_STAT, arg), 0);
	HOLDS(ds.sem_otime != 0);
	EQUALS(value_of(id, 0), 0);
}

CLAIM("L09-30", "operation 0 with SEM_UNDO leaves nothing to undo")
{
	int id = make_set(2), go[2];
	pid_t waiter;
	char c;

	HOLDS(pipe(go) == 0);
	waiter = fork();
	if (waiter == 0) {
		HOLDS(both(id, 0, 0, 1, 1, SEM_UNDO) == 0);
		_exit(read(go[0], &c, 1) != 1);
	}
	HOLDS(blocks(waiter));
	EQUALS(last_at(id, 0), waiter);
	EQUALS(value_of(id, 0), 0);		/* it adds nothing */
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
	pid_t taker;

	EQUALS(set_value(id, 2, 5), 0);
	taker = child_op(id, 2, -6, 0);
	HOLDS(blocks(taker));
	EQUALS(value_of(id, 2), 5);
	EQUALS(set_value(id, 2, 3), 0);		/* also while it waits */
	HOLDS(blocks(taker));
	EQUALS(value_of(id, 2), 3);
	EQUALS(set_value(id, 2, 32767), 0);
	EQUALS(ends(taker), 0);
	EQUALS(value_of(id, 2), 32767 - 6);
	FAILS(set_value(id, 2, 32768), ERANGE);
	FAILS(set_value(id, 2, -1), ERANGE);
	EQUALS(value_of(id, 2), 32767 - 6);
	EQUALS(value_of(id, 0) + value_of(id, 1), 0);
	FAILS(set_value(id, 3, 1), EINVAL);
}

CLAIM("1-209 4-068", "SETVAL 0 wakes who waits for zero")
{
	int id = one_of(7);
	pid_t waiter = sleeper(id, 0);

	EQUALS(set_value(id, 0, 3), 0);
	EQUALS(value_of(id, 0), 3);
	HOLDS(blocks(waiter));
	EQUALS(semzcnt(id, 0), 1);
	EQUALS(set_value(id, 0, 0), 0);
	EQUALS(semzcnt(id, 0), 0);
	EQUALS(ends(waiter), 0);
}

CLAIM("1-209", "SETVAL forgets what SEM_UNDO of that semaphore would undo")
{
	int id = make_set(2), go[2];
	pid_t worker;
	char c;

	HOLDS(pipe(go) == 0);
	worker = fork();
	if (worker == 0) {
		HOLDS(both(id, 0, 1, 1, 1, SEM_UNDO) == 0);
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
	unsigned short values[] = { 3, 4 };
	union semun arg = { .array = values };
	pid_t waiter;

	HOLDS(set_value(id, 1, 9) == 0);
	waiter = sleeper(id, 1);
	EQUALS(semctl(id, 0, SETALL, arg), 0);
	HOLDS(value_of(id, 0) == 3 && value_of(id, 1) == 4);
	HOLDS(blocks(waiter));
	values[0] = 5;
	values[1] = 0;
	EQUALS(semctl(id, 0, SETALL, arg), 0);
	EQUALS(ends(waiter), 0);
	EQUALS(value_of(id, 0), 5);		/* of all semaphores */
}

static pid_t worker_inside(int id)
{
	pid_t pid = fork();

	if (pid == 0) {
		HOLDS(op(id, 0, 1, SEM_UNDO) == 0);
		pause();
		_exit(1);
	}
	return pid;
}

CLAIM("L09-05", "the undo of a killed worker drains the counter and wakes")
{
	int id = make_set(1);
	pid_t first = worker_inside(id), second = worker_inside(id), monitor;

	HOLDS(blocks(first) && blocks(second));
	EQUALS(value_of(id, 0), 2);
	monitor = sleeper(id, 0);

	HOLDS(kill(first, SIGKILL) == 0);
	EQUALS(ends(first), 128 + SIGKILL);
	EQUALS(value_of(id, 0), 1);
	HOLDS(blocks(monitor));
	HOLDS(kill(second, SIGKILL) == 0);
	EQUALS(ends(second), 128 + SIGKILL);
	EQUALS(ends(monitor), 0);
	EQUALS(value_of(id, 0), 0);
}

CLAIM("L09-06", "-1 and +1 in one semop() show no zero: it sleeps on")
{
	struct sembuf pair[] = { { 0, -1, IPC_NOWAIT }, { 0, 1, 0 } };
	int id = one_of(1);
	pid_t waiter = sleeper(id, 0), worker = fork();

	if (worker == 0)
		_exit(semop(id, pair, sizeof pair / sizeof *pair) == -1);
	EQUALS(ends(worker), 0);
	EQUALS(last_at(id, 0), worker);		/* it was done */
	EQUALS(semzcnt(id, 0), 1);
	HOLDS(blocks(waiter));
	EQUALS(op(id, 0, -1, 0), 0);		/* alone: a zero */
	EQUALS(ends(waiter), 0);
	FAILS(semop(id, pair, sizeof pair / sizeof *pair), EAGAIN);
	EQUALS(value_of(id, 0), 0);		/* the -1 comes first */
}

CLAIM("L09-07", "a sleeper is released by the zero: +1 right after is late")
{
	int id = one_of(1), released = 0;

	for (int i = 0; i < 20; i++) {
		pid_t waiter = sleeper(id, 0);

		HOLDS(op(id, 0, -1, 0) == 0 && op(id, 0, 1, 0) == 0);
		EQUALS(semzcnt(id, 0), 0);
		EQUALS(ends(waiter), 0);
		released++;
	}
	EQUALS(released, 20);
	FAILS(op(id, 0, 0, IPC_NOWAIT), EAGAIN);	/* who comes now */
}

CLAIM("L09-08", "+1 before -1: jobs that overlap never show a zero")
{
	int id = one_of(1);
	pid_t monitor = sleeper(id, 0), desk = fork();

	if (desk == 0) {
		for (int job = 0; job < 100; job++) {
			HOLDS(op(id, 0, 1, 0) == 0);
			HOLDS(op(id, 0, -1, 0) == 0);
		}
		_exit(0);
	}
	EQUALS(ends(desk), 0);
	EQUALS(last_at(id, 0), desk);
	EQUALS(semzcnt(id, 0), 1);
	HOLDS(blocks(monitor));
	EQUALS(op(id, 0, -1, 0), 0);		/* the first job's: a zero */
	EQUALS(ends(monitor), 0);
}

/* -------------------------------------------------- ending 2: a signal */

CLAIM("L09-09", "a caught signal: EINTR, and SA_RESTART does not help")
{
	static const int flags[] = { 0, (int)SA_RESTART };
	int id = one_of(1);

	for (size_t i = 0; i < 2; i++) {
		struct sigaction act = { .sa_handler = count,
					 .sa_flags = flags[i] };
		pid_t waiter;

		HOLDS(sigaction(SIGUSR1, &act, NULL) == 0);
		EQUALS(has_restart(SIGUSR1), i == 1);
		waiter = fork();
		if (waiter == 0) {
			FAILS(op(id, 0, 0, 0), EINTR);
			_exit(caught != 1);	/* it has been caught */
		}
		until_asleep(id, 0, 1);
		HOLDS(kill(waiter, SIGUSR1) == 0);
		EQUALS(ends(waiter), 0);
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

static int signals_tried;

/* Does the wait go on when SIG comes, with HANDLER, blocked or not? */
static int goes_on(int id, int sig, void (*handler)(int), int how)
{
	sigset_t set;
	pid_t waiter;

	signals_tried++;
	HOLDS(signal(sig, handler) != SIG_ERR);
	HOLDS(sigemptyset(&set) == 0 && sigaddset(&set, sig) == 0);
	HOLDS(sigprocmask(how, &set, NULL) == 0);
	waiter = sleeper(id, 0);
	HOLDS(kill(waiter, sig) == 0);
	if (!blocks(waiter)) {
		EQUALS(ends(waiter), EINTR);
		return 0;
	}
	EQUALS(has_signal(waiter, "ShdPnd", sig), how == SIG_BLOCK);
	EQUALS(semzcnt(id, 0), 1);
	EQUALS(op(id, 0, -1, 0), 0);
	EQUALS(ends(waiter), 0);
	EQUALS(op(id, 0, 1, 0), 0);
	return 1;
}

CLAIM("L09-10", "an ignored or a blocked signal does not end the wait")
{
	int id = one_of(1);

	EQUALS(goes_on(id, SIGUSR1, count, SIG_UNBLOCK), 0);
	EQUALS(goes_on(id, SIGUSR1, SIG_IGN, SIG_UNBLOCK), 1);
	EQUALS(goes_on(id, SIGUSR1, count, SIG_BLOCK), 1);
	/* SIGCHLD is ignored by default. */
	EQUALS(goes_on(id, SIGCHLD, count, SIG_UNBLOCK), 0);
	EQUALS(goes_on(id, SIGCHLD, SIG_DFL, SIG_UNBLOCK), 1);
	EQUALS(signals_tried, 5);
}

/* A stopped process waits no more: what it misses, it misses. */
CLAIM("L09-11", "SIGSTOP and SIGCONT: EINTR, without any handler")
{
	int id = one_of(1), status;
	pid_t waiter = sleeper(id, 0);

	EQUALS(has_signal(waiter, "SigCgt", SIGCONT), 0);
	HOLDS(kill(waiter, SIGCONT) == 0);
	HOLDS(blocks(waiter));			/* SIGCONT alone: nothing */
	HOLDS(kill(waiter, SIGSTOP) == 0);
	EQUALS(waitpid(waiter, &status, WUNTRACED), waiter);
	HOLDS(WIFSTOPPED(status));
	EQUALS(semzcnt(id, 0), 0);
	EQUALS(op(id, 0, -1, 0), 0);		/* zero, and nobody waits */
	HOLDS(kill(waiter, SIGCONT) == 0);
	EQUALS(ends(waiter), EINTR);
	EQUALS(value_of(id, 0), 0);		/* though it is 0 now */
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
	EQUALS(status >> 8, SIGTRAP | PTRACE_EVENT_STOP << 8); /* no signal */
	EQUALS(semzcnt(id, 0), 0);
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
	pid_t first, second, taker;

	HOLDS(set_value(id, 0, 1) == 0 && set_value(id, 1, 1) == 0);
	first = sleeper(id, 0);
	second = sleeper(id, 1);
	taker = child_op(id, 1, -2, 0);		/* this one for more */
	HOLDS(blocks(taker));
	EQUALS(semzcnt(id, 0), 1);
	EQUALS(semzcnt(id, 1), 1);
	EQUALS(semctl(id, 1, GETNCNT), 1);
	EQUALS(semctl(id, 0, IPC_RMID), 0);
	EQUALS(ends(first), EIDRM);
	EQUALS(ends(second), EIDRM);
	EQUALS(ends(taker), EIDRM);
}

static int error_of(long result)
{
	return result == -1 ? errno : 0;
}

CLAIM("1-336 L09-14", "only a sleeper sees EIDRM: later calls get EINVAL")
{
	int id = one_of(1);
	pid_t waiter = sleeper(id, 0);

	for (int gone = 0; gone < 2; gone++) {
		EQUALS(error_of(op(id, 0, 0, IPC_NOWAIT)),
		       gone ? EINVAL : EAGAIN);
		EQUALS(error_of(timed(id, 0, 0, 10)), gone ? EINVAL : EAGAIN);
		EQUALS(error_of(semctl(id, 0, GETZCNT)), gone ? EINVAL : 0);
		EQUALS(error_of(semctl(id, 0, GETVAL)), gone ? EINVAL : 0);
		EQUALS(error_of(semctl(id, 0, IPC_RMID)), gone ? EINVAL : 0);
		if (!gone)
			EQUALS(ends(waiter), EIDRM);
	}
}

/* -------------------------------------------- ending 4: time is over */

static long long now_ns(void)
{
	struct timespec t;

	HOLDS(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int times_given_up;

/* A wait for zero at semaphore 0 that ends after MS milliseconds. */
static void gives_up(int id, int ms)
{
	long long start = now_ns();

	FAILS(timed(id, 0, 0, ms), EAGAIN);
	HOLDS(now_ns() - start >= ms * 1000000LL - early_ns());
	times_given_up++;
}

CLAIM("1-337 1-338", "semtimedop() gives up with EAGAIN, and not too early; "
      "before Linux 6.1 at most a tick of the clock too early")
{
	int id = one_of(1);

	gives_up(id, 20);
	gives_up(id, 40);
	EQUALS(times_given_up, 2);
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
		while (value_of(id, 1) != 1)
			FAILS(timed(id, 0, 0, 5), EAGAIN);
		_exit(0);
	}
	until_asleep(id, 0, 1);
	EQUALS(set_value(id, 1, 1), 0);
	EQUALS(ends(waiter), 0);
	EQUALS(semzcnt(id, 0), 0);
}

/* Has PID a time limit for the semtimedop() that it waits in? The kernel shows
 * the number and the arguments of the call; the fourth is the limit (proc(5)).
 * 0 too if it waits in another call; -1 if nothing is shown, so we cannot
 * tell. */
static int has_limit(pid_t pid)
{
	char path[40];
	unsigned long limit = 0;
	long number = -1;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/syscall", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return -1;
	if (fscanf(f, "%ld %*x %*x %*x %lx", &number, &limit) != 2)
		number = -1;
	fclose(f);
	if (number == -1)
		return -1;
#ifdef SYS_semtimedop_time64
	if (number == SYS_semtimedop_time64)
		return limit != 0;
#endif
	return number == SYS_semtimedop && limit != 0;
}

CLAIM("1-337", "semop() has no limit, nor has semtimedop() with NULL")
{
	const struct timespec hour = { .tv_sec = 3600 };
	const struct timespec *limits[] = { NULL, &hour };
	int id = one_of(1);
	pid_t plain = sleeper(id, 0), timed[2];

	HOLDS(blocks(plain));
	HOLDS(has_limit(plain) != 1);
	for (int i = 0; i < 2; i++) {
		int shown;

		timed[i] = fork();
		if (timed[i] == 0)
			_exit(zero_within(id, limits[i]) == -1);
		until_asleep(id, 0, 2 + i);
		HOLDS(blocks(timed[i]));
		shown = has_limit(timed[i]);
		HOLDS(shown == i || shown == -1);	/* the hour is one */
	}
	EQUALS(op(id, 0, -1, 0), 0);
	EQUALS(ends(plain) + ends(timed[0]) + ends(timed[1]), 0);
}

/* How often has this process gone to sleep? getrusage(2) */
static long sleeps(void)
{
	struct rusage use;

	HOLDS(getrusage(RUSAGE_SELF, &use) == 0);
	return use.ru_nvcsw;
}

/* The second wait of each round has a limit of 0. */
CLAIM("1-338 1-339 L09-15", "IPC_NOWAIT gives EAGAIN too, at once")
{
	int id = make_set(1);

	for (int value = 1; value >= 0; value--) {
		int error = value == 0 ? 0 : EAGAIN;
		long before = sleeps();

		EQUALS(set_value(id, 0, value), 0);
		EQUALS(error_of(op(id, 0, 0, IPC_NOWAIT)), error);
		EQUALS(sleeps(), before);
		EQUALS(error_of(timed(id, 0, 0, 0)), error);
	}
}

CLAIM("L09-16", "the limit is a duration; a bad one is EINVAL")
{
	static const struct {
		struct timespec limit;
		int error;
	} tries[] = {
		{ { 0, 1000000000 }, EINVAL }, { { 0, 999999999 }, 0 },
		{ { 0, -1 }, EINVAL }, { { 0, 0 }, 0 }, { { -1, 0 }, EINVAL },
	};
	int id = one_of(0);

	for (size_t i = 0; i < 5; i++)
		EQUALS(error_of(zero_within(id, &tries[i].limit)),
		       tries[i].error);

	/* A point in time this early has passed: it would return at once. */
	EQUALS(op(id, 0, 1, 0), 0);
	gives_up(id, 50);
	EQUALS(times_given_up, 1);
}

/* Whoever goes on after EINTR waits the whole time again. */
CLAIM("L09-17", "after EINTR nobody tells how much of the time is left")
{
	static const struct timespec limits[] = {
		{ 3600, 0 }, { 0, 10000000 }	/* the second runs out */
	};
	int id = one_of(1);
	pid_t waiter = fork();

	if (waiter == 0) {
		HOLDS(signal(SIGUSR1, count) != SIG_ERR);
		for (int i = 0; i < 2; i++) {
			struct timespec limit = limits[i];

			EQUALS(zero_within(id, &limit), -1);
			EQUALS(errno, i == 0 ? EINTR : EAGAIN);
			EQUALS(limit.tv_sec, limits[i].tv_sec);
			EQUALS(limit.tv_nsec, limits[i].tv_nsec);
		}
		_exit(caught != 1);
	}
	until_asleep(id, 0, 1);
	HOLDS(kill(waiter, SIGUSR1) == 0);
	EQUALS(ends(waiter), 0);
}

CLAIM("1-339", "four ways to return from the wait: 0, EINTR, EIDRM, EAGAIN")
{
	int id = one_of(1);
	pid_t waiter;

	gives_up(id, 10);
	EQUALS(times_given_up, 1);

	HOLDS(signal(SIGUSR1, count) != SIG_ERR);
	waiter = sleeper(id, 0);
	HOLDS(kill(waiter, SIGUSR1) == 0 && ends(waiter) == EINTR);

	waiter = sleeper(id, 0);
	HOLDS(op(id, 0, -1, 0) == 0 && ends(waiter) == 0);

	HOLDS(op(id, 0, 1, 0) == 0);
	waiter = sleeper(id, 0);
	HOLDS(semctl(id, 0, IPC_RMID) == 0 && ends(waiter) == EIDRM);
}

/* ------------------------------------------------------- what it makes */

static int lock_at_zero(int id, int flags)
{
	return both(id, 0, 0, 0, 1, flags);
}

CLAIM("1-329 L09-18", "{0, +1} in one semop() is a lock, free at 0")
{
	int id = make_set(1);
	pid_t first, second;

	EQUALS(lock_at_zero(id, IPC_NOWAIT), 0);
	FAILS(lock_at_zero(id, IPC_NOWAIT), EAGAIN);
	first = fork();
	if (first == 0)
		_exit(lock_at_zero(id, 0) == -1);
	second = fork();
	if (second == 0)
		_exit(lock_at_zero(id, 0) == -1);
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
		HOLDS(lock_at_zero(id, SEM_UNDO) == 0);
		_exit(read(never[0], &c, 1) != 1);
	}
	HOLDS(blocks(holder));
	next = fork();
	if (next == 0)
		_exit(lock_at_zero(id, SEM_UNDO) == -1);
	until_asleep(id, 0, 1);
	HOLDS(kill(holder, SIGKILL) == 0);
	EQUALS(ends(holder), 128 + SIGKILL);
	EQUALS(ends(next), 0);
	EQUALS(value_of(id, 0), 0);		/* the next one ended, too */
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
	EQUALS(op(id, 0, 1, 0), 0);		/* to alter it may */
	ds.sem_perm.mode = 0600;
	EQUALS(semctl(id, 0, IPC_SET, arg), 0);
	EQUALS(value_of(id, 0), 1);
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
	EQUALS(op(id, 0, -1, 0), 0);
	EQUALS(ends(-1), 0);			/* 1: one alone arrives, */
	EQUALS(value_of(id, 0), 0);
	EQUALS(semctl(id, 0, GETNCNT), 1);	/* the other one never */
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
	int id = make_set(2);			/* 1 counts its rounds */
	pid_t fast;

	HOLDS(set_value(id, 0, 2) == 0);
	fast = fork();
	if (fast == 0) {
		for (int round = 0; round < 2; round++) {
			HOLDS(op(id, 0, -1, 0) == 0);
			HOLDS(op(id, 0, 0, 0) == 0);
			HOLDS(op(id, 0, 1, 0) == 0);	/* for next time */
			HOLDS(op(id, 1, 1, 0) == 0);
		}
		_exit(0);
	}
	until_asleep(id, 0, 1);
	EQUALS(op(id, 0, -1, 0), 0);		/* the slow one arrives */
	EQUALS(ends(fast), 0);
	EQUALS(value_of(id, 1), 2);		/* two rounds on */
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
	EQUALS(last_at(id, 0), getpid());
	EQUALS(arrive(id, 1, 3), 0);
	EQUALS(op(id, 1, 0, IPC_NOWAIT), 0);
	EQUALS(last_at(id, 1), getpid());
	EQUALS(ends(fast), 0);
	HOLDS(value_of(id, 0) == 0 && value_of(id, 1) == 0);
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
	for (int i = 0; i < 4; i++)
		EQUALS(at[i], 200);
}

CLAIM("L09-31", "SETVAL rearms a barrier, whatever its value, once all of its "
      "party have gone")
{
	static const int values[] = { 0, 2, 32767 };	/* it finds these */
	int id = make_set(1), passed = 0;

	for (int round = 0; round < 3; round++) {
		EQUALS(op(id, 0, values[round], 0), 0);
		EQUALS(value_of(id, 0), values[round]);
		EQUALS(set_value(id, 0, 3), 0);
		for (int i = 0; i < 3; i++) {
			pid_t walker = fork();

			if (walker == 0)
				_exit(op(id, 0, -1, 0) == -1 ||
				      op(id, 0, 0, 0) == -1);
			if (i < 2)		/* the last does not sleep */
				until_asleep(id, 0, i + 1);
		}
		for (int i = 0; i < 3; i++) {
			EQUALS(ends(-1), 0);
			passed++;
		}
		EQUALS(value_of(id, 0), 0);
	}
	EQUALS(passed, 3 * 3);
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
	EQUALS(m->arrived, 3 * 50);
	EQUALS(m->chosen, 50);
}

CLAIM("L09-33", "who waits at a barrier with a time limit learns how many are "
      "missing")
{
	int id = one_of(3);

	for (int missing = 2; missing >= 0; missing--) {
		EQUALS(op(id, 0, -1, 0), 0);
		EQUALS(error_of(timed(id, 0, 0, 20)), missing ? EAGAIN : 0);
		EQUALS(value_of(id, 0), missing);
	}
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
		_exit(semop(id, sop, sizeof sop / sizeof *sop) == -1);
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
