/*
 * pipeline - joins commands by pipes, as a shell does for A | B | C
 *
 *   stdin --> A --> [ pipe ] --> B --> [ pipe ] --> C --> stdout
 *
 *   ./pipeline sort -- uniq -c -- head -n 3
 *
 * "--" stands between two commands. It ends when all of them have ended, with
 * the status of the last one: 128 + N if signal N killed it, 127 if there is
 * no such command.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/wait.h>

#include "../../../common/lesson.h"

enum { NO_COMMAND = 127 };

/* Put NULL in the place of each "--", so that every command is an argv of its
 * own. Returns how many commands there are. */
static int cut(char **arg)
{
	int n = 1;

	for (char **at = arg; *at; at++)
		if (strcmp(*at, "--") == 0) {
			*at = NULL;
			n++;
			if (at == arg || !at[-1] || !at[1])
				quit("there is no command beside a --");
		}
	return n;
}

/* Run the N commands that stand in ARG, one behind the other. Returns the
 * status of the last one. */
static int run(char **arg, int n)
{
	// TODO: for each command but the last a pipe; for each one a child,
	// whose descriptors 0 and 1 are the right ends (dup2) and which then
	// becomes the command (execvp). No process keeps an end that it does
	// not need. At the end wait for all of them. As a first step, this
	// runs the last command alone.
	while (n-- > 1)
		while (*arg++)		// the next argv
			;
	execvp(arg[0], arg);
	fprintf(stderr, "pipeline: %s: %s\n", arg[0], strerror(errno));
	return NO_COMMAND;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		quit("usage: ./pipeline COMMAND [ARG]... [-- COMMAND ...]...");
	return run(argv + 1, cut(argv + 1));
}
