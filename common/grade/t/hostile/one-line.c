// EXPECT: some - it writes 100 MB, and no end of a line
#include <string.h>
#include <unistd.h>

int main(void)
{
	static char text[1 << 20];

	memset(text, 'x', sizeof text);
	for (int i = 0; i < 100; i++)
		if (write(1, text, sizeof text) == -1)
			return 0;
	return 0;
}
