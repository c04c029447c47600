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

enum { MOST = 64 };
static int fd[MOST][2];

static void close_all(int n)
{
	for (int i = 0; i < n - 1; i++)
		if (close(fd[i][0]) == -1 || close(fd[i][1]) == -1)
			die("close");
}

/* Become command I of N. */
_Noreturn static void become(char **argv, int i, int n)
{
	if (i > 0 && dup2(fd[i - 1][0], STDIN_FILENO) == -1)
		die("dup2");
	if (i < n - 1 && dup2(fd[i][1], STDOUT_FILENO) == -1)
		die("dup2");
	close_all(n);
	execvp(argv[0], argv);
	fprintf(stderr, "pipeline: %s: %s\n", argv[0], strerror(errno));
	_exit(NO_COMMAND);
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

static int run(char **arg, int n)
{
	pid_t last = -1;

	if (n > MOST)
		quit("more than %d commands", MOST);
	for (int i = 0; i < n - 1; i++)
		if (pipe(fd[i]) == -1)
			die("pipe");
	for (int i = 0; i < n; i++) {
		last = fork();
		if (last == -1)
			die("fork");
		if (last == 0)
			become(arg, i, n);
		while (*arg++)		// the next argv
			;
	}
	close_all(n);
	return wait_for_all(last);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		quit("usage: ./pipeline COMMAND [ARG]... [-- COMMAND ...]...");
	return run(argv + 1, cut(argv + 1));
}
