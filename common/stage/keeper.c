/*
 * keeper.c - the keeper: starts the programs, waits, looks
 *
 * The result lies in memory shared by caller and keeper; it counts only when
 * the keeper has set `done'.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "keeper.h"

enum { LOOKS = 4 };	/* so often it looks at a run that changes meanwhile */

long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static int memory_file(void)
{
	int fd = memfd_create("output", MFD_CLOEXEC);

	/* Appending: several programs may share one file in play. */
	if (fd != -1)
		fcntl(fd, F_SETFL, O_APPEND);
	return fd;
}

static int open_outputs(struct keeper *k, size_t i)
{
	struct program *p = &k->prog[i];

	if (k->plan->play && i > 0) {
		p->out = p->err = k->prog[0].out;
	} else {
		p->out = memory_file();
		p->err = k->plan->play ? p->out : memory_file();
	}
	return p->out == -1 || p->err == -1 ? -1 : 0;
}

static void note_failure(struct keeper *k, size_t i, const struct failure *f)
{
	const struct stage_prog *p = &k->plan->prog[i];
	struct stage_result *res = &k->sh->res;

	if (f->step == INPUT) {
		note_error(k, "input ", p->input ? p->input : "/dev/null",
			   f->err);
	} else if (f->step == FOLDER) {
		note_error(k, "folder ", k->plan->dir ? k->plan->dir :
			   k->place->run, f->err);
	} else {
		res->prog[i].end = res->end = STAGE_NOT_STARTED;
		res->prog[i].code = res->code = f->err;
		snprintf(res->error, sizeof res->error, "%.300s: %s",
			 p->argv[0], strerror(f->err));
	}
}

/* Returns 0, or -1 when program I could not start; the result says why. */
static int start(struct keeper *k, size_t i)
{
	struct program *p = &k->prog[i];
	struct failure f;
	pid_t keeper = getpid();
	int report[2], failed;

	if (open_outputs(k, i) == -1 || pipe2(report, O_CLOEXEC) == -1) {
		note_error(k, "memory file", "", errno);
		return -1;
	}
	fflush(NULL);
	p->pid = fork();
	if (p->pid == 0)
		become(k, i, report[1], keeper);
	if (p->pid == -1) {
		p->pid = 0;
		note_error(k, "fork", "", errno);
		return -1;
	}
	p->group = p->pid;
	close(report[1]);
	/* End-of-file: exec has closed it. */
	failed = read(report[0], &f, sizeof f) == sizeof f;
	close(report[0]);
	if (failed)
		note_failure(k, i, &f);
	return failed ? -1 : 0;
}

static unsigned lines_in(const char *buf, ssize_t n)
{
	unsigned lines = 0;

	for (ssize_t i = 0; i < n; i++)
		lines += buf[i] == '\n';
	return lines;
}

/* Count the new lines of program I's output; in play copy them to stdout. */
static void copy_output(struct keeper *k, size_t i)
{
	struct program *p = &k->prog[i];
	char buf[4096];
	ssize_t n;

	while ((n = pread(p->out, buf, sizeof buf, p->copied)) > 0) {
		k->lines += lines_in(buf, n);
		p->copied += n;
		if (k->plan->play && write(1, buf, (size_t)n) == -1) {
			k->sh->res.unwritten = errno;
			k->stop = k->stop ? k->stop : SIGPIPE;
		}
	}
}

static void copy_outputs(struct keeper *k)
{
	size_t n = k->plan->play ? 1 : k->plan->n;

	if (k->plan->play || k->plan->hit_signal)
		for (size_t i = 0; i < n; i++)
			if (k->prog[i].out > 0)
				copy_output(k, i);
}

static void keep_text(int fd, struct stage_text *t)
{
	struct stat st;
	ssize_t n;

	if (fd <= 0 || fstat(fd, &st) == -1)
		return;
	t->total = (size_t)st.st_size;
	n = pread(fd, t->data, STAGE_KEPT, 0);
	t->len = n > 0 ? (size_t)n : 0;
	t->data[t->len] = '\0';
}

