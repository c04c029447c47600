// EXPECT: some - it stops its parent, its group, and all that it may
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>

int main(void)
{
	kill(getppid(), SIGSTOP);
	kill(1, SIGSTOP);
	kill(-1, SIGSTOP);
	kill(0, SIGSTOP);
	return 0;
}
