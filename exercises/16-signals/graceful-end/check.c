/*
 * check - what graceful-end asks of worker
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/check.h"

static char file[OWN_PATH];

/* A worker with JOBS on its stdin, a pipe which stays open: TO. */
static struct prog worker(struct how *how, const char *jobs, int *to)
{
	int fd[2];

	HOLDS(pipe2(fd, O_CLOEXEC) == 0);
	/* One more read end stays here: we do not die of a worker who left. */
	HOLDS(fcntl(fd[0], F_DUPFD_CLOEXEC, 10) != -1);
	HOLDS(write(fd[1], jobs, strlen(jobs)) == (ssize_t)strlen(jobs));
	*to = fd[1];
	how->in = fd[0];
	check_path(file, "job");
	HOLDS(unlink(file) == 0 || errno == ENOENT);
	return start_how(how, "worker", file, NULL);
}

static void must_have_removed_file(void)
{
	MUST(unlink(file) == -1, "its working file is left");
}

CHECK(1, "jobs", "it does all jobs, and ends with status 0")
{
	struct how how = { .in = 0 };
	char word[200], jobs[256], want[400];
	struct prog p;
	int to;

	random_word(word, 20 + random_below(170));
	snprintf(jobs, sizeof jobs, "one\n%s\n", word);
	p = worker(&how, jobs, &to);
	MUST(await_lines(&p, 2) && await_blocked(&p),
	     "it ended before its input did");
	must_have_removed_file();
	HOLDS(write(to, "three\n", 6) == 6 && close(to) == 0);
	MUST_EXIT(&p, 0);
	snprintf(want, sizeof want, "done one\ndone %s\ndone three\n", word);
	MUST_SAY(&p, want);
	must_have_removed_file();
}

CHECK_AFTER(2, "idle", "jobs",
	    "told to stop while it waits, it ends with status 3")
{
	static const int sigs[] = { SIGTERM, SIGINT };

	for (size_t i = 0; i < 2; i++) {
		struct how how = { .in = 0 };
		int to;
		/* The second time it has the beginning of a job. */
		struct prog p = worker(&how, i ? "one\ntw" : "one\n", &to);

		MUST(await_lines(&p, 1) && await_blocked(&p),
		     "it ended before its input did");
		MUST_BE_WOKEN(&p, "while no job comes");
		HOLDS(kill(p.pid, sigs[i]) == 0);
		MUST_EXIT(&p, 3);
		MUST_SAY(&p, "done one\n");
		must_have_removed_file();
	}
}

/* The first N bytes that come out of FD, or all until its end. */
static size_t drain(int fd, char *text, size_t n)
{
	size_t len = 0;
	ssize_t r;

	while (len < n && (r = read(fd, text + len, n - len)) > 0)
		len += (size_t)r;
	return len;
}

/* It writes to a full pipe: there it is in the middle of a job. Three jobs
 * wait; the signals SIGS come, N of them. */
static void told_in_a_job(const int *sigs, size_t n)
{
	static char page[4096];
	static const char want[] = "done one\n";
	struct how how = { .in = 0 };
	char text[1024];
	struct prog p;
	size_t len;
	int out[2], to;

	HOLDS(pipe2(out, O_CLOEXEC) == 0);
	HOLDS(fcntl(out[1], F_SETPIPE_SZ, 4096) == 4096);
	HOLDS(write(out[1], page, sizeof page) == sizeof page);
	how.out = out[1];
	p = worker(&how, "one\ntwo\nthree\n", &to);
	HOLDS(close(out[1]) == 0);
	MUST(await_blocked(&p), "it ended in its first job");
	MUST(access(file, F_OK) == 0, "it has no working file while it works");
	for (size_t i = 0; i < n; i++) {
		HOLDS(kill(p.pid, sigs[i]) == 0);
		if (!await_blocked(&p)) {
			MUST_EXIT(&p, 3);
			MUST(0, "it ends in the middle of a job: the job in "
			     "hand is not finished");
		}
	}
	HOLDS(drain(out[0], page, sizeof page) == sizeof page);
	len = drain(out[0], text, sizeof text);
	MUST_EXIT(&p, 3);
	MUST(len <= strlen(want), "after it was told to stop, it begins "
	     "another job");
	MUST_BYTES("its output", text, len, want, strlen(want));
	must_have_removed_file();
}

CHECK_AFTER(3, "busy", "jobs",
	    "told to stop while it works, it finishes this job and no other")
{
	told_in_a_job((int[]){ SIGTERM }, 1);
	told_in_a_job((int[]){ SIGINT, SIGTERM, SIGINT, SIGTERM }, 4);
}

/* Stopped before call N, it is told to stop there, or else when it waits.
 * Returns 0 if there is no such call. */
static int told_at(unsigned n)
{
	static const char want[] = "done one\n";
	char fault[32], where[64] = "nothing", *got;
	struct how how = { .fault = fault, .log = "calls" };
	struct prog p;
	int to, stopped, told = 0;
	size_t len;

	snprintf(fault, sizeof fault, "any:%u:stop", n);
	p = worker(&how, "one\n", &to);
	stopped = await_stop(&p);
	if (stopped && is_ready(p.pid, SIGTERM)) {
		HOLDS(kill(p.pid, SIGTERM) == 0);
		told = 1;
	}
	if (stopped) {
		last_call(where, sizeof where, "calls");
		go_on(&p);
	}
	if (!told && await_blocked(&p))
		HOLDS(kill(p.pid, SIGTERM) == 0);
	while (await_stop(&p))		// a call N that comes later
		go_on(&p);
	MUST(has_ended(&p), "a SIGTERM that comes just before its %s is lost: "
	     "it waits for input even so", where);
	last_call(where, sizeof where, "calls");
	MUST_EXIT(&p, 3);
	must_have_removed_file();
	got = out_text(&p, &len);
	if (len > 0)			// told before it had the job: fine
		MUST_BYTES("its output", got, len, want, strlen(want));
	HOLDS(close(to) == 0);
	return stopped;
}

CHECK_AFTER(3, "gap", "idle",
	    "told to stop between any two of its calls, it does")
{
	unsigned n = 1;

	while (told_at(n))
		n++;
}

static struct prog scene(const struct how *base)
{
	struct how how = *base;
	int to;
	struct prog p = worker(&how, "one\n", &to);

	HOLDS(close(to) == 0);
	return p;
}

/* A handler that wakes it by a pipe: what could it do? */
MAY_FAIL("write");

CHECK_AFTER(1, "errors", "jobs", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}
