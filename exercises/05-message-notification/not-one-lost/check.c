/*
 * check - what not-one-lost asks of letters
 *
 * A letter has to come at the worst moment, every time. So letters is stopped
 * before its first call, before its second, and so on ("any:N:stop"), and a
 * letter is put while it stands there.
 */
#include <fcntl.h>
#include <mqueue.h>
#include <sys/wait.h>
#include <time.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/stage/stage.h"

enum { SIZE = 64, CALLS = 24 };

static mqd_t box;
static char name[OWN_NAME];

static void fresh(void)
{
	struct mq_attr attr = { .mq_maxmsg = 10, .mq_msgsize = SIZE };

	check_name(name, "box");
	mq_unlink(name);
	box = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600,
		      &attr);
	HOLDS(box != (mqd_t)-1);
}

static void put(const char *text)
{
	HOLDS(mq_send(box, text, strlen(text), 0) == 0);
}

static long in_box(void)
{
	struct mq_attr attr;

	HOLDS(mq_getattr(box, &attr) == 0);
	return attr.mq_curmsgs;
}

/* What the kernel keeps of the box is a line: "QSIZE:0 NOTIFY:0 SIGNO:10
 * NOTIFY_PID:77", and it is read by any descriptor of it. */
static long registered(void)
{
	char line[128] = "", *at;

	HOLDS(pread(box, line, sizeof line - 1, 0) > 0);
	at = strstr(line, "NOTIFY_PID:");
	HOLDS(at != NULL);
	return strtol(at + strlen("NOTIFY_PID:"), NULL, 10);
}

static int threads(const struct prog *p)
{
	char path[32], line[128];
	int n = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)p->pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "Threads: %d", &n) == 1)
			break;
	if (f)
		fclose(f);
	return n;
}

/* Wait until P has emptied the box: 1; 0 if it has ended, or all of it sleeps
 * while letters lie there. */
static int empties(const struct prog *p)
{
	while (in_box() > 0) {
		if (has_ended(p) || (threads(p) == 1 && await_blocked(p)))
			return in_box() == 0;
		sched_yield();
	}
	return 1;
}

/* Does P ask a second time before anything came? It is stopped then. One that
 * never sleeps is left to await_blocked(), which can tell why. */
static int stops_early(const struct prog *p)
{
	struct timespec now;
	long long ms, until = 0;

	do {
		siginfo_t si = { 0 };

		HOLDS(waitid(P_PID, (id_t)p->pid, &si, WEXITED | WSTOPPED |
			     WNOHANG | WNOWAIT) == 0);
		if (si.si_pid == p->pid)
			return si.si_code == CLD_STOPPED;
		if (is_blocked(p->pid) == 1)
			return 0;
		sched_yield();
		HOLDS(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
		ms = now.tv_sec * 1000LL + now.tv_nsec / 1000000;
		if (until == 0)
			until = ms + stage_patience(50);
	} while (ms < until);
	return 0;
}

/* One that looks all the time comes to a limit. */
static void must_sleep(struct prog *p)
{
	int status;

	if (await_blocked(p))
		return;
	status = end_of(p);
	/* Its CPU time, or the list of its calls, has become too long. */
	MUST(status != 128 + SIGXCPU && status != 128 + SIGXFSZ &&
	     status != 128 + SIGKILL, "it never sleeps: it uses the CPU, call "
	     "after call, until a limit ends it");
	MUST(0, "it ended before the empty letter");
}

/* A letter that comes by mq_notify() uses up the registration, so there is a
 * second call. Who waits in mq_receive() is given the letter at once, and the
 * registration stays: nobody is told. */
CHECK(2, "told", "mq_notify() wakes it for each letter, and it prints that")
{
	struct how how = { .fault = "mq_notify:2:stop" };
	struct prog p;
	int twice;

	fresh();
	p = start_how(&how, "letters", name, NULL);
	twice = stops_early(&p);
	if (twice)
		go_on(&p);
	for (size_t i = 1; i <= 3; i++) {
		must_sleep(&p);
		MUST(registered() == p.pid, "it sleeps, and is not registered "
		     "with mq_notify()%s: of letter %zu it will not be told",
		     i > 1 ? " any more" : "", i);
		MUST_NOT_POLL(&p, "between two letters");
		put("letter");
		if (i == 1 && !twice) {
			MUST(await_stop(&p), "the first letter came, and it "
			     "did not ask again to be told: one mq_notify() "
			     "serves once. Or it did not wait for the signal "
			     "at all, but in mq_receive()");
			go_on(&p);
		}
		MUST(empties(&p) && await_lines(&p, i),
		     "letter %zu has not been printed", i);
	}
	put("");
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "letter\nletter\nletter\n");
}

CHECK_AFTER(2, "before", "told", "letters that lay there before it started are "
	    "printed")
{
	struct prog p;

	fresh();
	put("early");
	p = start("letters", name, NULL);
	MUST(await_blocked(&p), "it ended before the empty letter");
	MUST(empties(&p), "it sleeps while a letter lies in the box: nobody "
	     "is told of one that was there before, nor of any that comes "
	     "after it");
	put("");
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "early\n");
}

static void must_empty(struct prog *p, unsigned n, size_t letters)
{
	go_on(p);
	MUST(await_blocked(p), "it ended before the empty letter");
	MUST(empties(p), "we stopped it before call number %u, put a letter, "
	     "and let it go on: now it sleeps, the letter lies in the box, "
	     "and nobody will tell it, ever. What may come between its last "
	     "look into the box and its mq_notify()?", n);
	put("");
	MUST_EXIT(p, 0);
	MUST(out_lines(p) == letters, "of %zu letters it printed %zu", letters,
	     out_lines(p));
}

/* Put a letter just before call N. AGAIN: call N has to be one after the first
 * letter, else one before. Returns 0 when there are no N calls of that kind. */
static int comes_before(unsigned n, int again)
{
	char fault[32];
	struct how how = { .fault = fault };
	struct prog p;
	int early;

	fresh();
	snprintf(fault, sizeof fault, "any:%u:stop", n);
	p = start_how(&how, "letters", name, NULL);
	early = await_stop(&p);
	if (early && !again) {
		put("letter");
		must_empty(&p, n, 1);
		return 1;
	}
	if (!early && again) {
		put("first");
		if (await_stop(&p)) {
			put("second");
			must_empty(&p, n, 2);
			return 1;
		}
	}
	end_by(&p, SIGKILL);
	return early;
}

CHECK_AFTER(5, "between", "told", "between any two of its calls a letter may "
	    "come: none is lost")
{
	for (unsigned n = 1; n <= CALLS && comes_before(n, 1); n++)
		;
	for (unsigned n = 1; n <= CALLS && comes_before(n, 0); n++)
		;
}

static struct prog scene(const struct how *how)
{
	struct prog p;

	fresh();
	p = start_how(how, "letters", name, NULL);
	if (await_blocked(&p))
		put("letter");
	if (await_blocked(&p))
		put("");
	return p;
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "told", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}
