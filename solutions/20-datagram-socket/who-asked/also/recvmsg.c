/*
 * oracle - answers each datagram to the one who sent it
 *
 *   client A --- "why" ----> [ PATH, AF_UNIX datagrams ] ---> oracle
 *   client B <-- "2: how" --                            <---
 *
 *   ./oracle PATH N	takes N datagrams, and ends
 *   echo why | socat - UNIX-SENDTO:PATH,bind=/tmp/me
 */
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "../../../common/lesson.h"

enum { LONGEST = 1000 };	/* bytes of a datagram */

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

/* Take question number I and answer it: 1 if that was possible, else 0. */
static int answer(int box, int i)
{
	char ask[LONGEST], text[LONGEST + 16];
	struct sockaddr_un who;
	struct iovec part = { ask, sizeof ask };
	struct msghdr msg = {
		.msg_name = &who, .msg_namelen = sizeof who,
		.msg_iov = &part, .msg_iovlen = 1,
	};
	ssize_t n = recvmsg(box, &msg, 0);

	if (n == -1)
		die("recvmsg");
	if (msg.msg_namelen <= offsetof(struct sockaddr_un, sun_path))
		return 0;
	part.iov_len = (size_t)sprintf(text, "%d: %.*s", i, (int)n, ask);
	part.iov_base = text;
	if (sendmsg(box, &msg, 0) == -1) {
		if (errno != ECONNREFUSED && errno != ENOENT)
			die("sendmsg");
		return 0;
	}
	return 1;
}

int main(int argc, char **argv)
{
	int box, n, answered = 0;

	if (argc != 3)
		quit("usage: ./oracle PATH N");
	box = open_box(argv[1]);
	n = atoi(argv[2]);
	for (int i = 1; i <= n; i++)
		answered += answer(box, i);
	printf("%d answered, %d not\n", answered, n - answered);
	return EXIT_SUCCESS;
}
