/*
 * doorman - opens the door each time somebody rings
 *
 *   visitor --SIGUSR1--> doorman --> stdout
 *
 *   ./doorman 2 &		prints: waiting 1
 *   kill -USR1 %1		prints: open 1, waiting 2
 *   kill -USR1 %1		prints: open 2, and ends
 */
#include <semaphore.h>

#include "../../../common/lesson.h"

/* A number that the kernel keeps. sem_post() adds 1 to it, and is one of the
 * few calls that a handler may make. sem_wait() sleeps until it is not 0. */
static sem_t rings;

static void note(int sig)
{
	(void)sig;
	sem_post(&rings);
}

/* One line, at once. */
static void tell(const char *what, int round)
{
	if (printf("%s %d\n", what, round) < 0 || fflush(stdout) == EOF)
		die("printf");
}

/* The ring may come before the sleep: then it is counted already. */
static void wait_for_ring(void)
{
	while (sem_wait(&rings) == -1)
		if (errno != EINTR)
			die("sem_wait");
}

int main(int argc, char **argv)
{
	struct sigaction act = { .sa_handler = note };
	int rounds;

	if (argc != 2)
		quit("usage: ./doorman ROUNDS");
	rounds = atoi(argv[1]);
	if (sem_init(&rings, 0, 0) == -1)
		die("sem_init");
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