static size_t written(const struct keeper *k)
{
	size_t sum = 0;
	struct stat st;

	for (size_t i = 0; i < k->plan->n; i++) {
		if (k->prog[i].out > 0 && fstat(k->prog[i].out, &st) == 0)
			sum += (size_t)st.st_size;
		if (k->prog[i].err > 0 && fstat(k->prog[i].err, &st) == 0)
			sum += (size_t)st.st_size;
		if (k->plan->play)
			break;
	}
	return sum;
}

struct stage_left *left_add(struct keeper *k)
{
	struct stage_result *res = &k->sh->res;

	if (res->left_n++ < STAGE_LEFT)
		return &res->left[res->left_n - 1];
	return NULL;
}

static struct program *find(struct keeper *k, pid_t pid)
{
	for (size_t i = 0; i < k->plan->n; i++)
		if (k->prog[i].pid == pid)
			return &k->prog[i];
	return NULL;
}

static void record(struct keeper *k, struct program *p, int status)
{
	size_t i = (size_t)(p - k->prog);
	enum stage_end *end = &k->sh->res.prog[i].end;
	int *code = &k->sh->res.prog[i].code;

	if (WIFEXITED(status)) {
		*end = STAGE_EXITED;
		*code = WEXITSTATUS(status);
	} else {
		*end = STAGE_SIGNALED;
		*code = WTERMSIG(status);
	}
	p->pid = 0;
	p->ended = 1;
}

void note_unwaited(struct keeper *k, pid_t pid)
{
	struct stage_left *x;
	struct proc p;

	if (proc_get(pid, &p) == -1 || !(x = left_add(k)))
		return;
	x->kind = STAGE_UNWAITED;
	x->id = pid;
	snprintf(x->name, sizeof x->name, "%s", p.comm);
	snprintf(x->text, sizeof x->text, "process %d (%s) ended, and its "
		 "parent did not wait for it; waitpid(pid, &status, 0) does",
		 (int)pid, p.comm);
}

/* Collect all that have ended. Look first (WNOWAIT): the name of a process
 * is gone once it has been waited for. NOTE: report adopted ones. */
void reap(struct keeper *k, int note)
{
	for (;;) {
		siginfo_t si = { 0 };
		struct program *p;
		int status;

		if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) == -1 ||
		    si.si_pid == 0)
			return;
		p = find(k, si.si_pid);
		if (!p && note && !k->hit && !k->terminated)
			note_unwaited(k, si.si_pid);
		waitpid(si.si_pid, &status, 0);
		if (p)
			record(k, p, status);
	}
}

/* Wait at most MS for a signal: a child's end, or the order to stop. That
 * counts from the caller alone: a program may send signals to everybody. */
void nap(struct keeper *k, int ms)
{
	struct pollfd pfd = { .fd = k->events, .events = POLLIN };
	struct signalfd_siginfo si;

	if (poll(&pfd, 1, ms) != 1)
		return;
	while (read(k->events, &si, sizeof si) == sizeof si)
		if (si.ssi_signo != SIGCHLD && !k->stop &&
		    (pid_t)si.ssi_pid == k->caller)
			k->stop = (int)si.ssi_signo;
}

static int all_ended(const struct keeper *k, int services)
{
	for (size_t i = 0; i < k->plan->n; i++)
		if (!k->prog[i].ended &&
		    (services || !k->plan->prog[i].service))
			return 0;
	return 1;
}

/* ALONE: not to the processes that they have started. */
static void signal_programs(struct keeper *k, int sig, size_t which, int alone)
{
	for (size_t i = 0; i < k->plan->n; i++) {
		pid_t pid = k->prog[i].pid;

		if (pid > 0 && (which == 0 || which == i + 1))
			kill(alone ? pid : -pid, sig);
	}
}

static void end_run(struct keeper *k, enum stage_end end, int code)
{
	k->sh->res.end = end;
	k->sh->res.code = code;
}

/* The living processes of the run: how many; *RUN is malloc()ed. */
static size_t living(pid_t **run)
{
	struct proc *v;
	size_t n = proc_below(getpid(), &v), m = 0;

	*run = calloc(n + 1, sizeof **run);
	for (size_t i = 0; *run && i < n; i++)
		if (v[i].state != 'Z')
			(*run)[m++] = v[i].pid;
	free(v);
	return m;
}

