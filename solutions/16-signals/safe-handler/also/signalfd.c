/*
 * relay - passes its input on, and answers when it is asked
 *
 *   stdin --> relay --> stdout
 *               ^
 *   asker --SIGUSR1: are you still there?
 *
 *   ./relay		type a line, it comes back. Then, elsewhere:
 *   pkill -USR1 relay	prints: still here
 */
#include <poll.h>
#include <sys/signalfd.h>

#include "../../../common/lesson.h"

static void answer(int questions)
{
	struct signalfd_siginfo si;
	ssize_t n = read(questions, &si, sizeof si);

	if (n != sizeof si)
		die("read");
	// No handler is at work here, so stdio may be used.
	if (printf("still here\n") < 0 || fflush(stdout) == EOF)
		die("printf");
}

/* Sleep until there is input; answer meanwhile. */
static void await_input(int questions)
{
	struct pollfd p[] = { { STDIN_FILENO, POLLIN, 0 },
			      { questions, POLLIN, 0 } };

	do {
		if (poll(p, 2, -1) == -1)
			die("poll");
		if (p[1].revents)
			answer(questions);
	} while (!p[0].revents);
}

/* Pass on what there is: its length, 0 at the end of the input. */
static ssize_t pass_on(void)
{
	char buf[4096];
	ssize_t n = read(STDIN_FILENO, buf, sizeof buf);

	if (n == -1)
		die("read");
	if (n > 0 && (fwrite(buf, 1, (size_t)n, stdout) < (size_t)n ||
		      fflush(stdout) == EOF))
		die("fwrite");
	return n;
}

int main(void)
{
	sigset_t set;
	int questions;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		die("sigprocmask");
	questions = signalfd(-1, &set, SFD_CLOEXEC);
	if (questions == -1)
		die("signalfd");
	do
		await_input(questions);
	while (pass_on() > 0);
	return EXIT_SUCCESS;
}
