// EXPECT: fail=ends msg="it has 0 children, not 1"
/*
 * count - no pipe and no child: the right output by the wrong way
 */
#include "../../../common/lesson.h"

int main(void)
{
	size_t lines = 0, bytes = 0;
	char buf[4096];
	ssize_t n;

	while ((n = read(STDIN_FILENO, buf, sizeof buf)) > 0) {
		bytes += (size_t)n;
		for (ssize_t i = 0; i < n; i++)
			lines += buf[i] == '\n';
	}
	if (n == -1)
		die("read");
	printf("%zu lines, %zu bytes\n", lines, bytes);
	return EXIT_SUCCESS;
}
