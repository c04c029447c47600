/*
 * worker - does the jobs that stand on stdin, one a line
 *
 *   jobs --stdin--> worker --> stdout
 *                     +-- FILE: the job in hand, as long as it lasts
 *
 *   ./worker job.tmp	type a line; end it by Ctrl-D (status 0), or by
 *			Ctrl-C or SIGTERM (status 3): echo $?
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>

#include "../../../common/lesson.h"

enum { TOLD_TO_STOP = 3 };		/* the exit status */

static int stop, orders;

/* The signals are blocked for good, so nothing is ever interrupted. */
static void catch_signals(void)
{
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	if (sigprocmask(SIG_BLOCK, &ends, NULL) == -1)
		die("sigprocmask");
	orders = signalfd(-1, &ends, SFD_CLOEXEC);
	if (orders == -1)
		die("signalfd");
}

/* Sleep until there is input: 1, or 0 if it has been told to stop. */
static int await_input(void)
{
	struct pollfd p[] = { { orders, POLLIN, 0 },
			      { STDIN_FILENO, POLLIN, 0 } };

	if (poll(p, 2, -1) == -1)
		die("poll");
	stop = p[0].revents != 0;
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
