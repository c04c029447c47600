// EXPECT: some - it asks for a core file of all its memory, and crashes
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

int main(void)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	char *much = malloc(400 << 20);

	setrlimit(RLIMIT_CORE, &all);
	if (much)
		memset(much, 'x', 400 << 20);
	abort();
}
