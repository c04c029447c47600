// EXPECT: some - it closes all descriptors, and goes on without any
#include <unistd.h>

int main(void)
{
	for (int fd = 0; fd < 65536; fd++)
		close(fd);
	for (;;)
		pause();
}
