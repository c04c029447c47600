/*
 * look.c - look at processes: what does each of their threads do?
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

static void tell_call(struct wait *w)
{
	switch (w->task.in) {
	case TASK_REFUSED:
		outside_tell(w);
		break;
	case TASK_RUNS:
		running_tell(w);
		break;
	case TASK_IN_NONE:
		words_add(&w->words, "is blocked, but in no system call: it "
			  "touched memory that the kernel must first get");
		break;
	case TASK_OTHER_ABI:
		words_add(&w->words, "is blocked in system call %ld; it was "
			  "built for another processor than why, so its calls "
			  "cannot be explained", w->task.nr);
		break;
	case TASK_IN_CALL:
		call_tell(w);
		break;
	}
}

/* Of a file it is the kernel that knows for whom it waits. */
static int waits_for_server(struct wait *w)
{
	const struct why_thread *is = w->is;

	if (w->task.in != TASK_IN_CALL || is->n_objects > 1)
		return 0;
	if (is->n_objects == 1 && strcmp(is->object[0].kind, "file") != 0)
		return 0;
	return server_tell(w);
}

/* By SIGTTIN or SIGTTOU a terminal stops who is not in its foreground. */
static void tell_stopped(struct wait *w)
{
	int sig = proc_stop_signal(w->task.tid);
	const char *name = signal_name(sig);

	if (sig == SIGTTIN || sig == SIGTTOU) {
		words_add(&w->words, "is stopped by %s: in the background it "
			  "may not %s its terminal; fg in its shell lets it "
			  "go on", name, sig == SIGTTIN ? "read" :
			  "write to, or change,");
		return;
	}
	words_add(&w->words, "is stopped; kill -CONT %d lets it go on",
		  (int)w->task.pid);
}

static void tell_traced(struct wait *w)
{
	pid_t tracer = proc_tracer(w->task.tid);
	char buf[WHO];

	who(tracer, buf);
	if (tracer > 0)
		words_add(&w->words, "is held by %s, which traces it", buf);
	else
		words_add(&w->words, "is held by a program that traces it");
}

/* Under strace a process is held for a moment at each of its calls. That is not
 * what it waits for, so look again until it goes on. A debugger holds it for
 * longer, and one that a signal has stopped stays so. */
static int get_going(struct task *t, pid_t pid, pid_t tid)
{
	for (int looks = 0; looks < 200; looks++) {
		if (task_get(t, pid, tid) == -1)
			return -1;
		if (t->state != 't')
			return 0;
		if (proc_stop_signal(tid))
			return 0;
		sched_yield();
	}
	return 0;
}

/* Whoever takes from a pipe that somebody else fills by splice() waits in
 * state D, as for a disk: but a pipe or a socket waits for a partner. */
static int waits_for_partner(const struct task *t)
{
	char link[64];

	if (t->in != TASK_IN_CALL)
		return 0;
	if (proc_link(t->tid, (int)t->arg[0], link, sizeof link) == -1)
		return 0;
	return strncmp(link, "pipe:", 5) == 0 ||
	       strncmp(link, "socket:", 7) == 0;
}

/* No partner: a signal does not end this either. A page of memory that must
 * come from a disk is told of already. */
static void tell_device(struct wait *w)
{
	if (w->task.in == TASK_IN_CALL && !is_vfork(&w->task))
		words_add(&w->words, " (state D): it waits for a disk or a "
			  "device");
	if (!is_vfork(&w->task))
		wait_ends(w);
}

static void tell_ended(struct wait *w)
{
	struct proc p;
	char buf[WHO];

	words_add(&w->words, "has ended");
	if (proc_get(w->task.pid, &p) == -1)
		return;
	who(p.ppid, buf);
	words_add(&w->words, "; its parent, %s, has not waited for it", buf);
}

/* A state in which nobody but a partner ends its wait is only found by
 * tell_call(). */
static void tell_state(struct wait *w)
{
	if (proc_is_kernel(w->task.pid)) {
		words_add(&w->words, "is a thread of the kernel, which runs "
			  "no program");
		return;
	}
	if (strchr("SD", w->task.state) && frozen_tell(w))
		return;
	switch (w->task.state) {
	case 'Z':
		tell_ended(w);
		break;
	case 'T':
		tell_stopped(w);
		break;
	case 't':
		if (proc_stop_signal(w->task.tid))
			tell_stopped(w);
		else
			tell_traced(w);
		break;
	case 'D':
		task_read_call(&w->task);
		tell_call(w);
		if (waits_for_partner(&w->task))
			break;
		if (!waits_for_server(w))
			tell_device(w);
		break;
	case 'R':
		running_tell(w);
		break;
	default:
		task_read_call(&w->task);
		tell_call(w);
		waits_for_server(w);
	}
}

/* ------------------------------------------------------------ its title */

enum { TITLE = 100 };	/* so many bytes are enough for a sentence */

/* Is TEXT a title that a program called NAME has set (setproctitle(3bsd))? It
 * is where the arguments were, which have an end each: "nginx: worker". */
