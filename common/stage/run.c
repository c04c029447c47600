/*
 * run.c - the keeper: starts the programs, waits, looks, sweeps
 *
 * Invariants: a program never writes into a pipe that stage waits on (a
 * child that keeps the pipe open would look like a hang), so all output goes
 * to memory files. The result lies in memory shared by caller and keeper; it
 * counts only when the keeper has set `done'.
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
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../lesson.h"
#include "inside.h"

enum {
	DEADLINE_MS = 10000,
	GRACE_MS = 500,		/* from SIGTERM to SIGKILL */
	TICK_MS = 20,
	PROCESSES = 256,
};

#define MIB ((size_t)1024 * 1024)

struct shared {
	struct stage_result res;
	int done;
	int cannot_isolate;	/* not a failure: try the other tier */
};

struct program {
	pid_t pid;		/* 0 before it starts and after it ended */
	int out, err;		/* memory files */
	off_t copied;		/* bytes of out that have been looked at */
	int ended;
};

struct keeper {
	const struct stage_plan *plan;
	struct shared *sh;
	const struct place *place;
	struct objects before;
	struct program prog[STAGE_PROGS];
	int events;		/* signalfd */
	unsigned lines;		/* that the programs have said */
	int hit;		/* the plan's signal has been sent */
	int stop;		/* the signal that told us to stop */
	pid_t caller;		/* who may tell us; 0 from inside a private
				   tier, where it cannot be seen */
	int still;		/* looks that found nobody moving */
	long sleeps;		/* how often they had slept by then */
	int terminated;		/* the services have got SIGTERM */
	long long deadline;	/* by now_ms() */
	int users;		/* processes of this user before the run */
};

/* In the caller: the signal that came, and whom to tell. */
static volatile sig_atomic_t caller_stop;
static volatile pid_t caller_keeper;

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static unsigned deadline_ms(const struct stage_plan *plan)
{
	const char *mul = getenv("STAGE_TIMEOUT_MUL");
	unsigned ms = plan->deadline_ms ? plan->deadline_ms : DEADLINE_MS;
	int times = mul ? atoi(mul) : 1;

	if (times < 1 || times > 1000)
		times = 1;
	if (ms > INT_MAX / (unsigned)times)
		return INT_MAX;
	return ms * (unsigned)times;
}

/* The lesson that is played, by its folder. */
static uint32_t folder_of(const struct stage_plan *plan)
{
	return folder_id(plan->dir ? plan->dir : ".");
}

/* ------------------------------------------- in the program's process */

#ifdef __GLIBC__
typedef __rlimit_resource_t resource;	/* an enum, for C's stricter eyes */
#else
typedef int resource;
#endif

static void limit(resource what, size_t value)
{
	struct rlimit r;

	if (value == 0 || getrlimit(what, &r) == -1)
		return;
	r.rlim_cur = value;
	if (r.rlim_max != RLIM_INFINITY && r.rlim_cur > r.rlim_max)
		r.rlim_cur = r.rlim_max;
	r.rlim_max = r.rlim_cur;
	setrlimit(what, &r);
}

/* SIGXCPU says what it was; only who ignores that gets SIGKILL. */
static void limit_cpu(rlim_t seconds)
{
	struct rlimit r = { seconds, seconds + 1 };

	setrlimit(RLIMIT_CPU, &r);
}

/* The keeper counts processes and says so when there are too many; the
 * kernel's limit lies higher, so that it does not hide a fork bomb, and
 * only stops what is too fast for the keeper. */
static void set_limits(const struct keeper *k)
{
	const struct stage_limits *l = &k->plan->limits;
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	limit_cpu(l->cpu_s ? l->cpu_s : deadline_ms(k->plan) / 1000 * 2 + 1);
	limit(RLIMIT_AS, l->memory);
	limit(RLIMIT_FSIZE, l->file ? l->file : 64 * MIB);
	limit(RLIMIT_NOFILE, l->descriptors);
	limit(RLIMIT_NPROC, (size_t)k->users +
	      2 * (l->processes ? l->processes : PROCESSES));
}

