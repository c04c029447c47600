/*
 * disk.c - calls that a disk or a device ends, not a partner
 */
#include "inside.h"

void on_disk(struct wait *w, const struct known *k)
{
	on_fd(w, k);
	wait_ends(w);
}

/* Its operations are in memory that the process and the kernel share. */
void on_ring(struct wait *w, const struct known *k)
{
	on_fd(w, k);
	words_add(&w->words, ": it waits for %llu of its operations to end; "
		  "which ones cannot be seen from here", w->task.arg[2]);
	wait_ends(w);
}
