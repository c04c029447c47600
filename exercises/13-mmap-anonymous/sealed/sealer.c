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

int main(void)
{
	int fd = -1;

	// TODO: make fd a memory file that can be sealed, with all of stdin.
	// TODO: seal it: no write, no growing, no shrinking, no other seal.
	hand_over(fd);
	return EXIT_SUCCESS;
}
