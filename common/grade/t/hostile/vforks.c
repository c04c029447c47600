// EXPECT: some - the child of a vfork() never lets its parent go on
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>

int main(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	if (vfork() == 0)
		for (;;)
			pause();
	return 0;
}
