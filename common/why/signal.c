/*
 * signal.c - waits for a signal
 */
#include "inside.h"

void on_signal(struct wait *w, const struct known *k)
{
	wait_object(w, "signal", -1, "");
	words_add(&w->words, "is blocked in %s(): it waits for a signal",
		  k->say);
	wait_signal(w);
}
