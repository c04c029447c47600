// EXPECT: some - it kills its parent, its group, and all that it may
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>

int main(void)
{
	kill(getppid(), SIGKILL);
	kill(1, SIGKILL);
	kill(-1, SIGKILL);
	return 0;
}
