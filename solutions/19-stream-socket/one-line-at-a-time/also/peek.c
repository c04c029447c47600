/*
 * desk - takes orders at a path, a line each, and answers with a number
 *
 *   client ---- "tea\n" ---> [ AF_UNIX stream ] ---> desk
 *          <-- "1: tea\n" --                    <---
 *
 *   ./desk PATH N	serves N clients, one after another, and ends
 *   printf 'tea\ncake\n' | socat - UNIX-CONNECT:PATH
 */
#include <sys/socket.h>
#include <sys/un.h>

#include "../../../common/lesson.h"

enum { LINE = 1000 };		/* bytes of a line, its newline included */

static struct sockaddr_un at = { .sun_family = AF_UNIX };

static void remove_path(void)
{
	unlink(at.sun_path);
}

static int open_desk(const char *path)
{
	int door = socket(AF_UNIX, SOCK_STREAM, 0);

	if (door == -1)
		die("socket");
	if (strlen(path) >= sizeof at.sun_path)
		quit("PATH is too long");
	strcpy(at.sun_path, path);
	if (bind(door, (struct sockaddr *)&at, sizeof at) == -1)
		die("bind");
	remove_at_end(remove_path);
	if (listen(door, 5) == -1)
		die("listen");
	return door;
}

/* A stream may take less than it is offered. */
static void write_all(int to, const char *buf, size_t len)
{
	while (len > 0) {
		ssize_t n = write(to, buf, len);

		if (n == -1)
			die("write");
		buf += n;
		len -= (size_t)n;
	}
}

/* Answer one order: LEN bytes, with its newline or without. */
static void answer(int fd, unsigned number, const char *order, size_t len)
{
	char text[LINE + 16];
	int n;

	if (order[len - 1] == '\n')
		len--;
	n = sprintf(text, "%u: %.*s\n", number, (int)len, order);
	write_all(fd, text, (size_t)n);
}

/* Serve one client until it has said all. MSG_PEEK shows what is there and
 * takes nothing; so only what belongs to this line is taken. */
static void serve(int fd)
{
	unsigned number = 0;
	char buf[LINE];
	size_t have = 0, want;
	ssize_t n;

	while ((n = recv(fd, buf + have, sizeof buf - have, MSG_PEEK)) > 0) {
		char *end = memchr(buf + have, '\n', (size_t)n);

		want = end ? (size_t)(end + 1 - buf) - have : (size_t)n;
		if (recv(fd, buf + have, want, 0) != (ssize_t)want)
			die("recv");
		have += want;
		if (end) {
			answer(fd, ++number, buf, have);
			have = 0;
		}
		if (have == sizeof buf)
			return;			// longer than allowed
	}
	if (n == -1)
		die("recv");
	if (have > 0)
		answer(fd, ++number, buf, have);	// no newline came
}

int main(int argc, char **argv)
{
	int door, fd;

	if (argc != 3)
		quit("usage: ./desk PATH N");
	door = open_desk(argv[1]);
	for (int n = atoi(argv[2]); n > 0; n--) {
		if ((fd = accept(door, NULL, NULL)) == -1)
			die("accept");
		serve(fd);
		if (close(fd) == -1)
			die("close");
	}
	return EXIT_SUCCESS;
}
