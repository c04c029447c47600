/*
 * lines - counts the lines of several files, all at the same time
 *
 *   lines --fork()--> child 0 counts FILE 0 --> [ table: slot 0 ] --> lines
 *         --fork()--> child 1 counts FILE 1 --> [        slot 1 ]
 *
 *   ./lines check.c README.md	prints "N FILE" for each, then the sum
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/lesson.h"

/* A child: counts the lines of PATH into its own slot of the table. */
static void count(const char *path, long *slot)
{
	int fd = open(path, O_RDONLY);
	char buf[4096];
	ssize_t n;

	if (fd == -1)
		die(path);
	while ((n = read(fd, buf, sizeof buf)) > 0)
		for (ssize_t i = 0; i < n; i++)
			*slot += buf[i] == '\n';
	if (n == -1)
		die("read");
}

/* A table of N numbers, all 0. */
static long *new_table(size_t n)
{
	// Shared: what a child stores is what the parent loads.
	void *table = mmap(NULL, n * sizeof(long), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (table == MAP_FAILED)
		die("mmap");
	return table;
}

int main(int argc, char **argv)
{
	int files = argc - 1, failed = 0;
	long *table, sum = 0;

	if (argc == 1)
		quit("usage: ./lines FILE...");
	table = new_table((size_t)files);
	for (int i = 0; i < files; i++) {
		pid_t child = fork();

		if (child == -1)
			die("fork");
		if (child == 0) {
			count(argv[1 + i], &table[i]);
			return EXIT_SUCCESS;
		}
	}
	for (int i = 0; i < files; i++) {
		siginfo_t end;

		if (waitid(P_ALL, 0, &end, WEXITED) == -1)
			die("waitid");
		failed |= end.si_code != CLD_EXITED || end.si_status != 0;
	}
	for (int i = 0; i < files; i++) {
		printf("%ld %s\n", table[i], argv[1 + i]);
		sum += table[i];
	}
	printf("%ld in all\n", sum);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
