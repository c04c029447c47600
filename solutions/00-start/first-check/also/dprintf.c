/*
 * greet - says hello to whom it is told to
 *
 *   ./greet Ada		prints: hello, Ada
 *
 * This exercise passes as it stands. It is here to show you the loop:
 *   1. type	make check	and see it pass
 *   2. break something below, say: greet nobody, or end with status 1
 *   3. type	make check	again, and read what it says
 *   4. mend it, check once more, then type	make next
 */
#include "../../../common/lesson.h"

int main(int argc, char **argv)
{
	if (argc != 2)
		quit("usage: ./greet NAME");
	// It has no buffer that fflush() would have to write out.
	if (dprintf(STDOUT_FILENO, "hello, %s\n", argv[1]) < 0)
		die("dprintf");
	return EXIT_SUCCESS;
}
