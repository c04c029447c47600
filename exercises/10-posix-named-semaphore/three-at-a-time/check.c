/*
 * check - what three-at-a-time asks of pool
 *
 * The checker opens the same semaphore: it counts the places, takes some, and
 * is the killed run that left one behind.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/socket.h>

#include "../../../common/proof/asleep.h"

struct job {
	struct prog p;
	int page;		/* our end of its stdin */
};

static char name[OWN_NAME];

static int value_of(sem_t *s)
{
	int value;

	HOLDS(sem_getvalue(s, &value) == 0);
	return value;
}

static sem_t *the_pool(void)
{
	sem_t *s = sem_open(name, 0);

	MUST(s != SEM_FAILED, "there is no semaphore with the name that it "
	     "was given");
	return s;
}

static void must_open(const char *places)
{
	struct prog p = start("pool", name, "open", places, NULL);

	MUST_EXIT(&p, 0);
}

static void remove_pool(void)
{
	HOLDS(sem_unlink(name) == 0);
}

CHECK(2, "open", "open makes a pool with as many places as it is told")
{
	char text[16];
	int places = 2 + (int)random_below(20);
	sem_t *s;

	check_name(name, "open");
	snprintf(text, sizeof text, "%d", places);
	must_open(text);
	s = the_pool();
	MUST(value_of(s) == places, "the pool should have %d places, and has "
	     "%d", places, value_of(s));
	remove_pool();
}

/* Start a job that waits for its page: N of them work, the others wait. */
static struct job hire(void)
{
	struct how how = { .fd3 = 0 };
	struct job j;
	int s[2];

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0);
	HOLDS(send(s[0], "begun\n", 6, 0) == 6);
	how.in = s[1];
	j.page = s[0];
	j.p = start_how(&how, "pool", name, "job", NULL);
	return j;
}

/* How many of N jobs have begun? Asked when all of them sleep. Who looks by the
 * clock for a place may be late to see one: so that is told first. */
static int at_work(const struct job *j, int n)
{
	int begun = 0;

	for (int i = 0; i < n; i++) {
		MUST(await_blocked(&j[i].p), "a job ended before its input "
		     "did");
		if (out_lines(&j[i].p) == 0)
			MUST_STAY_ASLEEP(j[i].p.pid, "while all places are "
					 "taken");
	}
	for (int i = 0; i < n; i++)
		begun += out_lines(&j[i].p) == 1;
	return begun;
}

static void finish(struct job *j)
{
	HOLDS(close(j->page) == 0);
	MUST_EXIT(&j->p, 0);
	MUST_SAY(&j->p, "begun\n");
}

/* The one of N jobs that has begun, moved to the end of them. */
static struct job *one_at_work(struct job *j, int n)
{
	struct job found;
	int i = 0;

	while (out_lines(&j[i].p) != 1)
		HOLDS(++i < n);
	found = j[i];
	j[i] = j[n - 1];
	j[n - 1] = found;
	return &j[n - 1];
}

CHECK_AFTER(4, "limit", "open", "of seven jobs three work, the others wait")
{
	enum { JOBS = 7, PLACES = 3 };
	struct job j[JOBS];
	sem_t *s;

	check_name(name, "limit");
	must_open("3");
	s = the_pool();
	for (int i = 0; i < JOBS; i++)
		j[i] = hire();
	for (int n = JOBS; n > 0; n--) {
		int want = n < PLACES ? n : PLACES, begun = at_work(j, n);

		MUST(begun == want, "the pool has %d places, %d jobs are "
		     "there, and %d of them work; it should be %d", PLACES, n,
		     begun, want);
		MUST(value_of(s) == PLACES - want, "%d of %d places are taken, "
		     "but the semaphore stands at %d", want, PLACES,
		     value_of(s));
		finish(one_at_work(j, n));
	}
	MUST(value_of(s) == PLACES, "all have ended, and the pool has %d "
	     "places, not %d", value_of(s), PLACES);
	remove_pool();
}

/* A killed run left the old one, and somebody still has it open. */
CHECK_AFTER(2, "left", "open", "what a killed run left is replaced")
{
	sem_t *old, *s;

	check_name(name, "left");
	old = sem_open(name, O_CREAT | O_EXCL, 0600, 7);
	HOLDS(old != SEM_FAILED);
	must_open("3");
	s = the_pool();
	MUST(value_of(s) == 3, "a killed run had left a pool of that name with "
	     "7 places; the new one should have 3, and has %d", value_of(s));
	for (int i = 0; i < 5; i++)
		HOLDS(sem_post(old) == 0);
	MUST(value_of(s) == 3, "somebody who still had the old pool open gave "
	     "5 places back, and the new pool has %d now: it is the old one",
	     value_of(s));
	remove_pool();
}

