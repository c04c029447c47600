// EXPECT: some - empty files and locked folders, as many as there is room for
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
	static const char *const folders[] = { ".", "/tmp", "/dev/shm" };
	char path[96];

	for (int i = 0; i < 6000; i++) {
		int fd;

		snprintf(path, sizeof path, "%s/none-%d", folders[i % 3], i);
		if (i % 20 == 0) {
			mkdir(path, 0700);
			chmod(path, 0);
			continue;
		}
		fd = open(path, O_CREAT | O_WRONLY, 0);
		if (fd != -1)
			close(fd);
	}
	return 0;
}
