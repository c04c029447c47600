/*
 * check_inside.h - what check.c and check_main.c know of each other
 */
#ifndef CHECK_INSIDE_H
#define CHECK_INSIDE_H

/* Exit statuses of a check's process, beside those of claim.h. */
enum { CHECK_WRONG = 103, CHECK_IF_CLEAN = 104,
       CHECK_IF_NO_OBJECT = 105 };

enum { TOLD = 768 };		/* bytes of one line that it tells */

#define SEED_ENV "CHECK_SEED"

#endif
