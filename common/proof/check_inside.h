/*
 * check_inside.h - what check.c and check_main.c know of each other
 */
#ifndef CHECK_INSIDE_H
#define CHECK_INSIDE_H

#include <stddef.h>

/* Exit statuses of a check's process, beside those of claim.h. */
enum { CHECK_WRONG = 103, CHECK_IF_CLEAN = 104,
       CHECK_IF_NO_OBJECT = 105 };

enum { TOLD = 768 };		/* bytes of one line that it tells */

#define SEED_ENV "CHECK_SEED"
#define MEMORY_ENV "CHECK_MEMORY"	/* set: run the program that looks after
					   its memory */

/* memory.c: is there a sanitizer's report in SAID? Then the first one is in BUF
 * (SIZE bytes), with the line of the program: 1. Else 0. */
int memory_report(const char *said, char *buf, size_t size);

/* place.c: where the code at AT, an address in the file PATH of a program that
 * was compiled with -g, stands in its source: "count.c, line 52" in BUF (SIZE
 * bytes). Returns 0, or -1 if nobody here can tell. Source: addr2line(1). */
int place_of_code(const char *path, unsigned long at, char *buf, size_t size);

#endif
