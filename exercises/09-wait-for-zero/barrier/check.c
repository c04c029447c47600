/*
 * check - what barrier asks of walker
 *
 * The checker is one of the walkers. So it can stay away, and see that all
 * others wait.
 */
#include <sys/sem.h>
#include <sys/wait.h>

#include "../../../common/proof/asleep.h"

static int id;
static char id_text[16];

static void make_set(int walkers)
{
	id = semget(IPC_PRIVATE, 3, 0600);
	HOLDS(id != -1);
	HOLDS(semctl(id, 0, SETVAL, walkers) == 0);
	HOLDS(semctl(id, 1, SETVAL, 0) == 0);
	HOLDS(semctl(id, 2, SETVAL, 0) == 0);
	snprintf(id_text, sizeof id_text, "%d", id);
}

static int missing(int gate)
{
	int val = semctl(id, gate % 3, GETVAL);

	HOLDS(val != -1);
	return val;
}

static int sleepers(int gate)
{
	return semctl(id, gate % 3, GETZCNT);
}

/* The checker comes to GATE, if the others have left it something to do. */
static void arrive(int gate)
{
	struct sembuf ops[] = {
		{ (unsigned short)(gate % 3), -1, IPC_NOWAIT },
		{ (unsigned short)((gate + 1) % 3), 1, IPC_NOWAIT },
	};

	MUST(semop(id, ops, 2) == 0, "semaphore %d should say that the last "
	     "walker is still missing at gate %d, but it stands at %d",
	     gate % 3, gate, missing(gate));
}

static struct prog walker(const char *gates)
{
	return start("walker", id_text, gates, NULL);
}

/* All N sleep at GATE, having passed those before it, and LATE are missing. */
static void must_wait(const struct prog *p, int n, int gate, int late)
{
	for (int i = 0; i < n; i++) {
		MUST(await_blocked(&p[i]), "at gate %d somebody is still "
		     "missing, and a walker does not wait for him", gate);
		MUST(out_lines(&p[i]) == (size_t)gate, "a walker waits, and "
		     "has passed %zu gates; it should be %d by now",
		     out_lines(&p[i]), gate);
	}
	MUST(missing(gate) == late, "at gate %d all but %d have come, and "
	     "semaphore %d stands at %d, not %d: is everybody counted who "
	     "arrives?", gate, late, gate % 3, missing(gate), late);
	MUST(missing(gate + 1) == n + 1 - late, "%d came to gate %d, and "
	     "semaphore %d, for the next gate, stands at %d, not %d: who "
	     "arrives here will be missing there", n + 1 - late, gate,
	     (gate + 1) % 3, missing(gate + 1), n + 1 - late);
	for (int i = 0; i < n; i++)
		MUST_STAY_ASLEEP(p[i].pid, "while somebody is missing");
	MUST(sleepers(gate) == n, "%d walkers wait at gate %d, but the kernel "
	     "says that %d sleep until semaphore %d is zero", n, gate,
	     sleepers(gate), gate % 3);
}

CHECK(3, "arrives", "who comes is counted, and sleeps until nobody is missing")
{
	struct prog p;

	make_set(2);
	p = walker("1");
	must_wait(&p, 1, 0, 1);
	arrive(0);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "walker   | past gate 0\n");
	MUST(missing(0) == 0 && missing(1) == 2, "two have passed the gate, "
	     "and the semaphores stand at %d and %d, not 0 and 2%s", missing(0),
	     missing(1), missing(0) > 0 ? ": was its arrival undone when it "
	     "ended (SEM_UNDO)?" : "");
}

CHECK_AFTER(2, "together", "arrives", "nobody leaves before the last one comes")
{
	struct prog p[4];

	make_set(5);
	for (int i = 0; i < 4; i++)
		p[i] = walker("1");
	must_wait(p, 4, 0, 1);
	arrive(0);
	for (int i = 0; i < 4; i++) {
		MUST_EXIT(&p[i], 0);
		MUST_SAY(&p[i], "walker   | past gate 0\n");
	}
}

