/*
 * act.h - what the programs share that the tests of why run
 *
 *	PROGRAM ACT
 *
 * Each act waits in one way. It may start others, which end with it.
 */
#ifndef WHY_ACT_H
#define WHY_ACT_H

#include "../../lesson.h"

struct act {
	const char *name;
	void (*play)(void);
};

/* Play the act that is named: what main() returns, if that ends. */
int play(int argc, char **argv, const struct act *act, size_t n);

_Noreturn void forever(void);
/* A child that ends with us, however we end. */
pid_t fork_child(void);
void child_that_pauses(const char *name);
/* Such a child that first does DEED. It has done so when this returns. */
pid_t child_that(void (*deed)(void), const char *name);
void make_pipe(int end[2]);
/* Write into FD until no more has room, and then wait as before. */
void fill(int fd);
/* Put FD into a message that nobody has received yet. */
void send_away(int fd);

#endif
