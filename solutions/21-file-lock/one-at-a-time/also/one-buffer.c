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

static void write_all(int to, const char *buf, size_t len)
{
	while (len > 0) {
		ssize_t n = write(to, buf, len);

		if (n == -1)
			die("write");
		buf += n;
		len -= (size_t)n;
	}
}

/* Append one record, whole, in turn with all others. */
static void append(int log, const char *name, const char *line)
{
	char record[2 * LINE];
	int len = snprintf(record, sizeof record, "%s: %.*s\n", name,
			   (int)strcspn(line, "\n"), line);

	if (flock(log, LOCK_EX) == -1)
		die("flock");
	write_all(log, record, (size_t)len);
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
