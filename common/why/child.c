/*
 * child.c - wait(): for which child?
 */
#define _GNU_SOURCE
#include <sys/wait.h>

#include "inside.h"

static void tell_wait(struct wait *w, pid_t child)
{
	char buf[WHO];

	wait_object(w, "child", -1, "");
	words_add(&w->words, "is blocked in wait() for ");
	if (child > 0) {
		who(child, buf);
		words_add(&w->words, "%s to end", buf);
	} else {
		words_add(&w->words, "a child to end");
	}
}

void on_wait(struct wait *w, const struct known *k)
{
	(void)k;
	tell_wait(w, (pid_t)w->task.arg[0]);
}

void on_waitid(struct wait *w, const struct known *k)
{
	(void)k;
	tell_wait(w, w->task.arg[0] == P_PID ? (pid_t)w->task.arg[1] : -1);
}
