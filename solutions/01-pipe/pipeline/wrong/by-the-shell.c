// EXPECT: fail=join
/*
 * pipeline - lets the shell do it
 */
#include <sys/wait.h>

#include "../../../common/lesson.h"

int main(int argc, char **argv)
{
	static char line[65536];
	int status;

	if (argc < 2 || strcmp(argv[argc - 1], "--") == 0)
		quit("no command");
	for (int i = 1; i < argc; i++) {
		int is_bar = strcmp(argv[i], "--") == 0;

		if (is_bar && (i == 1 || strcmp(argv[i - 1], "--") == 0))
			quit("no command");
		strcat(line, is_bar ? " | " : " '");
		strcat(line, is_bar ? "" : argv[i]);
		strcat(line, is_bar ? "" : "'");
	}
	status = system(line);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}
