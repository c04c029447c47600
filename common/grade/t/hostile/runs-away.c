/* EXPECT: some - each process starts the next one and ends, so that whoever
 * wants to end it comes too late */
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>

int main(void)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		if (fork() > 0)
			_exit(0);
		setsid();
	}
}