/* Are the M processes of RUN those that live now? */
static int are_living(const pid_t *run, size_t m)
{
	pid_t *now;
	size_t n = living(&now);
	int same = n == m && memcmp(now, run, m * sizeof *run) == 0;

	free(now);
	return same;
}

/* Say of each process what it waits for. Returns whether the run was the same
 * afterwards. */
static int look_once(struct keeper *k)
{
	struct words w = { k->sh->res.why, 0, STAGE_WHY };
	pid_t *run;
	size_t waiting = 0, m = living(&run);
	int same;

	for (size_t i = 0; i < m; i++) {
		char text[4 * STAGE_LINE];
		enum waits r = look_at(run[i], run, m, text, sizeof text);

		if (r == IS_GONE)
			continue;
		waiting += r == FOR_EVER;
		if (i < 16)
			words_add(&w, "%s", text);
	}
	same = are_living(run, m);
	if (same && m > 1 && waiting == m)
		words_add(&w, "Each of the %zu waits for something that only "
			  "another of them could do: a deadlock.\n", m);
	free(run);
	return same;
}

/* One that begins while we look is in no list yet, and others may wait for it
 * already: on a slow machine that would be a deadlock that is none. So look
 * again if the list has changed; a run that goes on and on forking has no
 * end of that, and is in no deadlock either. */
static void look(struct keeper *k)
{
	for (int tries = 0; tries < LOOKS; tries++) {
		k->sh->res.why[0] = '\0';
		if (look_once(k))
			return;
	}
}

/* Does every process wait for ever, and has none of them moved for three
 * looks? Then nothing can happen any more. A timer could wake one, and of
 * several threads we see but the first. */
static int is_dead(struct keeper *k)
{
	pid_t *run;
	size_t m = living(&run);
	long sleeps = (long)m;
	int dead = m > 0;

	for (size_t i = 0; dead && i < m; i++) {
		char text[4 * STAGE_LINE];

		dead = look_at(run[i], run, m, text, sizeof text) > 0 &&
		       !proc_timed(run[i]) && proc_threads(run[i]) == 1;
		sleeps += proc_sleeps(run[i]);
	}
	free(run);
	k->still = !dead ? 0 : sleeps == k->sleeps ? k->still + 1 : 1;
	k->sleeps = sleeps;
	return k->still >= 3;
}

/* Has the run broken a bound, or been told to stop? Sets the result. */
static int must_end(struct keeper *k, long long tick)
{
	const struct stage_limits *l = &k->plan->limits;
	size_t output = l->output ? l->output : 8 * MIB;
	size_t most = l->processes ? l->processes : PROCESSES;

	if (k->stop) {
		end_run(k, STAGE_INTERRUPTED, k->stop);
		return 1;
	}
	if (written(k) > output) {
		end_run(k, STAGE_OUTPUT, (int)output);
		return 1;
	}
	if (tick % 5 == 4) {
		struct proc *v;
		size_t n = proc_below(getpid(), &v);

		free(v);
		if (n > most) {
			end_run(k, STAGE_PROCESSES, (int)most);
			return 1;
		}
	}
	if (now_ms() >= k->deadline ||
	    (k->plan->early && tick % 4 == 3 && is_dead(k))) {
		end_run(k, STAGE_DEADLINE, (int)deadline_ms(k->plan));
		return 1;
	}
	return 0;
}

/* Run until every program has ended or a bound is broken. */
static void watch(struct keeper *k)
{
	const struct stage_plan *plan = k->plan;
	int quick = plan->hit_signal != 0;

	for (long long tick = 0;; tick++) {
		copy_outputs(k);
		reap(k, 1);
		if (quick && !k->hit && k->lines >= plan->hit_line) {
			k->hit = 1;
			signal_programs(k, plan->hit_signal, plan->hit_prog,
					plan->hit_alone);
		}
		if (all_ended(k, 1))
			return;
		if (all_ended(k, 0) && !k->terminated) {
			k->terminated = 1;
			signal_programs(k, SIGTERM, 0, 0);
		}
		if (must_end(k, tick))
			return;
		if (quick && !k->hit)
			sched_yield();
		else
			nap(k, plan->play ? TICK_MS / 2 : TICK_MS);
	}
}

