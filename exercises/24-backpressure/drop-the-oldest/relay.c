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

static size_t room;			/* N: so many lines may be kept */
static unsigned long dropped;

/* A whole line has come. */
static void take_line(const char *text, size_t len)
{
	// TODO: keep it, pass on what there is room for; never wait here.
	if (write(OUT, text, len) == -1)
		die("write");
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
	if (argc != 2 || (room = strtoul(argv[1], NULL, 10)) < 1 ||
	    room > MOST)
		quit("usage: ./relay N, from 1 to %d", MOST);
	signal(SIGPIPE, SIG_IGN);	// write() says EPIPE
	// TODO: wait for input and for room at the same time; at the end of
	// the input, pass on what is kept.
	while (take_input())
		;
	printf("%lu dropped\n", dropped);
	return fflush(stdout) == EOF ? EXIT_FAILURE : EXIT_SUCCESS;
}
