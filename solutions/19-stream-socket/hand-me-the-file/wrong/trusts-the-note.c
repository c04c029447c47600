// EXPECT: fail=none,errors msg="without descriptor"
/*
 * counter - counts the lines of files that it is handed, already open
 *
 *   client -- 1 byte + descriptor --> [ AF_UNIX stream, fd 3 ] --> counter
 *          <-- "2 lines, 9 bytes\n" --                         <--
 *
 * Descriptor 3 is its connection. It ends when the client closes that. It has
 * a name for no file, and need not have the right to open one.
 */
#include <sys/socket.h>

#include "../../../common/lesson.h"

enum { CLIENT = 3 };

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

/* Count what FILE still holds from where it stands. */
static void answer_count(int file)
{
	size_t lines = 0, bytes = 0;
	char buf[4096], text[64];
	ssize_t n;

	while ((n = read(file, buf, sizeof buf)) > 0) {
		bytes += (size_t)n;
		for (ssize_t i = 0; i < n; i++)
			lines += buf[i] == '\n';
	}
	if (n == -1)
		die("read");
	n = snprintf(text, sizeof text, "%zu lines, %zu bytes\n", lines,
		     bytes);
	write_all(CLIENT, text, (size_t)n);
}

/* Take one request and answer it. Returns 0 if there is none any more. */
static int serve(void)
{
	_Alignas(struct cmsghdr) char note[CMSG_SPACE(2 * sizeof(int))];
	char byte;
	struct iovec part = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &part, .msg_iovlen = 1,
		.msg_control = note, .msg_controllen = sizeof note,
	};
	ssize_t got = recvmsg(CLIENT, &msg, 0);
	struct cmsghdr *head;
	int file;

	if (got == -1)
		die("recvmsg");
	if (got == 0)
		return 0;
	head = CMSG_FIRSTHDR(&msg);
	if (!head)
		quit("no descriptor came");
	memcpy(&file, CMSG_DATA(head), sizeof file);
	if (head->cmsg_len != CMSG_LEN(sizeof file) ||
	    msg.msg_flags & MSG_CTRUNC) {
		int other;

		memcpy(&other, CMSG_DATA(head) + sizeof file, sizeof other);
		close(other);
		write_all(CLIENT, "refused\n", 8);
	} else {
		answer_count(file);
	}
	if (close(file) == -1)
		die("close");
	return 1;
}

int main(void)
{
	while (serve())
		;
	return EXIT_SUCCESS;
}
