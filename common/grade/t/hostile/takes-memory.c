/* EXPECT: some - it takes all memory that it can have, in files, too */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
	static char text[1 << 20];
	char name[64];

	memset(text, 'x', sizeof text);
	for (int i = 0; i < 40; i++) {
		int fd;

		snprintf(name, sizeof name, "/takes-%d", i);
		fd = shm_open(name, O_CREAT | O_RDWR, 0600);
		while (fd != -1 && write(fd, text, sizeof text) > 0)
			;
	}
	for (;;) {
		char *more = malloc(sizeof text);

		if (!more)
			return 1;
		memset(more, 'x', sizeof text);
	}
}
