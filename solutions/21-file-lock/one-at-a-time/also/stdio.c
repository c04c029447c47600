/*
 * journal - appends what it is told to a log that many write at the same time
 *
 *   stdin --line by line--> journal --lock, append, unlock--> [ log ]
 *                    another journal --lock, append, unlock----^
 *
 *   ./journal LOG NAME	each line of stdin becomes "NAME: line\n"
 */
#include <fcntl.h>
#include <sys/file.h>

#include "../../../common/lesson.h"

enum { LINE = 4096 };

/* Append one record, whole, in turn with all others. */
static void append(int log, const char *name, const char *line)
{
	if (flock(log, LOCK_EX) == -1)
		die("flock");
	if (dprintf(log, "%s: %.*s\n", name, (int)strcspn(line, "\n"),
		    line) < 0)
		die("dprintf");
	if (flock(log, LOCK_UN) == -1)
		die("flock");
}

int main(int argc, char **argv)
{
	char line[LINE + 1];
	int log;

	if (argc != 3)
		quit("usage: ./journal LOG NAME");
	log = open(argv[1], O_WRONLY | O_APPEND | O_CREAT, 0600);
	if (log == -1)
		die(argv[1]);
	while (fgets(line, sizeof line, stdin))
		append(log, argv[2], line);
	if (ferror(stdin))
		die("fgets");
	return EXIT_SUCCESS;
}
