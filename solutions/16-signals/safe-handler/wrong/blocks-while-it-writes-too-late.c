// EXPECT: fail=once msg="comes out twice"
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

#include "../../../common/lesson.h"

static void answer(int sig)
{
	(void)sig;
	printf("still here\n");
	fflush(stdout);
}

/* Sleep until there is input. SA_RESTART does not help poll(). */
static void await_input(void)
{
	struct pollfd in = { STDIN_FILENO, POLLIN, 0 };

	while (poll(&in, 1, -1) == -1)
		if (errno != EINTR)
			die("poll");
}

/* Pass on what there is: its length, 0 at the end of the input. */
static ssize_t pass_on(void)
{
	char buf[4096];
	ssize_t n = read(STDIN_FILENO, buf, sizeof buf);

	if (n == -1)
		die("read");
	sigset_t set, before;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &set, &before) == -1)
		die("sigprocmask");
	if (fwrite(buf, 1, (size_t)n, stdout) < (size_t)n)
		die("fwrite");
	if (sigprocmask(SIG_SETMASK, &before, NULL) == -1)
		die("sigprocmask");
	if (fflush(stdout) == EOF)
		die("fflush");
	return n;
}

int main(void)
{
	struct sigaction act = { .sa_handler = answer,
				 .sa_flags = SA_RESTART };

	sigemptyset(&act.sa_mask);
	if (sigaction(SIGUSR1, &act, NULL) == -1)
		die("sigaction");
	do
		await_input();
	while (pass_on() > 0);
	return EXIT_SUCCESS;
}
