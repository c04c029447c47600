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

/* A memory file with all of stdin. */
static int filled(void)
{
	int fd = memfd_create("text", MFD_CLOEXEC | MFD_ALLOW_SEALING), copy;
	char buf[4096];
	FILE *out;
	ssize_t n;

	if (fd == -1)
		die("memfd_create");
	copy = dup(fd);
	if (copy == -1)
		die("dup");
	out = fdopen(copy, "w");
	if (!out)
		die("fdopen");
	while ((n = read(STDIN_FILENO, buf, sizeof buf)) > 0)
		if (fwrite(buf, 1, (size_t)n, out) != (size_t)n)
			die("fwrite");
	if (n == -1)
		die("read");
	if (fclose(out) == EOF)
		die("fclose");
	return fd;
}

int main(void)
{
	int fd = filled();

	// The offset goes with the descriptor: the receiver starts here.
	if (lseek(fd, 0, SEEK_SET) == -1)
		die("lseek");
	// Sealed before anybody else has it. F_SEAL_SEAL: nothing to be added.
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW |
		  F_SEAL_SHRINK | F_SEAL_SEAL) == -1)
		die("fcntl");
	hand_over(fd);
	return EXIT_SUCCESS;
}
