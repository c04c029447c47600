/*
 * check - what drain asks of drain
 *
 * The checker is the load, the operator who asks and the one who removes the
 * set. The kernel says when drain sleeps until zero (GETZCNT).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <time.h>

#include "../../../common/proof/asleep.h"

enum { DRAINED = 0, REMOVED = 3, TIME_IS_UP = 4 };

static int id;
static char id_text[16];

static void make_load(int requests)
{
	id = semget(IPC_PRIVATE, 1, 0600);
	HOLDS(id != -1);
	HOLDS(semctl(id, 0, SETVAL, requests) == 0);
	snprintf(id_text, sizeof id_text, "%d", id);
}

static void request(short n)
{
	HOLDS(semop(id, &(struct sembuf){ 0, n, 0 }, 1) == 0);
}

static int load(void)
{
	return semctl(id, 0, GETVAL);
}

static void must_sleep(const struct prog *p, int requests)
{
	MUST(await_blocked(p), "it ended, and %d requests were still in work",
	     requests);
	MUST(semctl(id, 0, GETZCNT) == 1, "it does not sleep until the load is "
	     "zero: the kernel counts %d who do", semctl(id, 0, GETZCNT));
	MUST(load() == requests, "%d requests are in work, and while it waits "
	     "the semaphore stands at %d", requests, load());
}

/* The same for one that was given no limit: no clock wakes it. */
static void must_stay(const struct prog *p, int requests)
{
	must_sleep(p, requests);
	MUST_STAY_ASLEEP(p->pid, "while the load is not zero");
}

CHECK(2, "zero", "it sleeps until the load is zero: status 0")
{
	struct prog p;

	make_load(2);
	p = start("drain", id_text, NULL);
	must_stay(&p, 2);
	request(-1);
	must_stay(&p, 1);
	request(1);
	must_stay(&p, 2);
	request(-2);
	MUST_EXIT(&p, DRAINED);
	MUST(load() == 0, "it ended, and the semaphore stands at %d: it has "
	     "to leave the load as it is", load());
	p = start("drain", id_text, NULL);
	MUST_EXIT(&p, DRAINED);
	p = start("drain", id_text, "0", NULL);
	MUST_EXIT(&p, DRAINED);
}

/* Ask P for the Nth time, which must be asleep. */
static void ask(const struct prog *p, size_t n, int requests)
{
	HOLDS(kill(p->pid, SIGUSR1) == 0);
	MUST(await_lines(p, n), "it was asked by SIGUSR1, with %d requests in "
	     "work, and it ended", requests);
}

CHECK_AFTER(3, "signal", "zero", "asked by a signal, it says so and waits on")
{
	struct prog p;

	make_load(3);
	p = start("drain", id_text, NULL);
	must_sleep(&p, 3);
	ask(&p, 1, 3);
	must_sleep(&p, 3);
	request(-2);
	must_sleep(&p, 1);
	ask(&p, 2, 1);
	must_sleep(&p, 1);
	request(-1);
	MUST_EXIT(&p, DRAINED);
	MUST_SAY(&p, "drain    | still 3 in work\n"
		 "drain    | still 1 in work\n");
}

CHECK_AFTER(2, "removed", "zero", "the set is removed while it waits: status 3")
{
	struct prog p;

	make_load(1);
	p = start("drain", id_text, NULL);
	must_sleep(&p, 1);
	HOLDS(semctl(id, 0, IPC_RMID) == 0);
	MUST_EXIT(&p, REMOVED);
}

/* 2 to the 32 milliseconds: what keeps 32 bits of them keeps none. */
static void seven_weeks(void)
{
	struct prog p;

	request(1);
	p = start("drain", id_text, "4294967296", NULL);
	MUST(await_blocked(&p), "it was given seven weeks, 4294967296 ms, and "
	     "it ended at once: does that fit into an int?");
	must_sleep(&p, 1);
	request(-1);
	MUST_EXIT(&p, DRAINED);
}

CHECK_AFTER(2, "time", "zero", "after the time that it was given: status 4")
{
	struct prog p;

	make_load(1);
	p = start("drain", id_text, "0", NULL);
	MUST_EXIT(&p, TIME_IS_UP);
	p = start("drain", id_text, "30", NULL);
	MUST_EXIT(&p, TIME_IS_UP);
	MUST(load() == 1, "it gave up, and the semaphore stands at %d, not 1",
	     load());
	p = start("drain", id_text, "2100000", NULL);
	must_sleep(&p, 1);
	request(-1);
	MUST_EXIT(&p, DRAINED);
	if (LONG_MAX > INT_MAX)
		seven_weeks();
}

