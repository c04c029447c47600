/* EXPECT: some - when memory is short, any other process is to be ended in its
 * place; then it makes memory short */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LAST = 2000 };

static void set(int pid, const char *text)
{
	char path[64];
	int fd;

	snprintf(path, sizeof path, "/proc/%d/oom_score_adj", pid);
	fd = open(path, O_WRONLY);
	if (fd == -1)
		return;
	if (write(fd, text, strlen(text)) == -1)
		perror(path);
	close(fd);
}

int main(void)
{
	for (int pid = 1; pid < LAST; pid++)
		if (pid != getpid())
			set(pid, "1000");
	set(getpid(), "-1000");
	for (int mib = 0; mib < 4096; mib++) {
		char *more = malloc(1 << 20);

		if (!more)
			break;
		memset(more, 'x', 1 << 20);
	}
	return 0;
}
