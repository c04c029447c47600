/*
 * words.h - sentences that are built piece by piece
 */
#ifndef WHY_WORDS_H
#define WHY_WORDS_H

#include <stddef.h>

#define LENGTH(a) (sizeof (a) / sizeof *(a))

struct words {
	char *buf;		/* a string, also while it grows */
	size_t len, size;
};

/* words_add - add to W what printf() would print; what has no room is left
 * out. */
__attribute__((format(printf, 2, 3)))
void words_add(struct words *w, const char *fmt, ...);
const char *signal_name(int sig);	/* "SIGPIPE"; static storage */

#endif
