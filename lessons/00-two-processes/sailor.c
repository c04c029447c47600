/*
 * sailor - looks which things on a list are on board
 *
 * Its partner ./captain starts it, with a list as standard input. The diagram
 * is there. The sailor does not know the captain. Try it by hand:
 *
 *   ./sailor < list.txt
 *   echo rope | ./sailor; echo "its status is $?"
 *
 * It ends with status 0 if everything is on board, with 2 if something is
 * missing, and with 1 if it could not do its work. grep and diff have such a
 * rule, too.
 */
#define _GNU_SOURCE			// for lesson.h
#include "../../common/lesson.h"

enum { ROOM = 80 };			// bytes for one line of the list
enum { SOMETHING_MISSING = 2 };		// the exit status, as in captain.c
enum { THINGS = 3 };			// how many things are on board

static int is_on_board(const char *thing)
{
	static const char *store[THINGS] = { "bread", "rope", "water" };

	for (int i = 0; i < THINGS; i++) {
		if (strcmp(store[i], thing) == 0)
			return 1;
	}
	return 0;
}

int main(void)
{
	char line[ROOM];
	int missing = 0;

	while (fgets(line, sizeof line, stdin)) {
		// How many bytes stand before the newline. Without a newline:
		// all of them.
		size_t len = strcspn(line, "\n");

		// LINE is full and has no newline: fgets() has cut the line.
		// The rest would look like a thing of its own.
		if (len == sizeof line - 1)
			quit("a line of the list is too long");
		line[len] = '\0';

		if (is_on_board(line)) {
			say("%s: on board", line);
		} else {
			say("%s: missing", line);
			missing++;
		}
	}
	// fgets() returns NULL at the end of the list, but also if it could not
	// read. Without this test half a list would look like a whole one.
	if (ferror(stdin))
		die("fgets");

	if (missing > 0)
		return SOMETHING_MISSING;
	return EXIT_SUCCESS;
}