static void default_signals(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);	/* KILL and STOP refuse: fine */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void close_from(int first)
{
	if (syscall(SYS_close_range, first, ~0u, 0) == 0)
		return;
	for (int fd = first; fd < 1024; fd++)
		close(fd);
}

/* What kept a program from starting. Its own file is its own matter; the
 * rest is a failure of stage or of the plan. */
enum step { EXEC, INPUT, FOLDER, };

struct failure {
	enum step step;
	int err;
};

/* Tell the keeper which step failed, then go. */
_Noreturn static void not_started(int report, enum step step)
{
	struct failure f = { step, errno };

	if (write(report, &f, sizeof f) != sizeof f)
		_exit(126);
	_exit(127);
}

/* The input: a FIFO that nobody writes must not hold us up. */
static int open_input(const char *path)
{
	int fd = open(path ? path : "/dev/null", O_RDONLY | O_NONBLOCK);

	if (fd != -1)
		fcntl(fd, F_SETFL, 0);
	return fd;
}

/* A name such as ./prog is looked for in the working folder, then in the
 * caller's, CWD. */
static void execute(char *const *argv, const char *cwd)
{
	char path[PATH_MAX];

	execvp(argv[0], argv);
	if (errno != ENOENT || *argv[0] == '/' || !strchr(argv[0], '/') ||
	    !*cwd)
		return;
	if (snprintf(path, sizeof path, "%s/%s", cwd, argv[0]) <
	    (int)sizeof path)
		execv(path, argv);
}

enum { REPORT = 3 };	/* the descriptor after the three standard ones */

/* Folder, input, outputs, and the pipe REPORT to the keeper: no more. */
static void arrange(const struct keeper *k, size_t i, int report)
{
	const char *dir = k->plan->dir ? k->plan->dir : k->place->run;
	int in = open_input(k->plan->prog[i].input);

	if (in == -1)
		not_started(report, INPUT);
	if (chdir(dir) == -1)
		not_started(report, FOLDER);
	dup2(in, 0);
	dup2(k->prog[i].out, 1);
	dup2(k->prog[i].err, 2);
	if (report != REPORT)
		dup2(report, REPORT);
	fcntl(REPORT, F_SETFD, FD_CLOEXEC);
	close_from(REPORT + 1);
}

_Noreturn static void become(const struct keeper *k, size_t i, int report,
			     pid_t keeper)
{
	const struct stage_prog *p = &k->plan->prog[i];
	char cwd[PATH_MAX];

	if (!getcwd(cwd, sizeof cwd))
		*cwd = '\0';
	setsid();
	arrange(k, i, report);
	if (!k->plan->keep)
		setenv("TMPDIR", k->place->run, 1);
	set_limits(k);
	default_signals();
	if (k->sh->res.tier == STAGE_SHARED)
		isolate_guard(keeper);
	else if (geteuid() != 0)
		isolate_drop();
	if (p->fn) {
		close(REPORT);
		p->fn(p->arg);
		fflush(NULL);
		_exit(0);
	}
	execute(p->argv, cwd);
	not_started(REPORT, EXEC);
}

/* ------------------------------------------------------- the keeper */

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

