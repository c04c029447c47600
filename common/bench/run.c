/*
 * run.c - one run of one cell: start, watch, explain, sweep
 *
 * The run is a process group of its own below us, and we are its subreaper.
 * Whatever becomes of it, it costs its own row only.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lesson.h"
#include "../stage/stage.h"
#include "../why/why.h"
#include "inside.h"

static const double DISTURBED = 0.05;	/* share of time that others had */

static struct shared *shared;
static sigset_t watched, before;

/* SIGCHLD and the signals that end us stay blocked: sigtimedwait() is where
 * they arrive, so that nothing happens behind our back. */
void run_prepare(void)
{
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	sigemptyset(&watched);
	sigaddset(&watched, SIGCHLD);
	sigaddset(&watched, SIGINT);
	sigaddset(&watched, SIGTERM);
	sigaddset(&watched, SIGHUP);
	sigprocmask(SIG_BLOCK, &watched, &before);
}

static pid_t start(const struct cell *c, const struct settings *set)
{
	double pace = shared->pace;
	pid_t pid;

	memset(shared, 0, sizeof *shared);
	shared->pace = pace;
	shared->making = 1;
	own_nothing(&shared->keep);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGCHLD, SIG_DFL);
		sigprocmask(SIG_SETMASK, &before, NULL);
		ping_main(c, set, shared);
	}
	if (pid > 0)
		setpgid(pid, pid);	/* whoever is first */
	return pid;
}

/* What stage says about the two sides; a name for each is ours. */
static void explain(char *why, size_t size, unsigned limit)
{
	char line[2][STAGE_LINE];

	for (int i = 0; i < 2; i++) {
		if (why_sentence(shared->pid[i], shared->pid, 2,
				 line[i], sizeof line[i]) == IS_GONE)
			snprintf(line[i], sizeof line[i], "it has ended");
		line[i][strcspn(line[i], "\n")] = '\0';
	}
	if (shared->pid[1])
		snprintf(why, size, "hangs (%u s): ping: %.150s; pong: %.150s",
			 limit, line[0], line[1]);
	else
		snprintf(why, size, "hangs (%u s): %.200s", limit, line[0]);
}

/* 0: it has ended; 1: it hangs; -1: we are told to stop, which we do when no
 * object has a name that only PID knows. What the two lost to others is added
 * to the limit: slow is not stuck. */
static int watch(pid_t pid, unsigned limit, int *status)
{
	struct timespec tick = { .tv_sec = 1 };
	double begin = now_ns(), others;
	int sig, told = 0;

	while (waitpid(pid, status, WNOHANG) != pid) {
		if (told && !shared->making)
			break;
		others = kept_waiting(pid);
		if (shared->pid[1])
			others += kept_waiting(shared->pid[1]);
		if (now_ns() - begin > limit * 1e9 + others)
			return told ? -1 : 1;
		sig = sigtimedwait(&watched, NULL, &tick);
		if (sig == SIGINT || sig == SIGTERM || sig == SIGHUP) {
			told = 1;
			tick = (struct timespec){ .tv_nsec = 1000000 };
		}
	}
	return told ? -1 : 0;
}

/* End the whole group, orphans too: they have become our children. */
static void sweep(const struct cell *c, pid_t pid)
{
	struct bench b = { .keep = &shared->keep };

	kill(-pid, SIGKILL);
	while (waitpid(-pid, NULL, 0) > 0 || errno == EINTR)
		continue;
	if (c->f && c->f->teardown)
		c->f->teardown(&b);
}

/* Why it ended without a result, if the run itself did not say. */
static void how_it_ended(int status, char *why, size_t size)
{
	if (shared->out.why[0])
		snprintf(why, size, "%s", shared->out.why);
	else if (WIFSIGNALED(status))
		snprintf(why, size, "killed by signal %d", WTERMSIG(status));
	else
		snprintf(why, size, "ended with status %d",
			 WEXITSTATUS(status));
}

/* One try. Returns 1 with a result in shared->out, 0 without, -1 to stop. */
static int try_once(struct cell *c, const struct settings *set)
{
	int status = 0, hangs;
	pid_t pid = start(c, set);

	if (pid == -1) {
		c->state = VOID;
		snprintf(c->why, sizeof c->why, "fork: %s", errno_name(errno));
		return 0;
	}
	hangs = watch(pid, set->limit_s, &status);
	if (hangs == 1)
		explain(c->why, sizeof c->why, set->limit_s);
	sweep(c, pid);
	if (hangs == -1)
		return -1;
	if (hangs || !shared->out.done) {
		c->state = shared->out.refused ? SKIPPED : VOID;
		if (!hangs)
			how_it_ended(status, c->why, sizeof c->why);
		return 0;
	}
	return 1;
}

static void add_singles(struct cell *c)
{
	size_t n = shared->out.singles;
	uint32_t *more;

	if (n == 0)
		return;
	more = realloc(c->single, (c->singles + n) * sizeof *more);
	if (!more)
		return;
	memcpy(more + c->singles, shared->out.single, n * sizeof *more);
	c->single = more;
	c->singles += n;
}

/* If others had the CPU, once more; the least disturbed try counts. */
int run_cell(struct cell *c, const struct settings *set)
{
	struct outcome *best = NULL;
	int end;

	for (int i = 0; i <= set->effort.retries; i++) {
		end = try_once(c, set);
		if (end != 1) {
			free(best);
			return end;
		}
		if (!best)
			best = malloc(sizeof *best);
		else if (shared->out.lost >= best->lost)
			continue;
		if (best)
			*best = shared->out;
		if (shared->out.lost < DISTURBED)
			break;
	}
	if (best)
		shared->out = *best;
	free(best);
	c->state = MEASURED;
	c->slow = (c->slow * c->n + shared->out.slow) / (c->n + 1);
	c->beside[c->n] = shared->out.beside;
	c->round[c->n++] = shared->out.value;
	c->switches = shared->out.switches;
	c->disturbed += shared->out.lost >= DISTURBED;
	if (shared->out.lost > c->lost)
		c->lost = shared->out.lost;
	add_singles(c);
	return 0;
}
