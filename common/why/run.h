/*
 * run.h - run a command, and look at it when it does not end
 */
#ifndef WHY_RUN_H
#define WHY_RUN_H

#include <signal.h>
#include <sys/types.h>

enum run_end {
	RUN_ENDED,		/* status: as waitpid() has it */
	RUN_HANGS,
	RUN_STOPPED,		/* signal: what told us to stop */
	RUN_FAILED,		/* it was not started: errno */
};

struct run {
	pid_t pid;		/* of the command; 0 when it has ended */
	int status;
	int signal;
	int terminal;		/* -1: there is none */
	sigset_t before;
};

/* run_command - run ARGV until it ends, or hangs: LIMIT_S seconds have passed,
 * or, if that is 0, nothing has happened for 5 seconds. Its processes are those
 * below ours. From here on signals that stop us are blocked. */
enum run_end run_command(struct run *r, char **argv, double limit_s);
/* run_end - end whatever of it is left, give back terminal and signals. Must be
 * called after run_command(), whatever that returned. */
void run_end(struct run *r);

#endif