static void note_error(struct keeper *k, const char *what, const char *name,
		       int err)
{
	struct stage_result *res = &k->sh->res;

	res->end = STAGE_ERROR;
	snprintf(res->error, sizeof res->error, "%s%.300s: %s", what, name,
		 strerror(err));
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
		if (k->plan->play && write(1, buf, (size_t)n) == -1)
			k->stop = k->stop ? k->stop : SIGPIPE;
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

static struct stage_left *left_add(struct keeper *k)
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

static void note_unwaited(struct keeper *k, pid_t pid)
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
static void reap(struct keeper *k, int note)
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
static void nap(struct keeper *k, int ms)
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

static void signal_programs(struct keeper *k, int sig, size_t which)
{
	for (size_t i = 0; i < k->plan->n; i++)
		if (k->prog[i].pid > 0 && (which == 0 || which == i + 1))
			kill(-k->prog[i].pid, sig);
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

static void look(struct keeper *k)
{
	struct words w = { k->sh->res.why, 0, STAGE_WHY };
	pid_t *run;
	size_t waiting = 0, m = living(&run);

	for (size_t i = 0; i < m; i++) {
		char text[4 * STAGE_LINE];
		int r = stage_why(run[i], run, m, text, sizeof text);

		if (r == -1)
			continue;
		waiting += (size_t)r;
		if (i < 16)
			words_add(&w, "%s", text);
	}
	if (m > 1 && waiting == m)
		words_add(&w, "Each of the %zu waits for something that only "
			  "another of them could do: a deadlock.\n", m);
	free(run);
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
			signal_programs(k, plan->hit_signal, plan->hit_prog);
		}
		if (all_ended(k, 1))
			return;
		if (all_ended(k, 0) && !k->terminated) {
			k->terminated = 1;
			signal_programs(k, SIGTERM, 0);
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

static int has_children(void)
{
	siginfo_t si;

	return waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/* After a signal to all of a program's processes its first one may be the
 * first to end; the rest get time to do so too. */
static void settle(struct keeper *k)
{
	long long until = now_ms() + GRACE_MS;

	while (has_children() && now_ms() < until && !k->stop) {
		reap(k, 0);
		nap(k, 2);
	}
}

static void note_orphan(struct keeper *k, const struct proc *p)
{
	struct stage_left *x = left_add(k);
	char text[4 * STAGE_LINE] = "";

	if (!x)
		return;
	stage_why(p->pid, NULL, 0, text, sizeof text);
	text[strcspn(text, "\n")] = '\0';
	x->kind = STAGE_PROCESS;
	x->id = p->pid;
	snprintf(x->name, sizeof x->name, "%s", p->comm);
	snprintf(x->text, sizeof x->text, "still running: %.400s",
		 *text ? text : p->comm);
}

/* The programs have ended; who is still there? One look may miss a process
 * that forks at that moment, but as long as we have a child there is one. */
static void note_orphans(struct keeper *k)
{
	const size_t before = k->sh->res.left_n;
	int tries = 0;

	if (k->hit || k->terminated)
		settle(k);
	do {
		struct proc *v;
		size_t n = proc_below(getpid(), &v);

		for (size_t i = 0; i < n; i++)
			if (v[i].state != 'Z')
				note_orphan(k, &v[i]);
			else if (v[i].ppid == getpid() && !k->hit &&
				 !k->terminated)
				note_unwaited(k, v[i].pid);
		free(v);
	} while (k->sh->res.left_n == before && has_children() &&
		 ++tries < 100);
}

/* Send SIG to everything below us. Returns how many there are. */
static size_t signal_below(int sig)
{
	struct proc *v;
	size_t n = proc_below(getpid(), &v);
	size_t alive = 0;

	for (size_t i = 0; i < n; i++) {
		if (v[i].state == 'Z')
			continue;
		alive++;
		kill(v[i].pid, sig);
		if (sig == SIGTERM)	/* a stopped process sees it only so */
			kill(v[i].pid, SIGCONT);
	}
	free(v);
	return alive;
}

/* Against a fork bomb stop all before killing any: a process that sees its
 * child die would only fork the next. In a namespace of our own one call
 * reaches all of them at the same moment. */
static void stop_all(const struct keeper *k)
{
	size_t alive = 0, last;

	if (k->sh->res.tier == STAGE_PRIVATE) {
		kill(-1, SIGSTOP);
		kill(-1, SIGKILL);
		return;
	}
	do {
		last = alive;
		alive = signal_below(SIGSTOP);
	} while (alive > last);
}

/* Ask, then insist. The end is when we have no child left, not when /proc
 * shows nobody: one that forks and ends all the time may be missed there,
 * but as its parents end it becomes our child. */
static void end_all(struct keeper *k)
{
	long long until = now_ms() + GRACE_MS;
	size_t alive = 0;

	if (k->sh->res.end != STAGE_PROCESSES)
		alive = signal_below(SIGTERM);
	while (alive && now_ms() < until) {
		reap(k, 0);
		nap(k, 2);
		alive = signal_below(0);
	}
	stop_all(k);
	for (;;) {
		signal_below(SIGKILL);
		reap(k, 0);
		if (waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD)
			return;
		nap(k, 1);
	}
}

/* Is the new object X this run's? All in the scratch folder is, and all that
 * namespaces keep apart. For the rest it is in play when it is the lesson's,
 * else when no living process uses it; in the private tier we cannot see who
 * uses a file, and take it. */
static int is_ours(const struct keeper *k, const struct stage_left *x)
{
	int is_file = x->kind == STAGE_FIFO || x->kind == STAGE_SOCKET;
	int is_private = k->sh->res.tier == STAGE_PRIVATE;
	size_t len = strlen(k->place->run);

	if (is_file ? strncmp(x->name, k->place->run, len) == 0 : is_private)
		return 1;
	if (k->plan->play)
		return objects_owned(x, folder_of(k->plan));
	if (is_private)
		return 1;
	/* What carries a lesson's name is that lesson's, played elsewhere,
	 * unless the lesson is the one whose claims run here. */
	return objects_marked(x) ? objects_owned(x, own_id()) :
	       !objects_busy(x);
}

static void note_objects(struct keeper *k)
{
	struct stage_result *res = &k->sh->res;
	struct objects after;

	objects_list(&after, k->place, k->plan->dir);
	for (size_t i = 0; i < after.n; i++) {
		const struct stage_left *x = &after.v[i];
		struct stage_left *to;

		if (objects_have(&k->before, x) || !is_ours(k, x))
			continue;
		if ((to = left_add(k)))
			*to = *x;
		if (!k->plan->keep)
			objects_remove(x);
	}
	if (after.no_mq && !*res->tier_why)
		snprintf(res->tier_why, sizeof res->tier_why, "POSIX queues "
			 "cannot be listed; mount -t mqueue none /dev/mqueue "
			 "makes them visible");
	objects_free(&after);
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
static int keeper_begin(struct keeper *k)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	k->stop = caller_stop;		/* it came before we blocked it */
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

_Noreturn static void keeper_main(struct keeper *k)
{
	struct stage_result *res = &k->sh->res;

	if (keeper_begin(k) == -1) {
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

/* -------------------------------------------------------- the caller */

static void pass_on(int sig)
{
	caller_stop = sig;
	if (caller_keeper > 0)
		kill(caller_keeper, SIGTERM);
}

static const int passed[] = { SIGINT, SIGTERM, SIGHUP };

/* Return when the holder of the lock has gone, or we are told to stop; maybe
 * for no reason. It never accepts our connection, but its end resets it. */
static void wait_for_holder(const struct sockaddr_un *a, socklen_t len)
{
	struct pollfd pfd = { .events = POLLIN };
	sigset_t block, old;

	pfd.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (pfd.fd == -1)
		return;
	sigemptyset(&block);
	for (size_t i = 0; i < LENGTH(passed); i++)
		sigaddset(&block, passed[i]);
	if (connect(pfd.fd, (const void *)a, len) == 0) {
		/* Blocked, a signal cannot slip in before ppoll() waits. */
		sigprocmask(SIG_BLOCK, &block, &old);
		if (!caller_stop)
			ppoll(&pfd, 1, NULL, &old);
		sigprocmask(SIG_SETMASK, &old, NULL);
	}
	close(pfd.fd);
}

/* An abstract socket name is the lock: it leaves no file, and the kernel
 * drops it when its last holder dies: we, or the keeper if we were killed.
 * Returns the lock, or -1 without one. */
static int lock_shared(const char *name)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	const char *held = getenv("STAGE_LOCKED");
	socklen_t len;

	if (held && strstr(held, name))
		return -1;		/* a run inside our own run */
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			  (size_t)snprintf(a.sun_path + 1,
					   sizeof a.sun_path - 1, "%s", name));
	while (!caller_stop) {
		int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (s == -1 || (bind(s, (void *)&a, len) == 0 &&
				listen(s, 64) == 0))
			return s;
		close(s);
		wait_for_holder(&a, len);
	}
	return -1;
}

/* Fork the keeper into its namespaces, or plainly. Returns its pid or -1. */
static pid_t fork_keeper(struct keeper *k, enum stage_tier tier)
{
	struct stage_result *res = &k->sh->res;
	uid_t uid = getuid();
	gid_t gid = getgid();
	pid_t pid;

	k->caller = tier == STAGE_SHARED ? getpid() : 0;
	res->tier = tier;
	fflush(NULL);
	if (tier == STAGE_SHARED) {
		pid = fork();
	} else {
		/* clone(2) as a system call is a fork() with namespaces. */
		pid = (pid_t)syscall(SYS_clone, isolate_flags() | SIGCHLD,
				     0, 0, 0, 0);
		if (pid == -1)
			snprintf(res->tier_why, sizeof res->tier_why,
				 "new namespaces are not allowed here: %s",
				 strerror(errno));
	}
	if (pid != 0)
		return pid;
	if (tier == STAGE_PRIVATE &&
	    isolate_enter(k->place, uid, gid, res->tier_why,
			  sizeof res->tier_why) == -1) {
		k->sh->cannot_isolate = 1;
		_exit(1);
	}
	keeper_main(k);
}

static void wait_keeper(struct keeper *k, pid_t pid)
{
	struct stage_result *res = &k->sh->res;
	int status = 0;

	caller_keeper = pid;
	if (caller_stop)		/* it came before we could pass it */
		kill(pid, SIGTERM);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	caller_keeper = 0;
	if (k->sh->done || k->sh->cannot_isolate)
		return;
	res->end = STAGE_ERROR;
	snprintf(res->error, sizeof res->error, "the keeper died (%s)",
		 WIFSIGNALED(status) ? signal_name(WTERMSIG(status)) :
		 "it exited");
}

/* Told to stop: before the programs began, or when all was swept. */
static void note_interrupted(struct keeper *k, int has_run)
{
	struct stage_result *res = &k->sh->res;

	if (res->end == STAGE_ERROR)
		return;
	res->end = STAGE_INTERRUPTED;
	res->code = caller_stop;
	for (size_t i = 0; i < k->plan->n; i++)
		if (!has_run || res->prog[i].end == STAGE_INTERRUPTED) {
			res->prog[i].end = STAGE_INTERRUPTED;
			res->prog[i].code = caller_stop;
		}
}

static void run_keeper(struct keeper *k, enum stage_tier tier)
{
	pid_t pid = fork_keeper(k, tier);

	if (pid > 0)
		wait_keeper(k, pid);
	else if (tier == STAGE_PRIVATE)
		k->sh->cannot_isolate = 1;
	else
		note_error(k, "fork", "", errno);
	if (caller_stop && !k->sh->cannot_isolate)
		note_interrupted(k, 1);
}

static void lesson_lock(char *name, size_t size, uint32_t id)
{
	snprintf(name, size, "ipc-stage.%u.%06x;", (unsigned)geteuid(),
		 (unsigned)id);
}

int lock_lesson(uint32_t id)
{
	char name[32];

	lesson_lock(name, sizeof name, id);
	return lock_shared(name);
}

/* One shared-tier run of a user at a time, or two of them would take each
 * other's objects for their own. The names of a lesson tell its objects from
 * all others, so in play that is so for its folder only; and while its claims
 * run, the lesson is not played. The names are marked, so that one is not
 * found in another. */
static void take_locks(const struct stage_plan *plan, int lock[2])
{
	const char *held = getenv("STAGE_LOCKED");
	unsigned uid = (unsigned)geteuid();
	char user[32], folder[32], all[256];

	snprintf(user, sizeof user, "ipc-stage.%u;", uid);
	lesson_lock(folder, sizeof folder,
		    plan->play ? folder_of(plan) : own_id());
	lock[0] = plan->play ? -1 : lock_shared(user);
	lock[1] = lock_shared(folder);
	snprintf(all, sizeof all, "%.150s %s %s", held ? held : "",
		 plan->play ? "" : user, folder);
	setenv("STAGE_LOCKED", all, 1);
}

static void run_locked(struct keeper *k)
{
	const char *held = getenv("STAGE_LOCKED");
	char *before = held ? strdup(held) : NULL;
	int lock[2];

	take_locks(k->plan, lock);
	if (caller_stop)
		note_interrupted(k, 0);
	else
		run_keeper(k, STAGE_SHARED);
	for (int i = 0; i < 2; i++)
		if (lock[i] != -1)
			close(lock[i]);
	if (before)
		setenv("STAGE_LOCKED", before, 1);
	else
		unsetenv("STAGE_LOCKED");
	free(before);
}

static void run_tier(struct keeper *k, enum stage_tier tier)
{
	k->sh->res.tier = tier;
	if (tier == STAGE_SHARED)
		run_locked(k);
	else if (caller_stop)
		note_interrupted(k, 0);
	else
		run_keeper(k, tier);
}

static void run_guarded(struct keeper *k)
{
	static int never_private;	/* learnt from an earlier run */
	enum stage_tier tier = k->plan->tier;
	struct stage_result *res = &k->sh->res;

	if (tier == STAGE_AUTO)
		tier = never_private ? STAGE_SHARED : STAGE_PRIVATE;
	run_tier(k, tier);
	if (k->sh->cannot_isolate && k->plan->tier == STAGE_AUTO) {
		never_private = 1;
		k->sh->cannot_isolate = 0;
		run_tier(k, STAGE_SHARED);
	} else if (k->sh->cannot_isolate) {
		res->end = STAGE_ERROR;
		snprintf(res->error, sizeof res->error, "%s", res->tier_why);
	}
}

/* What opens first must not take the place of a standard descriptor that
 * the caller closed. */
static void fill_standard(void)
{
	int fd;

	while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd < 3)
		;
	if (fd >= 3)
		close(fd);
}

static void run_in_place(struct keeper *k, struct place *place)
{
	if (k->plan->n < 1 || k->plan->n > STAGE_PROGS) {
		k->sh->res.end = STAGE_ERROR;
		snprintf(k->sh->res.error, sizeof k->sh->res.error,
			 "a run has 1 to %d programs", STAGE_PROGS);
	} else if (place_make(place) == -1) {
		note_error(k, "a folder in ", "/tmp", errno);
	} else {
		k->users = proc_users(getuid());
		run_guarded(k);
		place_remove(place);
	}
}

struct stage_result *stage_run(const struct stage_plan *plan)
{
	struct sigaction act = { .sa_handler = pass_on }, old[3];
	struct place place = { .lock = -1 };
	struct keeper k = { .plan = plan, .place = &place };

	k.sh = mmap(NULL, sizeof *k.sh, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (k.sh == MAP_FAILED)
		return NULL;
	fill_standard();
	caller_stop = 0;
	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < LENGTH(passed); i++) {
		sigaction(passed[i], NULL, &old[i]);
		if (old[i].sa_handler != SIG_IGN)	/* nohup stays nohup */
			sigaction(passed[i], &act, NULL);
	}
	run_in_place(&k, &place);
	for (size_t i = 0; i < LENGTH(passed); i++)
		sigaction(passed[i], &old[i], NULL);
	return &k.sh->res;
}

void stage_free(struct stage_result *res)
{
	munmap((struct shared *)(void *)res, sizeof(struct shared));
}
