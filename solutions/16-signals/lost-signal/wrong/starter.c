// EXPECT: fail=gap msg="before its pause() number 1 is lost"
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

static volatile sig_atomic_t rung;

static void note(int sig)
{
	(void)sig;
	rung = 1;
}

/* One line, at once. */
static void tell(const char *what, int round)
{
	if (printf("%s %d\n", what, round) < 0 || fflush(stdout) == EOF)
		die("printf");
}

/* Sleep until it has rung. */
static void wait_for_ring(void)
{
	while (!rung)
		if (pause() == -1 && errno != EINTR)
			die("pause");
	rung = 0;
}

int main(int argc, char **argv)
{
	struct sigaction act = { .sa_handler = note };
	int rounds;

	if (argc != 2)
		quit("usage: ./doorman ROUNDS");
	rounds = atoi(argv[1]);
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