static int is_title(const char *text, const char *name)
{
	size_t length = strlen(name);

	if (strncmp(text, name, length) != 0)
		return 0;
	return text[length] == ':' || text[length] == ' ';
}

/* Servers say there what they do. */
static void title_say(struct wait *w)
{
	char text[TITLE];
	size_t length;

	if (w->task.tid != w->task.pid || w->task.state == 'D')
		return;		/* then its memory may be locked, too */
	if (proc_read(w->task.pid, "cmdline", text, sizeof text) <= 0)
		return;
	if (!is_title(text, w->task.comm))
		return;
	length = strlen(text);
	while (length > 0 && text[length - 1] == ' ')
		length--;
	text[length] = '\0';
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 127)
			text[i] = '?';
	if (length > strlen(w->task.comm))
		words_add(&w->words, "; its title is \"%s\"", text);
}

/* ------------------------------------------------------- all its threads */

/* Thread TID of PID, which has N threads, into IS: 0, or -1 if it has ended. */
static int look_at(struct why_thread *is, struct seen *seen, pid_t pid,
		   pid_t tid, size_t n)
{
	struct wait w = { .threads = n, .seen = seen, .is = is };
	long sleeps = proc_sleeps(tid);

	if (get_going(&w.task, pid, tid) == -1)
		return -1;
	if (n > 1 && strchr("ZX", w.task.state))
		return -1;
	memset(is, 0, sizeof *is);
	w.words = (struct words){ is->text, 0, sizeof is->text };
	is->pid = pid;
	is->tid = tid;
	is->sleeps = sleeps;
	is->state = w.task.state;
	is->left_s = WHY_NO_LIMIT;
	snprintf(is->name, sizeof is->name, "%s", w.task.comm);
	if (n > 1)
		words_add(&w.words, "%s (thread %d of process %d) ",
			  w.task.comm, (int)tid, (int)pid);
	else
		words_add(&w.words, "%s (process %d) ", w.task.comm,
			  (int)pid);
	is->head = w.words.len;
	tell_state(&w);
	signals_kept_say(&w);
	title_say(&w);
	words_add(&w.words, ".");
	wait_told(&w);
	return 0;
}

/* One more thread in WHY; NULL if there is no memory. */
static struct why_thread *add_thread(struct why *why)
{
	if (why->n == why->size) {
		size_t larger = why->size ? 2 * why->size : 8;
		struct why_thread *more = realloc(why->thread,
						  larger * sizeof *more);

		if (!more)
			return NULL;
		why->thread = more;
		why->size = larger;
	}
	return &why->thread[why->n++];
}

static int note_gone(struct why *why, pid_t pid)
{
	struct why_thread *is = add_thread(why);
	struct words w;

	if (!is)
		return -1;
	memset(is, 0, sizeof *is);
	w = (struct words){ is->text, 0, sizeof is->text };
	is->pid = pid;
	is->tid = pid;
	is->state = '-';
	is->is_open = 1;
	is->left_s = WHY_NO_LIMIT;
	is->waits = IS_GONE;
	why_not_seen(pid, &w);
	return 0;
}

int look_add(struct why *why, struct seen *seen, pid_t pid)
{
	pid_t *task;
	size_t before = why->n;
	size_t n = proc_tasks(pid, &task);
	int status = 0;

	for (size_t i = 0; i < n && status == 0; i++) {
		struct why_thread *is = add_thread(why);

		if (!is)
			status = -1;
		else if (look_at(is, seen, pid, task[i], n) == -1)
			why->n--;
	}
	free(task);
	if (status == 0 && why->n == before)
		status = note_gone(why, pid);
	return status;
}

struct why *why_look(const pid_t *pid, size_t n, const pid_t *run, size_t m)
{
	struct why *why = calloc(1, sizeof *why);
	struct seen *seen = seen_begin(run, m);
	int status = why && seen ? 0 : -1;

	for (size_t i = 0; i < n && status == 0; i++)
		status = look_add(why, seen, pid[i]);
	seen_end(seen);
	if (status == 0)
		return why;
	why_free(why);
	errno = ENOMEM;
	return NULL;
}

void why_free(struct why *why)
{
	if (!why)
		return;
	free(why->thread);
	free(why);
}

enum waits why_waits(const struct why *why, pid_t pid)
{
	enum waits least = FOR_A_SIGNAL;
	int found = 0;

	for (size_t i = 0; i < why->n; i++) {
		if (why->thread[i].pid != pid)
			continue;
		found = 1;
		if (why->thread[i].waits < least)
			least = why->thread[i].waits;
	}
	return found ? least : IS_GONE;
}

enum waits why_sentence(pid_t pid, const pid_t *run, size_t m, char *buf,
			size_t size)
{
	struct words w = { buf, 0, size };
	struct why *why = why_look(&pid, 1, run, m);
	enum waits waits = IS_GONE;

	buf[0] = '\0';
	if (!why) {
		words_add(&w, "there is no memory to look at it\n");
		return IS_GONE;
	}
	for (size_t i = 0; i < why->n; i++)
		words_add(&w, "%s\n", why->thread[i].text);
	waits = why_waits(why, pid);
	why_free(why);
	return waits;
}