/* With this fault sem_unlink() finds nothing to remove, and when it is over
 * there is one: somebody else has made it in between. */
CHECK_AFTER(1, "between", "left", "it never takes somebody else's pool for new")
{
	struct how how = { .fault = "sem_unlink:1:ENOENT" };
	sem_t *s;
	struct prog p;
	int status;

	check_name(name, "between");
	s = sem_open(name, O_CREAT | O_EXCL, 0600, 7);
	HOLDS(s != SEM_FAILED);
	p = start_how(&how, "pool", name, "open", "3", NULL);
	status = end_of(&p);
	s = the_pool();
	MUST(status != 0 || value_of(s) == 3, "after its sem_unlink() somebody "
	     "made a pool with 7 places. It says that all is well, and the "
	     "pool has %d places, not 3", value_of(s));
	remove_pool();
}

/* A job with these two cannot do its work: of two places none is kept. */
static void must_give_back(int in, int out, const char *what)
{
	struct how how = { .in = in, .out = out };
	struct prog p;
	sem_t *s;
	int status;

	must_open("2");
	s = the_pool();
	signal(SIGPIPE, SIG_DFL);
	p = start_how(&how, "pool", name, "job", NULL);
	HOLDS(close(out) == 0);
	status = end_of(&p);
	MUST(value_of(s) == 2, "a job %s and %s, and the pool has %d places, "
	     "not 2: it kept one for ever", what, status == 128 + SIGPIPE ?
	     "was killed by SIGPIPE" : "ended", value_of(s));
	MUST(status != 0, "a job %s, and ends with status 0", what);
	remove_pool();
}

CHECK_AFTER(2, "fails", "limit", "a job that cannot read or write gives its "
	    "place back")
{
	int fd[2], folder, full;

	check_name(name, "fails");
	full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	HOLDS(full != -1);
	must_give_back(input_text("page\n"), full,
		       "could not write its output");
	folder = open(".", O_RDONLY | O_CLOEXEC);
	full = open("/dev/null", O_WRONLY | O_CLOEXEC);
	HOLDS(folder != -1 && full != -1);
	must_give_back(folder, full, "could not read its input");
	HOLDS(pipe2(fd, O_CLOEXEC) == 0 && close(fd[0]) == 0);
	must_give_back(input_text("page\n"), fd[1],
		       "wrote into a pipe that nobody reads any more");
}

static const char *made(void)
{
	sem_t *s = sem_open(name, 0);

	if (s == SEM_FAILED)
		return NULL;
	HOLDS(sem_close(s) == 0 && sem_unlink(name) == 0);
	return "there was no pool, and a job has made one";
}

CHECK_AFTER(2, "close", "open", "close takes the name away; nothing is left")
{
	struct prog p;

	check_name(name, "close");
	must_open("1");
	p = start("pool", name, "close", NULL);
	MUST_EXIT(&p, 0);
	MUST(sem_open(name, 0) == SEM_FAILED && errno == ENOENT,
	     "after close the name is still there");
	p = start("pool", name, "job", NULL);
	MUST_REFUSE(&p, 0, made);
	nothing_left();
}

static unsigned scenes;

static struct prog opens(const struct how *how)
{
	char what[16];

	snprintf(what, sizeof what, "o%u", scenes++);
	check_name(name, what);
	return start_how(how, "pool", name, "open", "1", NULL);
}

static struct prog works(const struct how *base)
{
	struct how how = *base;
	char what[16];

	snprintf(what, sizeof what, "j%u", scenes++);
	check_name(name, what);
	HOLDS(sem_open(name, O_CREAT | O_EXCL, 0600, 1) != SEM_FAILED);
	how.in = input_text("page\n");
	return start_how(&how, "pool", name, "job", NULL);
}

static struct prog closes(const struct how *how)
{
	char what[16];

	snprintf(what, sizeof what, "c%u", scenes++);
	check_name(name, what);
	HOLDS(sem_open(name, O_CREAT | O_EXCL, 0600, 1) != SEM_FAILED);
	return start_how(how, "pool", name, "close", NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "limit", "a call that fails is noticed and named")
{
	MUST_NOTICE(opens);
	MUST_NOTICE(works);
	MUST_NOTICE(closes);
}
