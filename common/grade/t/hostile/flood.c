// EXPECT: some - it writes without end, to both outputs
#include <string.h>
#include <unistd.h>

int main(void)
{
	static char text[1 << 20];

	memset(text, 'x', sizeof text);
	while (write(1, text, sizeof text) > 0)
		if (write(2, text, sizeof text) == -1)
			break;
	return 0;
}
