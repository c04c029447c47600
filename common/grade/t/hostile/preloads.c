/* EXPECT: some - it sets what the dynamic linker, the sanitizers and the checker
 * read from the environment, and starts itself again */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static const char *const names[] = {
		"LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH", "ASAN_OPTIONS",
		"SHAKE_FAULT", "SHAKE_REPORT", "SHAKE_LOG", "STAGE_TIMEOUT_MUL",
	};

	if (argc < 1 || getenv("AGAIN"))
		return 0;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		setenv(names[i], "/proc/self/exe", 1);
	setenv("AGAIN", "1", 1);
	execv("/proc/self/exe", argv);
	perror("execv");
	return 0;
}
