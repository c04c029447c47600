/*
 * check - what drain asks of drain
 *
 * The checker is the load, the operator who asks and the one who removes the
 * set. The kernel says when drain sleeps until zero (GETZCNT).
 */
#include <sys/sem.h>
#include <time.h>

#include "../../../common/proof/check.h"

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

CHECK(2, "zero", "it sleeps until the load is zero: status 0")
{
	struct prog p;

	make_load(2);
	p = start("drain", id_text, NULL);
	must_sleep(&p, 2);
	request(-1);
	must_sleep(&p, 1);
	request(1);
	must_sleep(&p, 2);
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
