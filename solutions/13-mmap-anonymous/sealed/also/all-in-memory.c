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

/* A memory file with all of stdin. The size is known when all is there. */
static int filled(void)
{
	int fd = memfd_create("text", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	size_t size = 0, room = 0;
	char *text = NULL;
	ssize_t n = 1;

	if (fd == -1)
		die("memfd_create");
	while (n > 0) {
		if (size == room) {
			room = room ? 2 * room : 1;
			text = realloc(text, room);
			if (!text)
				die("realloc");
		}
		n = read(STDIN_FILENO, text + size, room - size);
		if (n == -1)
			die("read");
		size += (size_t)n;
	}
	for (size_t done = 0; done < size; done += (size_t)n) {
		n = pwrite(fd, text + done, size - done, (off_t)done);
		if (n == -1)
			die("pwrite");
	}
	free(text);
	return fd;
}

int main(void)
{
	int fd = filled();

	// The offset goes with the descriptor: the receiver starts here.
	// Sealed before anybody else has it. F_SEAL_SEAL: nothing to be added.
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW |
		  F_SEAL_SHRINK | F_SEAL_SEAL) == -1)
		die("fcntl");
	hand_over(fd);
	return EXIT_SUCCESS;
}
