/*
 * holders.c - those who have an object open, in words
 */
#include "inside.h"

enum { NAMED = 8 };	/* so many are enough for a sentence */

/* "cat (process 12), fd 3": of the process that was named last, ", fd 4". */
static void holder_say(struct wait *w, const struct holder *h,
		       const char *before)
{
	char buf[WHO];

	if (h->pid != w->named) {
		who(h->pid, buf);
		words_add(&w->words, "%s%s", before, h->pid == w->task.pid ?
			  "the same process" : buf);
	}
	w->named = h->pid;
	words_add(&w->words, ", fd %d", h->fd);
}

void holder_tell(struct wait *w, const struct holder *h, size_t nth,
		 const char *first, const char *next, const char *deed)
{
	wait_ender(w, h->pid, 0, h->fd, deed);
	if (nth > NAMED)
		return;
	if (nth == 1)
		w->named = 0;
	holder_say(w, h, nth == 1 ? first : next);
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
