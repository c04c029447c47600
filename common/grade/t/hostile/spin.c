// EXPECT: some - it works for ever, and ignores what would end it
#include <signal.h>

int main(void)
{
	for (int sig = 1; sig < 65; sig++)
		signal(sig, SIG_IGN);
	for (;;)
		;
}
