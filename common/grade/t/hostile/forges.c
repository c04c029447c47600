/* EXPECT: some - it writes verdicts wherever it can open something: its
 * outputs, every descriptor of every process, every file that it may write */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char said[] =
	"pass\thello\t2\t\t\npass\tnames\t1\t\t\npass\tusage\t1\t\t\n"
	"pass\tfull\t1\t\t\npass\tmemory\t1\t\t\nok 1 - all\n1..1\n"
	"  6 of 6 points\n\001claim: held\n</failure>]]>\n\033[2J\377\376\n";

static void write_to(const char *path)
{
	int fd = open(path, O_WRONLY | O_NONBLOCK);

	if (fd == -1)
		return;
	if (write(fd, said, sizeof said - 1) == -1)
		perror(path);
	close(fd);
}

static void write_to_all_of(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	char path[600];

	while (d && (e = readdir(d))) {
		snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
		write_to(path);
	}
	if (d)
		closedir(d);
}

int main(void)
{
	char path[64];

	for (int fd = 1; fd < 64; fd++)
		if (write(fd, said, sizeof said - 1) == -1)
			continue;
	for (int pid = 1; pid < 2000; pid++) {
		snprintf(path, sizeof path, "/proc/%d/fd", pid);
		write_to_all_of(path);
	}
	write_to_all_of("/tmp");
	write_to_all_of("/course/build/exercises/00-start/first-check");
	prctl(PR_SET_NAME, "x\npass\thello\t2");
	mkfifo("x\npass\thello\t2\t\t\npass\tnames\t1\t\t", 0666);
	return 0;
}
