/*
 * sweep.c - when the programs have ended, or must: who is still there, what
 * is left, and away with it
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper.h"

/* Is there a child of ours that WHICH and ID of waitid(2) mean? Nobody else
 * waits for our children, so until we do, their numbers are theirs alone. */
static int is_child(idtype_t which, pid_t id)
{
	siginfo_t si;

	return waitid(which, (id_t)id, &si, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static int has_children(void)
{
	return is_child(P_ALL, 0);
}

/* The time since *LAST, which becomes now. A step that took long says that we
 * did not run, so others may not have run either: it counts as a tick. */
static long long step(long long *last)
{
	long long now = now_ms(), took = now - *last;

	*last = now;
	return took < TICK_MS ? took : TICK_MS;
}

/* After a signal to all of a program's processes its first one may be the
 * first to end; the rest get time to do so too. */
static void settle(struct keeper *k)
{
	long long left = stage_patience(GRACE_MS), last = now_ms();

	while (has_children() && left > 0 && !k->stop) {
		reap(k, 0);
		nap(k, 2);
		left -= step(&last);
	}
}

static void note_orphan(struct keeper *k, const struct proc *p)
{
	struct stage_left *x = left_add(k);
	char text[WHY_SENTENCE];

	if (!x)
		return;
	why_sentence(p->pid, NULL, 0, text, sizeof text);
	text[strcspn(text, "\n")] = '\0';
	x->kind = STAGE_PROCESS;
	x->id = p->pid;
	snprintf(x->name, sizeof x->name, "%s", p->comm);
	snprintf(x->text, sizeof x->text, "still running: %.400s",
		 *text ? text : p->comm);
}

/* The next child of ours after number PID, or 0: it asks for each number that
 * a process may have, which may take a second or two. For children that /proc
 * does not list: it may be gone, or hide what has another user's powers. */
static pid_t next_child(pid_t pid)
{
	const pid_t limit = 4 * 1024 * 1024;	/* PID_MAX_LIMIT, proc(5) */

	while (++pid < limit)
		if (is_child(P_PID, pid))
			return pid;
	return 0;
}

static void note_hidden_orphans(struct keeper *k)
{
	pid_t pid = 0;

	while ((pid = next_child(pid)) > 0) {
		struct stage_left *x = left_add(k);

		if (!x)
			continue;
		x->kind = STAGE_PROCESS;
		x->id = pid;
		snprintf(x->name, sizeof x->name, "process %d", (int)pid);
		snprintf(x->text, sizeof x->text, "still running: process %d, "
			 "which /proc does not show", (int)pid);
	}
}

/* The programs have ended; who is still there? One look may miss a process
 * that forks at that moment, but as long as we have a child there is one. */
void note_orphans(struct keeper *k)
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
	reap(k, 0);
	if (k->sh->res.left_n == before && has_children())
		note_hidden_orphans(k);
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

/* Send SIG to the groups that the programs lead, where a child of ours is in
 * it: an empty group's number may be a stranger's by now. */
static void signal_groups(const struct keeper *k, int sig)
{
	for (size_t i = 0; i < k->plan->n; i++) {
		pid_t group = k->prog[i].group;

		if (group > 0 && is_child(P_PGID, group))
			kill(-group, sig);
	}
}

/* Send SIG to the whole run, seen in /proc or not. Returns how many are seen.
 * A second SIGKILL does no harm; another signal should come but once. */
static size_t signal_run(const struct keeper *k, int sig)
{
	size_t seen = signal_below(sig);

	if (seen == 0 || sig == SIGKILL)
		signal_groups(k, sig);
	if (seen == 0 && sig == SIGTERM)
		signal_groups(k, SIGCONT);
	return seen;
}

/* End our children, one by one: also those that left their group. When they
 * have ended, their own children are ours. */
static void kill_children(void)
{
	pid_t pid = 0;

	while (has_children() && (pid = next_child(pid)) > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
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

/* Until all have ended, or had the time to. */
static void give_grace(struct keeper *k)
{
	long long left = stage_patience(GRACE_MS), last = now_ms();

	reap(k, 0);
	while (has_children() && left > 0) {
		nap(k, 2);
		reap(k, 0);
		left -= step(&last);
	}
}

/* Ask, then insist. The end is when we have no child left, not when /proc
 * shows nobody: one that forks and ends all the time may be missed there,
 * but as its parents end it becomes our child; and there may be no /proc. */
void end_all(struct keeper *k)
{
	if (k->sh->res.end != STAGE_PROCESSES) {
		signal_run(k, SIGTERM);
		give_grace(k);
	}
	stop_all(k);
	for (;;) {
		size_t seen = signal_run(k, SIGKILL);

		reap(k, 0);
		if (!has_children())
			return;
		if (seen == 0)
			kill_children();
		nap(k, 1);
	}
}

/* Is the new object X this run's? All in the scratch folder is, and all that
 * namespaces keep apart. For the rest it is in play when it is the lesson's.
 * What carries a lesson's name is that lesson's, which may be played elsewhere
 * at this moment. The others are ours when no living process uses them; in the
 * private tier we cannot see who uses a file, and take it. */
static int is_ours(const struct keeper *k, const struct stage_left *x)
{
	int is_file = x->kind == STAGE_FIFO || x->kind == STAGE_SOCKET;
	int is_private = k->sh->res.tier == STAGE_PRIVATE;
	size_t len = strlen(k->place->run);

	if (is_file ? strncmp(x->name, k->place->run, len) == 0 : is_private)
		return 1;
	if (k->plan->play)
		return objects_owned(x, folder_of(k->plan));
	if (objects_marked(x))
		return objects_owned(x, own_id());
	return is_private || !objects_busy(x);
}

void note_objects(struct keeper *k)
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
