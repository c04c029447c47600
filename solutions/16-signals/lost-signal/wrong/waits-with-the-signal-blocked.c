// EXPECT: fail=sleeps msg="it waits for a signal"
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

/* Sleep until it has rung. SIGUSR1 is blocked but for the sleep itself: one
 * that comes between the look and the sleep is kept, and ends the sleep. */
static void wait_for_ring(const sigset_t *open)
{
	while (!rung)
		if (sigsuspend(open) == -1 && errno != EINTR)
			die("sigsuspend");
	rung = 0;
}

int main(int argc, char **argv)
{
	struct sigaction act = { .sa_handler = note };
	sigset_t bell;
	int rounds;

	if (argc != 2)
		quit("usage: ./doorman ROUNDS");
	rounds = atoi(argv[1]);
	sigemptyset(&act.sa_mask);
	if (sigaction(SIGUSR1, &act, NULL) == -1)
		die("sigaction");
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
