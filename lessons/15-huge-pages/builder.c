/*
 * builder - puts a table on a huge page, if the system has one, for ./lookup
 *
 *   builder --> [ 1 huge page, or many small ones ] <-- lookup (its stdin)
 *
 * It asks, takes small pages if it must, and says if that was as announced.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../common/lesson.h"

// The number behind NAME in /proc/meminfo; 0 if there is none.
static size_t info(const char *name)
{
	char line[128];
	size_t n = 0;
	FILE *f = fopen("/proc/meminfo", "r");

	while (f && fgets(line, sizeof line, f))
		if (strncmp(line, name, strlen(name)) == 0)
			n = strtoul(line + strlen(name), NULL, 10);
	if (!f || fclose(f) == EOF)
		die("/proc/meminfo");
	return n;
}

static int make_table(size_t size)
{
	int promised = info("HugePages_Free:") > info("HugePages_Rsvd:");
	int fd = memfd_create("table", MFD_HUGETLB), got;

	if (ftruncate(fd, (off_t)size / 2) == -1)	// whole ones only
		say("half a huge page: %s", errno_name(errno));
	// Get the page now: one that is missing later would be SIGBUS.
	got = posix_fallocate(fd, 0, (off_t)size) == 0;
	say("a whole one: %s HugePages_Free says",
	    got == promised ? "as" : "NOT as");
	if (!got)
		fd = memfd_create("table", 0);	// small pages do as well
	if (fd == -1 || ftruncate(fd, (off_t)size) == -1)
		die("memfd_create, ftruncate");
	return fd;
}

int main(void)
{
	size_t size = info("Hugepagesize:") * 1024;
	size_t too_much = (info("HugePages_Total:") + 1) * size;
	int fd, status;
	uint64_t *table;

	if (size == 0 || size > 64 << 20)	// some have 512 MiB
		return say("skipped: no huge pages of 64 MiB or less"), 0;
	if (mmap(NULL, too_much, PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS |
		 MAP_HUGETLB, -1, 0) == MAP_FAILED)	// said at once
		say("more than there are: %s", errno_name(errno));
	fd = make_table(size);
	table = mmap(NULL, size, PROT_WRITE, MAP_SHARED, fd, 0);
	if (table == MAP_FAILED)
		die("mmap");
	for (uint64_t i = 0; i < size / sizeof *table; i++)
		table[i] = i * i;	// the store is the same on any page
	if (fork() == 0) {
		if (dup2(fd, STDIN_FILENO) != -1)
			execl("./lookup", "lookup", (char *)NULL);
		die("dup2 or execl ./lookup");
	}
	if (wait(&status) == -1 || status != 0)
		quit("lookup has failed; build it with make");
	say("questions so far: %d", (int)table[0]);
	return EXIT_SUCCESS;
}
