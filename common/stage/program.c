/*
 * program.c - from the keeper's child to the program: limits, signals,
 * descriptors
 *
 * Invariant: a program never writes into a pipe that stage waits on (a child
 * that keeps the pipe open would look like a hang), so all output goes to
 * memory files.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "keeper.h"

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

/* Kernels before 5.9 and C libraries before them do not have close_range(). */
static void close_from(int first)
{
	struct rlimit r;
	int end = 1024;

#ifdef SYS_close_range
	if (syscall(SYS_close_range, first, ~0u, 0) == 0)
		return;
#endif
	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < 1048576)
		end = (int)r.rlim_cur;
	for (int fd = first; fd < end; fd++)
		close(fd);
}

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

_Noreturn void become(const struct keeper *k, size_t i, int report,
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
