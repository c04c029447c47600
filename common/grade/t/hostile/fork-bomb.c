// EXPECT: some - every process forks for ever, and none ends
#include <unistd.h>

int main(void)
{
	for (;;)
		fork();
}