static long ms_now(void)
{
	struct timespec t;

	HOLDS(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Ask again whenever it sleeps, so that no wait ends by itself, until the time
 * is up for sure. Who then goes to sleep after each question has begun to
 * count anew. Who is slow is not accused: this is about an order. */
CHECK_AFTER(2, "whole", "signal time", "a signal gives it no more time")
{
	enum { LIMIT = 300, SURE = 4 };
	struct prog p;
	size_t asked = 0;
	int late = 0;
	long up = 0;		/* it has begun: not later than then */

	make_load(1);
	p = start("drain", id_text, "300", NULL);
	while (await_blocked(&p)) {
		late += asked > 0 && ms_now() > up;
		MUST(late < SURE, "it was given %d ms, and asked by SIGUSR1 "
		     "again and again. The time is up, and after each question "
		     "it goes to sleep again: does each wait begin anew?",
		     LIMIT);
		HOLDS(kill(p.pid, SIGUSR1) == 0);
		if (!await_lines(&p, ++asked))
			break;
		if (asked == 1)
			up = ms_now() + LIMIT;
	}
	MUST_EXIT(&p, TIME_IS_UP);
}

/* It is stopped in its wait, the time passes, and a signal comes: then nothing
 * of the time is left, or less than nothing. */
CHECK_AFTER(1, "late", "signal time", "asked when its time is up, it ends: "
	    "status 4")
{
	enum { LIMIT = 200 };
	siginfo_t si;
	struct prog p;
	int status;
	long up;

	make_load(1);
	p = start("drain", id_text, "200", NULL);
	if (await_blocked(&p)) {
		up = ms_now() + LIMIT;
		HOLDS(kill(p.pid, SIGSTOP) == 0);
		HOLDS(waitid(P_PID, (id_t)p.pid, &si,
			     WSTOPPED | WEXITED | WNOWAIT) == 0);
		while (ms_now() <= up)
			sched_yield();
		HOLDS(kill(p.pid, SIGUSR1) == 0);
		HOLDS(kill(p.pid, SIGCONT) == 0);
	}
	status = end_of(&p);
	MUST(status == TIME_IS_UP, "it was given %d ms, and a signal came when "
	     "they had passed. It ended with status %d, not 4. What is left of "
	     "its time then is less than 0, and for semtimedop() that is no "
	     "time at all (EINVAL)", LIMIT, status);
}

CHECK_AFTER(1, "others", "zero", "any other error is reported: status 1")
{
	struct prog p;

	make_load(1);
	HOLDS(semctl(id, 0, IPC_RMID) == 0);
	p = start("drain", id_text, NULL);
	MUST_EXIT(&p, 1);
	MUST(*err_text(), "there is no such set, and nothing on stderr says "
	     "so");
	p = start("drain", id_text, "10", NULL);
	MUST_EXIT(&p, 1);
}

/* Does process PID block SIG now, as it does in that signal's handler? */
static int does_block(pid_t pid, int sig)
{
	char path[32], line[128];
	unsigned long long set, found = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	HOLDS(f != NULL);
	while (fgets(line, sizeof line, f))
		if (sscanf(line, "SigBlk: %llx", &set) == 1)
			found = set;
	fclose(f);
	return found >> (sig - 1) & 1;
}

/* Has the program made a call whose name is one of NAMES? */
static int has_called(const char *log, const char *const *names)
{
	char line[64], call[32];
	int found = 0;
	FILE *f = fopen(log, "re");

	while (f && fgets(line, sizeof line, f))
		for (size_t i = 0; names[i]; i++)
			found |= sscanf(line, "%*d %31s", call) == 1 &&
				 strcmp(call, names[i]) == 0;
	if (f)
		fclose(f);
	return found;
}

/* Its stdout is a pipe that is full: so it is seen where it prints. In the
 * handler the signal is blocked. write() is allowed there, nothing of stdio. A
 * program that blocks signals itself is not judged. */
CHECK_AFTER(1, "handler", "signal", "its signal handler uses nothing of stdio")
{
	static const char *const allowed[] = {
		"write", "sigprocmask", "pthread_sigmask", "signalfd", NULL
	};
	struct how how = { .log = "calls" };
	char some[4096] = "", all[65536];
	struct prog p;
	int fd[2], before;

	make_load(1);
	HOLDS(pipe2(fd, O_CLOEXEC) == 0);
	HOLDS(fcntl(fd[1], F_SETFL, O_NONBLOCK) == 0);
	while (write(fd[1], some, sizeof some) > 0)
		;
	HOLDS(fcntl(fd[1], F_SETFL, 0) == 0);
	how.out = fd[1];
	p = start_how(&how, "drain", id_text, NULL);
	HOLDS(close(fd[1]) == 0);
	must_sleep(&p, 1);
	before = does_block(p.pid, SIGUSR1);
	HOLDS(kill(p.pid, SIGUSR1) == 0);
	while (!before && semctl(id, 0, GETZCNT) == 1 && !has_ended(&p))
		sched_yield();
	MUST(await_blocked(&p), "it was asked by SIGUSR1, and it ended");
	MUST(before || !does_block(p.pid, SIGUSR1) ||
	     has_called("calls", allowed), "it prints within its signal "
	     "handler, by a function of stdio. A signal may come in the midst "
	     "of another printf(), and then this one finds stdio half-way");
	request(-1);
	while (read(fd[0], all, sizeof all) > 0)
		;
	MUST_EXIT(&p, DRAINED);
}

static struct prog scene(const struct how *how)
{
	make_load(0);
	return start_how(how, "drain", id_text, NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "zero", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}
