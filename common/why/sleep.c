/*
 * sleep.c - waits that time ends, and one of which nothing is left to see
 */
#include "inside.h"

void on_sleep(struct wait *w, const struct known *k)
{
	(void)k;
	wait_object(w, "time", -1, "");
	words_add(&w->words, "sleeps until a time has passed");
	wait_ends(w);
}

/* A stop and a continue end some calls, and the kernel goes on with them by
 * this one: whatever they waited for. */
void on_restart(struct wait *w, const struct known *k)
{
	(void)k;
	words_add(&w->words, "goes on with a wait that a stop had broken off; "
		  "for what it waits cannot be seen any more");
	wait_ends(w);
}
