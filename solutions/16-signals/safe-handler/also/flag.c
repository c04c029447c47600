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
#define _GNU_SOURCE
#include <poll.h>

#include "../../../common/lesson.h"

static volatile sig_atomic_t asked;

static void note(int sig)
{
	(void)sig;
	asked = 1;
}

/* Sleep until there is input; answer meanwhile. The signal is let in by the
 * sleep alone, so it cannot come between the look at the flag and the sleep. */
static void await_input(const sigset_t *open)
{
	struct pollfd in = { STDIN_FILENO, POLLIN, 0 };

	while (ppoll(&in, 1, NULL, open) == -1) {
		if (errno != EINTR)
			die("ppoll");
		if (asked && (puts("still here") == EOF ||
			      fflush(stdout) == EOF))
			die("puts");
		asked = 0;
	}
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
	struct sigaction act = { .sa_handler = note };
	sigset_t set, before;

	/* Blocked first, then caught: between the two it is kept. */
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &set, &before) == -1)
		die("sigprocmask");
	sigemptyset(&act.sa_mask);
	if (sigaction(SIGUSR1, &act, NULL) == -1)
		die("sigaction");
	do
		await_input(&before);
	while (pass_on() > 0);
	return EXIT_SUCCESS;
}
