// EXPECT: fail=counts msg="no child"
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
#include <ctype.h>
#include <sys/shm.h>

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
	int id;
	long *table;

	id = shmget(IPC_PRIVATE, 26 * sizeof *table, IPC_CREAT | 0600);
	if (id == -1)
		die("shmget");
	table = shmat(id, NULL, 0);
	// Marked now, removed when the last one is out, however he leaves.
	if (shmctl(id, IPC_RMID, NULL) == -1)
		die("shmctl");
	if (table == (void *)-1)
		die("shmat");
	count(table);
	print(table);
	return EXIT_SUCCESS;
}
