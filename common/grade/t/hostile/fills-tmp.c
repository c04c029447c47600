// EXPECT: some - it fills each folder that it may write with large files
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	static const char *const folders[] = { ".", "/tmp", "/var/tmp",
					       "/dev/shm" };
	static char text[1 << 20];
	char path[64];

	memset(text, 'x', sizeof text);
	signal(SIGXFSZ, SIG_IGN);
	for (int i = 0; i < 400; i++) {
		int fd;

		snprintf(path, sizeof path, "%s/full-%d", folders[i % 4], i);
		fd = open(path, O_CREAT | O_WRONLY, 0600);
		for (int mib = 0; fd != -1 && mib < 16; mib++)
			if (write(fd, text, sizeof text) <= 0)
				break;
	}
	return 0;
}
