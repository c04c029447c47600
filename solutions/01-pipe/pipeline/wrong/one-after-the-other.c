// EXPECT: fail=large,all,ends
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

/* Become the command ARGV, which reads IN and writes OUT. */
_Noreturn static void become(char **argv, int in, int out)
{
	if (dup2(in, STDIN_FILENO) == -1 || dup2(out, STDOUT_FILENO) == -1)
		die("dup2");
	// Here every other end of a pipe closes itself: O_CLOEXEC.
	execvp(argv[0], argv);
	fprintf(stderr, "pipeline: %s: %s\n", argv[0], strerror(errno));
	_exit(NO_COMMAND);
}

/* Start ARGV. Its input is IN, which is closed here; *NEXT becomes the input
 * of the next command, if it is not the last one. */
static pid_t start(char **argv, int in, int *next)
{
	int fd[2] = { -1, STDOUT_FILENO };
	pid_t pid;

	if (next && pipe2(fd, O_CLOEXEC) == -1)
		die("pipe2");
	pid = fork();
	if (pid == -1)
		die("fork");
	if (pid == 0)
		become(argv, in, fd[1]);
	// An end that the parent keeps is an end-of-file that never comes,
	// or a writer that is not told that its reader has gone.
	if (in != STDIN_FILENO && close(in) == -1)
		die("close");
	if (next && close(fd[1]) == -1)
		die("close");
	if (next)
		*next = fd[0];
	if (next && waitpid(pid, NULL, 0) == -1)
		die("waitpid");
	return pid;
}

/* Wait for every child. Returns the status of LAST. */
static int wait_for_all(pid_t last)
{
	int status, result = EXIT_FAILURE;
	pid_t pid;

	while ((pid = wait(&status)) != -1)
		if (pid == last)
			result = WIFEXITED(status) ? WEXITSTATUS(status) :
				 128 + WTERMSIG(status);
	if (errno != ECHILD)
		die("wait");
	return result;
}

/* Run the N commands that stand in ARG, one behind the other. */
static int run(char **arg, int n)
{
	int in = STDIN_FILENO;
	pid_t last = -1;

	while (n-- > 0) {
		last = start(arg, in, n > 0 ? &in : NULL);
		while (*arg++)		// the next argv
			;
	}
	return wait_for_all(last);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		quit("usage: ./pipeline COMMAND [ARG]... [-- COMMAND ...]...");
	return run(argv + 1, cut(argv + 1));
}
