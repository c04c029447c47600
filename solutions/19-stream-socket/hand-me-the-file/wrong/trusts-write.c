// EXPECT: fail=short msg="takes half of it"
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
	if (write(to, buf, len) == -1)
		die("write");
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

/* Take what came with the note NOTE: put up to two descriptors into FILE, and
 * return how many there were. The kernel has put them into this process, so
 * each of them has to be closed, wanted or not. */
static size_t unpack(struct msghdr *msg, int *file)
{
	struct cmsghdr *note = CMSG_FIRSTHDR(msg);
	size_t n;

	if (!note || note->cmsg_level != SOL_SOCKET ||
	    note->cmsg_type != SCM_RIGHTS)
		return 0;
	n = (note->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(file, CMSG_DATA(note), n * sizeof(int));
	return n;
}

/* Take one request and answer it. Returns 0 if there is none any more. */
static int serve(void)
{
	// Room for one is, by alignment, room for two: be ready for both.
	_Alignas(struct cmsghdr) char note[CMSG_SPACE(2 * sizeof(int))];
	char byte;
	struct iovec part = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &part, .msg_iovlen = 1,
		.msg_control = note, .msg_controllen = sizeof note,
	};
	ssize_t got = recvmsg(CLIENT, &msg, MSG_CMSG_CLOEXEC);
	int file[2];
	size_t n;

	if (got == -1)
		die("recvmsg");
	if (got == 0)
		return 0;
	n = unpack(&msg, file);
	if (n == 1 && !(msg.msg_flags & MSG_CTRUNC))
		answer_count(file[0]);
	else
		write_all(CLIENT, "refused\n", 8);
	while (n > 0)
		if (close(file[--n]) == -1)
			die("close");
	return 1;
}

int main(void)
{
	while (serve())
		;
	return EXIT_SUCCESS;
}
