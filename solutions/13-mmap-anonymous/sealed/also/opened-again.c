/*
 * sealer - hands a text over that nobody can change any more
 *
 *   stdin --> sealer --> [ memory file, sealed ]
 *                |                   ^
 *                +--- descriptor --> receiver (at the socket, descriptor 3)
 *
 *   make check plays the receiver: sealer needs a socket as descriptor 3.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "../../../common/lesson.h"

enum { RECEIVER = 3 };

/* Send a copy of descriptor FD through the socket, with one byte: lesson 19
 * tells more. */
static void hand_over(int fd)
{
	_Alignas(struct cmsghdr) char note[CMSG_SPACE(sizeof fd)] = { 0 };
	struct iovec part = { "t", 1 };
	struct msghdr msg = { .msg_iov = &part, .msg_iovlen = 1,
			      .msg_control = note,
			      .msg_controllen = sizeof note };
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(head), &fd, sizeof fd);
	if (sendmsg(RECEIVER, &msg, 0) == -1)
		die("sendmsg");
}

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

/* A memory file with all of stdin. */
static int filled(void)
{
	int fd = memfd_create("text", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	char buf[4096];
	ssize_t n;

	if (fd == -1)
		die("memfd_create");
	while ((n = read(STDIN_FILENO, buf, sizeof buf)) > 0)
		write_all(fd, buf, (size_t)n);
	if (n == -1)
		die("read");
	return fd;
}

int main(void)
{
	int fd = filled();

	// The offset goes with the descriptor: the receiver starts here.
	char path[32];
	int again;

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	again = open(path, O_RDONLY | O_CLOEXEC);
	if (again == -1)
		die("open");
	// Sealed before anybody else has it. F_SEAL_SEAL: nothing to be added.
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW |
		  F_SEAL_SHRINK | F_SEAL_SEAL) == -1)
		die("fcntl");
	hand_over(again);
	return EXIT_SUCCESS;
}
