/*
 * doorman - opens the door each time somebody rings
 *
 *   visitor --SIGUSR1--> doorman --> stdout
 *
 *   ./doorman 2 &		prints: waiting 1
 *   kill -USR1 %1		prints: open 1, waiting 2
 *   kill -USR1 %1		prints: open 2, and ends
 */
#include <fcntl.h>

#include "../../../common/lesson.h"

static int bell[2];

/* A byte in a pipe stays there until somebody reads it. */
static void note(int sig)
{
	int err = errno;

	(void)sig;
	if (write(bell[1], "", 1) == -1 && errno != EAGAIN)
		_exit(EXIT_FAILURE);
	errno = err;
}

/* One line, at once. */
static void tell(const char *what, int round)
{
	if (printf("%s %d\n", what, round) < 0 || fflush(stdout) == EOF)
		die("printf");
}

static void wait_for_ring(void)
{
	char byte;

	while (read(bell[0], &byte, 1) != 1)
		if (errno != EINTR)
			die("read");
}

int main(int argc, char **argv)
{
	struct sigaction act = { .sa_handler = note };
	int rounds;

	if (argc != 2)
		quit("usage: ./doorman ROUNDS");
	rounds = atoi(argv[1]);
	if (pipe(bell) == -1)
		die("pipe");
	if (fcntl(bell[1], F_SETFL, O_NONBLOCK) == -1)
		die("fcntl");
	sigemptyset(&act.sa_mask);
	if (sigaction(SIGUSR1, &act, NULL) == -1)
		die("sigaction");
	for (int round = 1; round <= rounds; round++) {
		tell("waiting", round);
		wait_for_ring();
		tell("open", round);
	}
	return EXIT_SUCCESS;
}
