// EXPECT: some - its handler returns to the instruction that has failed
#include <signal.h>

static void again(int sig)
{
	signal(sig, again);
}

int main(void)
{
	volatile int *nowhere = 0;

	signal(SIGSEGV, again);
	signal(SIGBUS, again);
	return *nowhere;
}
