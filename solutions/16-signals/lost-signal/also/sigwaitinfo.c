/*
 * doorman - opens the door each time somebody rings
 *
 *   visitor --SIGUSR1--> doorman --> stdout
 *
 *   ./doorman 2 &		prints: waiting 1
 *   kill -USR1 %1		prints: open 1, waiting 2
 *   kill -USR1 %1		prints: open 2, and ends
 */
#include "../../../common/lesson.h"

/* One line, at once. */
static void tell(const char *what, int round)
{
	if (printf("%s %d\n", what, round) < 0 || fflush(stdout) == EOF)
		die("printf");
}

/* The signal is blocked all the time, and taken as a message is. */
static void wait_for_ring(const sigset_t *bell)
{
	while (sigwaitinfo(bell, NULL) == -1)
		if (errno != EINTR)
			die("sigwaitinfo");
}

int main(int argc, char **argv)
{
	sigset_t bell;
	int rounds;

	if (argc != 2)
		quit("usage: ./doorman ROUNDS");
	rounds = atoi(argv[1]);
	sigemptyset(&bell);
	sigaddset(&bell, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &bell, NULL) == -1)
		die("sigprocmask");
	for (int round = 1; round <= rounds; round++) {
		tell("waiting", round);
		wait_for_ring(&bell);
		tell("open", round);
	}
	return EXIT_SUCCESS;
}
