/* EXPECT: some - it types into the terminal of whoever checks it, and leaves it
 * without echo */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static void type_into(const char *path)
{
	struct termios raw;
	int fd = open(path, O_RDWR | O_NONBLOCK | O_NOCTTY);

	if (fd == -1)
		return;
	ioctl(fd, TIOCSCTTY, 1);
	for (const char *c = "echo typed\n"; *c; c++)
		ioctl(fd, TIOCSTI, c);
	if (tcgetattr(fd, &raw) == 0) {
		cfmakeraw(&raw);
		tcsetattr(fd, TCSANOW, &raw);
	}
	dprintf(fd, "\033c\033[8m");
	close(fd);
}

int main(void)
{
	char path[64];

	type_into("/dev/tty");
	type_into("/dev/console");
	for (int n = 0; n < 16; n++) {
		snprintf(path, sizeof path, "/dev/pts/%d", n);
		type_into(path);
	}
	return 0;
}
