/*
 * keeper - takes datagrams at a path, and writes each one down, whole
 *
 *   senders --- datagrams ---> [ PATH, AF_UNIX ] --recv()--> keeper --> stdout
 *
 *   ./keeper PATH N	takes N datagrams, and ends
 *   printf hello | socat -u - UNIX-SENDTO:PATH	prints: 5 bytes: hello
 */
#include <sys/socket.h>
#include <sys/un.h>

#include "../../../common/lesson.h"

static struct sockaddr_un at = { .sun_family = AF_UNIX };

static void remove_path(void)
{
	unlink(at.sun_path);
}

static int open_box(const char *path)
{
	int box = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (box == -1)
		die("socket");
	if (strlen(path) >= sizeof at.sun_path)
		quit("PATH is too long");
	strcpy(at.sun_path, path);
	if (bind(box, (struct sockaddr *)&at, sizeof at) == -1)
		die("bind");
	remove_at_end(remove_path);
	return box;
}

static void write_all(const char *buf, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, buf, len);

		if (n == -1)
			die("write");
		buf += n;
		len -= (size_t)n;
	}
}

/* One record: its length, the bytes as they are, a newline. */
static void write_down(const char *data, size_t len)
{
	char head[32];

	sprintf(head, "%zu bytes: ", len);
	write_all(head, strlen(head));
	write_all(data, len);
	write_all("\n", 1);
}

static void take(int box, int n)
{
	size_t room = 16;
	char *data = malloc(room);

	while (n > 0) {
		struct iovec part = { data, room };
		struct msghdr msg = { .msg_iov = &part, .msg_iovlen = 1 };
		ssize_t len;

		if (!data)
			die("malloc");
		if ((len = recvmsg(box, &msg, MSG_PEEK)) == -1)
			die("recvmsg");
		if (msg.msg_flags & MSG_TRUNC) {	// try with more room
			free(data);	// it is still in the queue
			data = malloc(room *= 2);
			continue;
		}
		if (recv(box, data, room, 0) != len)
			die("recv");
		write_down(data, (size_t)len);
		n--;
	}
	free(data);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		quit("usage: ./keeper PATH N");
	take(open_box(argv[1]), atoi(argv[2]));
	return EXIT_SUCCESS;
}
