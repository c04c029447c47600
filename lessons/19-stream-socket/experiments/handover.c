/*
 * handover - a descriptor travels to another process
 *
 *   us --[ a message, and a descriptor of our file ]--> child
 *
 * Watch: the number alone is worth nothing in the child. With SCM_RIGHTS the
 * kernel gives the child a descriptor of the same open file.
 *
 * Try: in receive_descriptor(), set .msg_controllen to 0. What comes, and what
 * does not?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/socket.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

/* Room for the note that travels beside the bytes of a message: a header and,
 * in our case, one int. CMSG_SPACE() is how many bytes both need, rounded up.
 *
 * Why a union, and not only the array? A header must begin at an address that
 * its members allow, and an array of char may begin anywhere. The member
 * `header` sees to that. We never use it. */
union note {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

/* RIGHT: send descriptor FD itself, in a note of the type SCM_RIGHTS. */
static void send_descriptor(int connection, int fd)
{
	union note note = { .bytes = { 0 } };
	// A note never travels alone: it needs at least one byte. The bytes of
	// a message may lie in several pieces of memory. Ours lie in one piece.
	char byte = '!';
	struct iovec piece = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &piece,		// the bytes
		.msg_iovlen = 1,		// how many pieces
		.msg_control = note.bytes,	// the note
		.msg_controllen = sizeof note.bytes,
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);	// of our note

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;		// "descriptors follow"
	// How many bytes header and descriptor have: this is not rounded up.
	header->cmsg_len = CMSG_LEN(sizeof fd);
	// CMSG_DATA() is the place after the header.
	memcpy(CMSG_DATA(header), &fd, sizeof fd);

	if (sendmsg(connection, &message, MSG_NOSIGNAL) == -1)
		die("sendmsg");
}

static int receive_descriptor(int connection)
{
	union note note;
	char byte;
	struct iovec piece = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &piece,		// room for the bytes
		.msg_iovlen = 1,
		.msg_control = note.bytes,	// room for the note
		// Not CMSG_SPACE(): it rounds up. On a 64-bit machine it is
		// room for two descriptors. A sender could send us two, and we
		// take only one. The second would stay open, unknown.
		.msg_controllen = CMSG_LEN(sizeof(int)),
	};
	struct cmsghdr *header;
	ssize_t n;
	int fd;

	do {
		// MSG_CMSG_CLOEXEC: if we started another program, it is not to
		// have the descriptor.
		n = recvmsg(connection, &message, MSG_CMSG_CLOEXEC);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		die("recvmsg");
	if (n == 0)
		quit("the sender has gone");

	// MSG_CTRUNC: not all of the note had room, or this process may not
	// have one more descriptor. That is no error of recvmsg().
	if (message.msg_flags & MSG_CTRUNC)
		quit("a descriptor was lost");
	header = CMSG_FIRSTHDR(&message);
	if (!header || header->cmsg_level != SOL_SOCKET ||
	    header->cmsg_type != SCM_RIGHTS)
		quit("no descriptor came");
	memcpy(&fd, CMSG_DATA(header), sizeof fd);
	return fd;
}

/* Read from descriptor FD, and print what comes. WAY is the first word of the
 * line. */
static void show(const char *way, int fd)
{
	char text[100];
	ssize_t n;

	do {
		n = read(fd, text, sizeof text - 1);
	} while (n == -1 && errno == EINTR);
	if (n == -1) {
		say("%s: the child cannot read: %s", way, errno_name(errno));
		return;
	}
	text[n] = '\0';
	say("%s: the child reads '%s'", way, text);
}

static void be_the_child(int connection)
{
	int number;
	ssize_t n;
	int fd;

	// WRONG: the number as 4 bytes of a message. MSG_WAITALL: wait until
	// all of them are here.
	do {
		n = recv(connection, &number, sizeof number, MSG_WAITALL);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		die("recv");
	if (n != (ssize_t)sizeof number)
		quit("the number did not come");
	show("wrong", number);

	fd = receive_descriptor(connection);
	show("right", fd);
	// The new descriptor is ours: nobody else closes it.
	if (close(fd) == -1)
		die("close");
}

int main(void)
{
	pid_t parent = getpid();
	pid_t child;
	int fds[2];
	int file[2];		// our file is a pipe: [0] to read, [1] to write
	int status;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == -1)
		die("socketpair");
	child = fork();
	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		if (close(fds[0]) == -1)
			die("close");
		be_the_child(fds[1]);
		exit(EXIT_SUCCESS);
	}

	// We open the file after fork(), so the child does not inherit it.
	//
	// We do not close fds[1] before that. pipe() takes the lowest free
	// numbers, and one of them would be the number of fds[1]. In the child
	// this number is open: it is the child's connection. So the child could
	// read there, and the wrong way would not fail.
	if (pipe(file) == -1)
		die("pipe");
	if (write(file[1], "hello", 5) == -1)
		die("write");

	if (send(fds[0], &file[0], sizeof file[0], MSG_NOSIGNAL) == -1)
		die("send");
	send_descriptor(fds[0], file[0]);
	// The message is on its way, and keeps the file open for the child.
	if (close(file[0]) == -1)
		die("close");

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the child has failed");
	return EXIT_SUCCESS;
}
