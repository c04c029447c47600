/*
 * tally - a child counts the letters of stdin, in a table that both share
 *
 *   stdin --> child --> [ segment: 26 counters ] --> parent --> stdout
 *
 *   echo hello | ./tally	prints: e 1, h 1, l 2, o 1, a line each
 *
 * Watch the segment: ipcs -m. Press Ctrl-C while it waits for input, and look
 * again.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>

#include "../../../common/lesson.h"

/* The child: counts, until there is no more input. */
static void count(long *table)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(STDIN_FILENO, buf, sizeof buf)) > 0)
		for (ssize_t i = 0; i < n; i++) {
			int c = tolower((unsigned char)buf[i]);

			if (c >= 'a' && c <= 'z')
				table[c - 'a']++;
		}
	if (n == -1)
		die("read");
}

static void print(const long *table)
{
	for (int c = 'a'; c <= 'z'; c++)
		if (table[c - 'a'] > 0)
			printf("%c %ld\n", c, table[c - 'a']);
}

int main(void)
{
	int id, status = 0;
	long *table;
	pid_t child;

	id = memfd_create("tally", MFD_CLOEXEC);
	if (id == -1)
		die("memfd_create");
	if (ftruncate(id, 26 * sizeof *table) == -1)
		die("ftruncate");
	table = mmap(NULL, 26 * sizeof *table, PROT_READ | PROT_WRITE,
		     MAP_SHARED, id, 0);
	if (table == MAP_FAILED)
		die("mmap");
	child = fork();			// the child has it attached as well
	if (child == -1)
		die("fork");
	if (child == 0) {
		count(table);
		return EXIT_SUCCESS;
	}
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("the child has failed");
	print(table);
	return EXIT_SUCCESS;
}
