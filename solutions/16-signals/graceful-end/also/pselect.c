/*
 * worker - does the jobs that stand on stdin, one a line
 *
 *   jobs --stdin--> worker --> stdout
 *                     +-- FILE: the job in hand, as long as it lasts
 *
 *   ./worker job.tmp	type a line; end it by Ctrl-D (status 0), or by
 *			Ctrl-C or SIGTERM (status 3): echo $?
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/select.h>

#include "../../../common/lesson.h"

enum { TOLD_TO_STOP = 3 };		/* the exit status */

static volatile sig_atomic_t stop;

static void note(int sig)
{
	(void)sig;
	stop = 1;
}

/* SA_RESTART: what a job has begun to write goes on by itself. */
static void catch_signals(void)
{
	struct sigaction act = { .sa_handler = note, .sa_flags = SA_RESTART };

	sigemptyset(&act.sa_mask);
	if (sigaction(SIGTERM, &act, NULL) == -1 ||
	    sigaction(SIGINT, &act, NULL) == -1)
		die("sigaction");
}

/* Sleep until there is input: 1, or 0 if it has been told to stop. The
 * signals are blocked between the look at the flag and the sleep. */
static int await_input(void)
{
	fd_set in;
	sigset_t ends, before;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	if (sigprocmask(SIG_BLOCK, &ends, &before) == -1)
		die("sigprocmask");
	FD_ZERO(&in);
	FD_SET(STDIN_FILENO, &in);
	// It has changed nothing when it was interrupted.
	while (!stop && pselect(1, &in, NULL, NULL, NULL, &before) == -1)
		if (errno != EINTR)
			die("pselect");
	if (sigprocmask(SIG_SETMASK, &before, NULL) == -1)
		die("sigprocmask");
	return !stop;
}

/* The next line, without its end: 1, or 0 if there is no more to do. */
static int next_job(char *job, size_t size)
{
	size_t len = 0;

	while (await_input()) {
		ssize_t n = read(STDIN_FILENO, job + len, 1);

		if (n == -1)
			die("read");
		if (n == 0)
			return 0;
		if (job[len] == '\n') {
			job[len] = '\0';
			return 1;
		}
		if (++len == size)
			quit("a job is too long");
	}
	return 0;
}

static void do_job(const char *job, const char *file)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd == -1 || close(fd) == -1)
		die(file);
	if (printf("done %s\n", job) < 0 || fflush(stdout) == EOF)
		die("printf");
	if (unlink(file) == -1)
		die("unlink");
}

int main(int argc, char **argv)
{
	char job[256];

	if (argc != 2)
		quit("usage: ./worker FILE");
	catch_signals();
	while (next_job(job, sizeof job))
		do_job(job, argv[1]);
	return stop ? TOLD_TO_STOP : EXIT_SUCCESS;
}
