/*
 * auditor - reads a ledger that another program writes, and scribbles on it
 *
 *   auditor --MAP_PRIVATE--> [ the file's pages ] <--MAP_SHARED-- keeper
 *      +--store--> [ a copy of that page ]: nobody else sees it
 *
 * It starts its partner ./keeper for each entry and waits for its end, so
 * there is an order. Watch which page follows the file, and which does not.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../common/lesson.h"

static char path[OWN_PATH];

static void remove_ledger(void)
{
	unlink(path);
}

static void keep(const char *page, const char *text)
{
	pid_t keeper = fork();
	int status;

	if (keeper == 0)
		execl("./keeper", "keeper", path, page, text, (char *)NULL);
	if (keeper <= 0)		// in the child: execl() has failed
		die("fork or execl ./keeper");
	if (waitpid(keeper, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("./keeper did not end well: run ./auditor again");
}

// The file's own words: read() looks at the same pages as the keeper.
static const char *in_file(int fd)
{
	static char line[32];

	if (pread(fd, line, sizeof line - 1, 0) == -1)
		die("pread");
	return line;
}

int main(void)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	char *mine;
	int fd;

	own_path(path, "ledger");
	unlink(path);		// a run that was killed may have left it
	remove_at_end(remove_ledger);
	fd = open(path, O_RDONLY | O_CREAT | O_EXCL, 0600);
	if (fd == -1 || truncate(path, 100) == -1)
		die("open, truncate");
	// Stores go to copies, never to the file: O_RDONLY is enough.
	mine = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (mine == MAP_FAILED)
		die("mmap");
	keep("0", "balance 100");
	say("page 0: mine %s, file %s", mine, in_file(fd));
	strcpy(mine, "balance 999");	// the first store: copy on write
	say("page 0: mine %s, file %s", mine, in_file(fd));
	keep("0", "balance 250");
	say("page 0: mine %s, file %s", mine, in_file(fd));
	keep("1", "audited");		// mapped before the file had it
	say("page 1: mine %s", mine + size);
	return EXIT_SUCCESS;
}
