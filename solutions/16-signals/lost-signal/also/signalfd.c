/*
 * doorman - opens the door each time somebody rings
 *
 *   visitor --SIGUSR1--> doorman --> stdout
 *
 *   ./doorman 2 &		prints: waiting 1
 *   kill -USR1 %1		prints: open 1, waiting 2
 *   kill -USR1 %1		prints: open 2, and ends
 */
#include <sys/signalfd.h>

#include "../../../common/lesson.h"

/* One line, at once. */
static void tell(const char *what, int round)
{
	if (printf("%s %d\n", what, round) < 0 || fflush(stdout) == EOF)
		die("printf");
}

/* Blocked, the signal is kept for the descriptor: read() takes it. */
static void wait_for_ring(int fd)
{
	struct signalfd_siginfo si;

	if (read(fd, &si, sizeof si) != sizeof si)
		die("read");
}

int main(int argc, char **argv)
{
	sigset_t bell;
	int rounds, fd;

	if (argc != 2)
		quit("usage: ./doorman ROUNDS");
	rounds = atoi(argv[1]);
	sigemptyset(&bell);
	sigaddset(&bell, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &bell, NULL) == -1)
		die("sigprocmask");
	fd = signalfd(-1, &bell, SFD_CLOEXEC);
	if (fd == -1)
		die("signalfd");
	for (int round = 1; round <= rounds; round++) {
		tell("waiting", round);
		wait_for_ring(fd);
		tell("open", round);
	}
	return EXIT_SUCCESS;
}
