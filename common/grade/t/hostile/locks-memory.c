// EXPECT: some - all its memory, and all that it takes, is to stay in memory
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
	mlockall(MCL_CURRENT | MCL_FUTURE);
	for (;;) {
		char *more = malloc(1 << 20);

		if (!more)
			pause();
		else
			memset(more, 'x', 1 << 20);
	}
}
