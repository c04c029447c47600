/*
 * run.c - starts a program, and takes what it says; the pager
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "show.h"

static const int stops[] = { SIGINT, SIGTERM, SIGHUP };
enum { STOPS = sizeof stops / sizeof *stops };

/* The child that is waited for, and the signal that came meanwhile. */
static volatile pid_t child;
static volatile sig_atomic_t stopped_by;

/* A signal that a terminal sends has come to the child as well: a second one
 * finds it ending. */
static void pass_on(int sig)
{
	stopped_by = sig;
	if (child > 0)
		kill(child, SIGTERM);
}

static void catch_stops(void (*handler)(int), struct sigaction *old)
{
	struct sigaction act = { .sa_handler = handler };

	sigemptyset(&act.sa_mask);
	for (int i = 0; i < STOPS; i++)
		sigaction(stops[i], &act, &old[i]);
}

static void restore_stops(const struct sigaction *old)
{
	for (int i = 0; i < STOPS; i++)
		sigaction(stops[i], &old[i], NULL);
}

static int status_of(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			give_up("waitpid: %s", strerror(errno));
	return WIFEXITED(status) ? WEXITSTATUS(status) :
	       128 + WTERMSIG(status);
}

static void become(char *const *words, int fd, int both,
		   const struct sigaction *old)
{
	restore_stops(old);
	if (dup2(fd, STDOUT_FILENO) == -1 ||
	    (both && dup2(fd, STDERR_FILENO) == -1))
		_exit(126);
	execvp(words[0], words);
	dprintf(STDERR_FILENO, "%s cannot be started: %s\n", words[0],
		strerror(errno));
	_exit(127);
}

char *run_words(char *const *words, int both, int *status)
{
	struct sigaction old[STOPS];
	char *text = NULL;
	size_t size = 0;
	FILE *out = tmpfile();

	if (!out || fcntl(fileno(out), F_SETFD, FD_CLOEXEC) == -1)
		give_up("There is no room for what %s says: %s", words[0],
			strerror(errno));
	fflush(stdout);
	child = 0;
	stopped_by = 0;
	catch_stops(pass_on, old);
	child = fork();
	if (child == 0)
		become(words, fileno(out), both, old);
	if (child == -1)
		give_up("%s cannot be started: %s", words[0], strerror(errno));
	if (stopped_by)			/* before we knew whom to end */
		kill(child, SIGTERM);
	*status = status_of(child);
	child = 0;
	restore_stops(old);
	if (stopped_by)
		raise(stopped_by);
	rewind(out);
	if (getdelim(&text, &size, '\0', out) == -1) {
		free(text);
		text = copy_of("", 0);
	}
	fclose(out);
	return text;
}

/* ----------------------------------------------------------- the pager */

/* How many lines TEXT takes where a line has so many columns. */
static size_t lines_of(const char *text, size_t columns)
{
	size_t lines = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");
		size_t wide = 0;

		for (size_t i = 0; i < len; i++)	/* a tab is up to 8 */
			wide += text[i] == '\t' ? 8 - wide % 8 :
				((unsigned char)text[i] & 0xc0) != 0x80;
		lines += wide ? (wide + columns - 1) / columns : 1;
		text += len + (text[len] == '\n');
	}
	return lines;
}

static int fits(const char *text)
{
	struct winsize w;

	if (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO) ||
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == -1 || w.ws_row == 0 ||
	    w.ws_col == 0)
		return 1;
	return lines_of(text, w.ws_col) < w.ws_row;
}

/* 0 if it was shown; the pager may end before it has read all. */
static int through_pager(const char *text)
{
	char *words[] = {
		"sh", "-c", "if [ -n \"${PAGER-}\" ]; then eval \"$PAGER\"; "
		"elif command -v less > /dev/null; then less; "
		"else more; fi", NULL
	};
	struct sigaction old[STOPS], pipe_was;
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	int fd[2], status;
	FILE *to;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC) == -1)
		return -1;
	fflush(stdout);
	child = 0;
	stopped_by = 0;
	catch_stops(pass_on, old);
	sigaction(SIGINT, &ignore, NULL);	/* Ctrl-C is for the pager */
	sigaction(SIGPIPE, &ignore, &pipe_was);
	pid = fork();
	if (pid == 0) {
		restore_stops(old);
		sigaction(SIGPIPE, &pipe_was, NULL);
		dup2(fd[0], STDIN_FILENO);
		execvp(words[0], words);
		_exit(127);
	}
	child = pid;
	close(fd[0]);
	to = pid == -1 ? NULL : fdopen(fd[1], "w");
	if (to) {
		fputs(text, to);
		fclose(to);
	} else {
		close(fd[1]);
	}
	status = pid == -1 ? 127 : status_of(pid);
	child = 0;
	sigaction(SIGPIPE, &pipe_was, NULL);
	restore_stops(old);
	if (stopped_by)
		raise(stopped_by);
	return status == 126 || status == 127 ? -1 : 0;
}

void put_text(const char *text)
{
	if (fits(text) || through_pager(text) == -1)
		fputs(text, stdout);
}
