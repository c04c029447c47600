// EXPECT: fail=drops msg="differs"
/*
 * relay - passes lines on, and never makes their producer wait
 *
 *   producer --stdin--> relay, keeps the newest N --fd 3--> consumer
 *                         \--> what does not fit is dropped, and counted
 *
 *   seq 100000 | ./relay 10 3>&1 | (sleep 1; tail -n 3)
 *				N is 10. At the end stdout says how many were
 *				dropped; by hand both go to the same place
 */
#include <fcntl.h>
#include <poll.h>

#include "../../../common/lesson.h"

enum {
	OUT = 3,		/* the consumer: a pipe */
	LINE = 128,		/* bytes of a line with its newline */
	MOST = 1000,		/* the largest N */
};

static struct { char text[LINE]; size_t len; } kept[MOST + 1];
static size_t room, first, count;	/* a ring: the oldest is kept[first] */
static unsigned long dropped;

static void forget_oldest(void)
{
	first = (first + 1) % (room + 1);
	count--;
}

/* Write what the consumer has room for, the oldest first. */
static void pass_on(void)
{
	while (count > 0) {
		// A line is shorter than PIPE_BUF: all of it goes, or nothing.
		if (write(OUT, kept[first].text, kept[first].len) == -1) {
			if (errno == EAGAIN)
				return;
			die("write");
		}
		forget_oldest();
	}
}

/* A whole line has come. */
static void take_line(const char *text, size_t len)
{
	size_t last;

	if (count == room + 1) {
		forget_oldest();
		dropped++;
	}
	last = (first + count++) % (room + 1);
	memcpy(kept[last].text, text, len);
	kept[last].len = len;
	pass_on();
}

/* Read once, and take the lines that are complete. Returns 0 at the end. */
static int take_input(void)
{
	static char line[LINE];
	static size_t len;
	char buf[4096];
	ssize_t n = read(STDIN_FILENO, buf, sizeof buf);

	if (n == -1)
		die("read");
	for (ssize_t i = 0; i < n; i++) {
		line[len++] = buf[i];
		if (buf[i] != '\n' && len == LINE)
			quit("a line has more than %d bytes", LINE);
		if (buf[i] == '\n') {
			take_line(line, len);
			len = 0;
		}
	}
	return n > 0;
}

int main(int argc, char **argv)
{
	struct pollfd fd[2] = { { .fd = STDIN_FILENO, .events = POLLIN },
				{ .fd = OUT, .events = POLLOUT } };
	if (argc != 2 || (room = strtoul(argv[1], NULL, 10)) < 1 ||
	    room > MOST)
		quit("usage: ./relay N, from 1 to %d", MOST);
	signal(SIGPIPE, SIG_IGN);	// write() says EPIPE
	if (fcntl(OUT, F_SETFL, O_WRONLY | O_NONBLOCK) == -1)
		die("fcntl");
	while (fd[0].fd != -1 || count > 0) {
		// Room for nothing is no news: it would wake us for ever.
		fd[1].fd = count > 0 ? OUT : -1;
		if (poll(fd, 2, -1) == -1)
			die("poll");
		if (fd[1].fd != -1 && fd[1].revents)
			pass_on();
		if (fd[0].fd != -1 && fd[0].revents && !take_input())
			fd[0].fd = -1;
	}
	printf("%lu dropped\n", dropped);
	return fflush(stdout) == EOF ? EXIT_FAILURE : EXIT_SUCCESS;
}
