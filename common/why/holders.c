/*
 * holders.c - those who have an object open, in words
 */
#include "inside.h"

enum { NAMED = 8 };	/* so many are enough for a sentence */

static void holder_say(struct wait *w, const struct holder *h)
{
	char buf[WHO];

	who(h->pid, buf);
	words_add(&w->words, "%s, fd %d", h->pid == w->task.pid ?
		  "the same process" : buf, h->fd);
}

void holder_tell(struct wait *w, const struct holder *h, size_t nth,
		 const char *first, const char *next, const char *deed)
{
	wait_ender(w, h->pid, 0, h->fd, deed);
	if (nth > NAMED)
		return;
	words_add(&w->words, "%s", nth == 1 ? first : next);
	holder_say(w, h);
}

void holders_more(struct wait *w, size_t n)
{
	if (n > NAMED)
		words_add(&w->words, " and %zu more", n - NAMED);
}

void holders_tell(struct wait *w, const struct holder *h, size_t n,
		  const char *first, const char *deed)
{
	for (size_t i = 0; i < n; i++)
		holder_tell(w, &h[i], i + 1, first, " and in ", deed);
	holders_more(w, n);
}
