/*
 * note.c - what is written into the result of a run, and how
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "keeper.h"

void note_error(struct keeper *k, const char *what, const char *name, int err)
{
	struct stage_result *res = &k->sh->res;

	res->end = STAGE_ERROR;
	snprintf(res->error, sizeof res->error, "%s%.300s: %s", what, name,
		 strerror(err));
}

void note_sentence(struct keeper *k, const char *fmt, ...)
{
	struct stage_result *res = &k->sh->res;
	va_list ap;

	res->end = STAGE_ERROR;
	va_start(ap, fmt);
	vsnprintf(res->error, sizeof res->error, fmt, ap);
	va_end(ap);
}

struct stage_left *left_add(struct keeper *k)
{
	struct stage_result *res = &k->sh->res;

	if (res->left_n++ < STAGE_LEFT)
		return &res->left[res->left_n - 1];
	return NULL;
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