/* A service is ready when it has said its first line. */
static void await_ready(struct keeper *k, size_t i)
{
	struct stat st;

	for (long long tick = 0; !k->prog[i].ended; tick++) {
		copy_outputs(k);
		if (k->plan->play ? k->lines > (unsigned)i :
		    fstat(k->prog[i].out, &st) == 0 && st.st_size > 0)
			return;
		reap(k, 1);
		if (must_end(k, tick))
			return;
		nap(k, 1);
	}
}

static void start_all(struct keeper *k)
{
	struct stage_result *res = &k->sh->res;

	for (int service = 1; service >= 0; service--)
		for (size_t i = 0; i < k->plan->n; i++) {
			if (!!k->plan->prog[i].service != service)
				continue;
			if (start(k, i) == -1)
				return;
			if (service)
				await_ready(k, i);
			if (res->end != STAGE_EXITED)
				return;
		}
}

/* A service that its SIGTERM ended has done as it was told. */
static int went_well(const struct keeper *k, size_t i)
{
	const struct stage_result *res = &k->sh->res;

	if (res->prog[i].end == STAGE_SIGNALED)
		return k->plan->prog[i].service && k->terminated &&
		       res->prog[i].code == SIGTERM;
	return res->prog[i].end == STAGE_EXITED && res->prog[i].code == 0;
}

static void summarise(struct keeper *k)
{
	struct stage_result *res = &k->sh->res;

	for (size_t i = 0; i < k->plan->n; i++) {
		struct program *p = &k->prog[i];

		keep_text(p->out, &res->prog[i].out);
		if (k->plan->play)
			break;
		keep_text(p->err, &res->prog[i].err);
	}
	for (size_t i = 0; i < k->plan->n; i++) {
		int cut = res->prog[i].end == STAGE_SIGNALED &&
			  res->prog[i].code == SIGXFSZ;

		if (cut && written(k) >= 8 * MIB) {
			res->prog[i].end = STAGE_OUTPUT;
			res->prog[i].code = 8 * (int)MIB;
		}
		if (res->end == STAGE_EXITED && !went_well(k, i)) {
			res->end = res->prog[i].end;
			res->code = res->prog[i].code;
		}
	}
}

static void mark_running(struct keeper *k)
{
	struct stage_result *res = &k->sh->res;

	for (size_t i = 0; i < k->plan->n; i++)
		if (!k->prog[i].ended && res->end != STAGE_NOT_STARTED) {
			res->prog[i].end = res->end;
			res->prog[i].code = res->code;
			k->prog[i].pid = 0;	/* what comes is our doing */
			k->prog[i].ended = 1;
		}
}

/* Signals come by a descriptor from now on, and the programs' orphans, and
 * the news when the caller dies. 0, or -1 and the result says why. */
static int keeper_begin(struct keeper *k, const volatile sig_atomic_t *stop)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	k->stop = *stop;		/* it came before we blocked it */
	signal(SIGPIPE, SIG_IGN);	/* whoever reads our stdout may go */
	signal(SIGCHLD, SIG_DFL);	/* ignored, children end unseen */
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != k->caller)	/* it died before that */
		k->stop = SIGTERM;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	k->events = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (k->events == -1)
		note_error(k, "signalfd", "", errno);
	return k->events == -1 ? -1 : 0;
}

_Noreturn void keeper_main(struct keeper *k, const volatile sig_atomic_t *stop)
{
	struct stage_result *res = &k->sh->res;

	if (keeper_begin(k, stop) == -1) {
		k->sh->done = 1;
		_exit(0);
	}
	objects_list(&k->before, k->place, k->plan->dir);
	k->deadline = now_ms() + deadline_ms(k->plan);
	start_all(k);
	if (res->end == STAGE_EXITED)
		watch(k);
	if (res->end == STAGE_EXITED)
		note_orphans(k);
	else if (res->end == STAGE_DEADLINE)
		look(k);
	mark_running(k);
	end_all(k);
	copy_outputs(k);
	note_objects(k);
	summarise(k);
	k->sh->done = 1;
	_exit(0);
}
