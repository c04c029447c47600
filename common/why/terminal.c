/*
 * terminal.c - terminals, and the other side of a pseudoterminal
 */
#include "inside.h"

void terminal_fd(struct wait *w, int fd, const char *link, enum way way)
{
	(void)way;
	wait_object(w, "terminal", fd, link);
	words_add(&w->words, "fd %d, %s", fd, link);
}
