/* flood - writes for ever */
#include <string.h>
#include <unistd.h>

int main(void)
{
	static char block[65536];

	memset(block, 'x', sizeof block);
	for (;;)
		if (write(1, block, sizeof block) == -1)
			return 1;
}
