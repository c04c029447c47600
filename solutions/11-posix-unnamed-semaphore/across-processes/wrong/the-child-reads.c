// EXPECT: fail=parent msg="nobody reads the lines"
/*
 * relay - reads lines, and its child says them
 *
 *   stdin --> relay --> [ page: one line, two semaphores ] --> its child
 *
 *   ./relay		type a line: the child should say it at once
 */
#include <sys/wait.h>

#include "../../../common/lesson.h"

/* The child: has stdin from its parent, and reads it. */
static void say_lines(void)
{
	char line[128];

	while (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = '\0';
		say("%s", *line ? line : "(an empty line)");
	}
}

int main(void)
{
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		say_lines();
		return EXIT_SUCCESS;
	}
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}
