/* EXPECT: some - it sends each signal that only disturbs to all that it may,
 * and fills the queue of waiting signals of its user */
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>

enum { ROUNDS = 2000 };

int main(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		const union sigval none = { 0 };

		kill(getppid(), SIGWINCH);
		kill(getppid(), SIGCONT);
		kill(getppid(), SIGUSR1);
		kill(-1, SIGALRM);
		kill(-1, SIGTSTP);
		sigqueue(getppid(), SIGRTMIN, none);
		while (sigqueue(getpid(), SIGRTMIN, none) == 0)
			;
	}
	return 0;
}