CHECK_AFTER(3, "again", "arrives", "so it is at the next gates, all seven")
{
	struct prog p[2];

	make_set(3);
	for (int i = 0; i < 2; i++)
		p[i] = walker("7");
	for (int gate = 0; gate < 7; gate++) {
		must_wait(p, 2, gate, 1);
		arrive(gate);
	}
	for (int i = 0; i < 2; i++) {
		MUST_EXIT(&p[i], 0);
		MUST(out_lines(&p[i]) == 7, "a walker passed %zu gates, not 7",
		     out_lines(&p[i]));
	}
}

/* Of three walkers we are one, and arrive before its call number N. */
static void somebody_before(int n)
{
	char fault[24];
	struct how how = { .fault = fault };
	struct prog p;

	make_set(3);
	snprintf(fault, sizeof fault, "any:%d:stop", n);
	p = start_how(&how, "walker", id_text, "1", NULL);
	if (await_stop(&p)) {
		arrive(0);
		go_on(&p);
	} else {
		arrive(0);
	}
	MUST(await_blocked(&p), "of three walkers two have come to gate 0, and "
	     "one does not wait for the third");
	MUST(missing(0) == 1 && missing(1) == 2, "somebody else arrived before "
	     "its call number %d: with it, two of three have come. The "
	     "semaphores stand at %d and %d, not 1 and 2: it stored what it "
	     "had read before, and one arrival is lost", n, missing(0),
	     missing(1));
	arrive(0);
	MUST_EXIT(&p, 0);
}

/* The next semaphore is full: to add 1 to it fails. */
CHECK_AFTER(1, "step", "arrives", "it arrives in one step, all or nothing")
{
	struct prog p;

	make_set(2);
	HOLDS(semctl(id, 1, SETVAL, 32767) == 0);
	p = walker("1");
	MUST_FAIL(&p);
	MUST(missing(0) == 2, "it could not be counted at the next gate, but "
	     "has already been counted at this one: others may come between "
	     "the two steps");
	for (int n = 1; n < 8; n++)
		somebody_before(n);
}

/* Stop and continue: semop() returns with EINTR. */
CHECK_AFTER(2, "stopped", "again", "who was stopped at a gate still passes it, "
	    "and is waited for")
{
	struct prog p[2];
	siginfo_t si;

	make_set(3);
	for (int i = 0; i < 2; i++)
		p[i] = walker("2");
	must_wait(p, 2, 0, 1);
	HOLDS(kill(p[0].pid, SIGSTOP) == 0);
	HOLDS(waitid(P_PID, (id_t)p[0].pid, &si,
		     WSTOPPED | WEXITED | WNOWAIT) == 0);
	HOLDS(kill(p[0].pid, SIGCONT) == 0);
	MUST(await_blocked(&p[0]) && out_lines(&p[0]) == 0, "it was stopped "
	     "and continued, which made semop() fail with EINTR, and it did "
	     "not go on waiting");
	must_wait(p, 2, 0, 1);
	HOLDS(kill(p[0].pid, SIGSTOP) == 0);
	HOLDS(waitid(P_PID, (id_t)p[0].pid, &si,
		     WSTOPPED | WEXITED | WNOWAIT) == 0);
	arrive(0);
	MUST(await_lines(&p[1], 1), "it ended at a gate that was open");
	MUST(await_blocked(&p[1]), "it did not wait at gate 1 for one who "
	     "was stopped at gate 0");
	HOLDS(kill(p[0].pid, SIGCONT) == 0);
	must_wait(p, 2, 1, 1);
	arrive(1);
	for (int i = 0; i < 2; i++)
		MUST_EXIT(&p[i], 0);
}

static struct prog scene(const struct how *how)
{
	make_set(1);
	return start_how(how, "walker", id_text, "2", NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "arrives", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}
