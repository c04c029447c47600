/*
 * check - what every-value asks of gauge
 *
 * The check is the display: the signals stay pending until it looks.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "../../../common/proof/check.h"

enum { READINGS = 200 };

static sigset_t watched;

/* From now on what is sent to us is kept. */
static void become_display(void)
{
	sigemptyset(&watched);
	sigaddset(&watched, SIGUSR1);
	sigaddset(&watched, SIGUSR2);
	for (int sig = SIGRTMIN; sig <= SIGRTMAX; sig++)
		sigaddset(&watched, sig);
	HOLDS(sigprocmask(SIG_BLOCK, &watched, NULL) == 0);
}

static struct prog gauge(const struct how *base, pid_t display,
			 const char *readings)
{
	struct how how = *base;
	char number[16];

	snprintf(number, sizeof number, "%d", (int)display);
	how.in = input_text(readings);
	return start_how(&how, "gauge", number, NULL);
}

/* Take a pending signal: its number, 0 if there is none. */
static int take(siginfo_t *si)
{
	struct timespec now = { 0, 0 };
	int sig = sigtimedwait(&watched, si, &now);

	HOLDS(sig != -1 || errno == EAGAIN);
	return sig == -1 ? 0 : sig;
}

/* What has arrived is READING, N of them. */
static void must_have_come(const int *reading, int n)
{
	int came = 0, standard = 0, others = 0, got[4 * READINGS];
	siginfo_t si;
	int sig;

	while ((sig = take(&si)) != 0) {
		standard += sig < SIGRTMIN;
		others += sig > SIGRTMIN;
		if (sig != SIGRTMIN || came >= 4 * READINGS)
			continue;
		MUST(si.si_code == SI_QUEUE, "SIGRTMIN came without a value: "
		     "kill() sends no value");
		got[came++] = si.si_value.sival_int;
	}
	MUST(standard == 0, "standard signals came, %d of them: while they are "
	     "pending they merge, so of many SIGUSR1 that are sent one arrives",
	     standard);
	MUST(others == 0, "%d realtime signals other than SIGRTMIN came; the "
	     "lowest number overtakes the others, whenever it was sent",
	     others);
	for (int i = 0; i < n && i < came; i++)
		MUST(got[i] == reading[i], "reading number %d is %d, and %d "
		     "came", i + 1, reading[i], got[i]);
	MUST(came == n, "of %d readings %d came; reading number %d is %s", n,
	     came, (came < n ? came : n) + 1, came < n ? "missing" :
	     "one too many");
}

CHECK(2, "one", "a reading arrives as one signal with its value")
{
	struct how plain = { .in = 0 };
	struct prog p;

	become_display();
	p = gauge(&plain, getpid(), "42\n");
	MUST_EXIT(&p, 0);
	must_have_come((int[]){ 42 }, 1);
}

CHECK_AFTER(3, "many", "one",
	    "of many readings not one is lost, in their order")
{
	struct how plain = { .in = 0 };
	int reading[READINGS];
	char text[READINGS * 16];
	size_t len = 0;
	struct prog p;

	for (int i = 0; i < READINGS; i++) {
		reading[i] = (int)random_below(2000000) - 1000000;
		if (i % 7 == 3)
			reading[i] = reading[i - 1];
		if (i % 7 == 5)
			reading[i] = 0;
		if (i % 50 == 2)
			reading[i] = INT_MAX;
		if (i % 50 == 9)
			reading[i] = INT_MIN;
		len += (size_t)snprintf(text + len, sizeof text - len, "%d\n",
					reading[i]);
	}
	become_display();
	p = gauge(&plain, getpid(), text);
	MUST_EXIT(&p, 0);
	must_have_come(reading, READINGS);
}

/* The queue takes the first reading, and has no room for the second. */
static void full_later(const struct rlimit *none)
{
	struct how how = { .in = 0 };
	char number[16];
	struct prog p;
	int fd[2];

	HOLDS(pipe2(fd, O_CLOEXEC) == 0);
	how.in = fd[0];
	snprintf(number, sizeof number, "%d", (int)getpid());
	p = start_how(&how, "gauge", number, NULL);
	HOLDS(write(fd[1], "1\n", 2) == 2);
	MUST(await_blocked(&p), "it ended before its input did");
	take(&(siginfo_t){ 0 });	// or it reads all of them first
	HOLDS(setrlimit(RLIMIT_SIGPENDING, none) == 0);
	HOLDS(write(fd[1], "2\n", 2) == 2 && close(fd[1]) == 0);
	when_it_hangs("the display's queue is full, and it tries again and "
		      "again");
	MUST_FAIL(&p);
}

/* A limit of 0: what is sent to this process finds the queue full. */
CHECK_AFTER(2, "full", "one", "if the display's queue is full, it says so")
{
	struct rlimit none = { 0, 0 };
	struct how plain = { .in = 0 };
	struct prog p;

	become_display();
	full_later(&none);
	when_it_hangs("the display's queue is full, and it tries again and "
		      "again");
	p = gauge(&plain, getpid(), "1\n2\n3\n");
	MUST_FAIL(&p);
}

CHECK_AFTER(1, "gone", "one", "if there is no display, it says so")
{
	struct how plain = { .in = 0 };
	pid_t gone = fork();
	struct prog p;

	HOLDS(gone != -1);
	if (gone == 0)
		_exit(0);
	HOLDS(waitpid(gone, NULL, 0) == gone);
	p = gauge(&plain, gone, "1\n");
	MUST_FAIL(&p);
}

static struct prog scene(const struct how *how)
{
	become_display();
	return gauge(how, getpid(), "1\n2\n");
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "one", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}
