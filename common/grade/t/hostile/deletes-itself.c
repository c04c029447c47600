/* EXPECT: some - it takes away its own source, its own program, and the folder
 * in which it runs */
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

	if (n > 0) {
		path[n] = '\0';
		unlink(path);
	}
	unlink(__FILE__);
	if (getcwd(path, sizeof path) && chdir("..") == 0 &&
	    rmdir(path) == -1)
		rename(path, "elsewhere");
	return 0;
}
