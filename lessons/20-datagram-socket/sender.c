/*
 * sender - sends datagrams, each of them whole, to whoever is there
 *
 *   sender --send()----> [ AF_UNIX: a queue, then it waits ] --> receiver
 *      +---sendto()--> [ UDP to a group: 239.x ]--+--> a roomy socket
 *                                                 +--> a tiny socket
 * It starts ./receiver. Watch: no send fails, and not everything arrives.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "../../common/lesson.h"

static int start_receiver(void)
{
	int box[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, box) == -1)
		die("socketpair");
	switch (fork()) {
	case -1: die("fork");
	case 0:
		if (dup2(box[1], STDIN_FILENO) == -1 || close(box[0]) == -1)
			die("dup2");
		execl("./receiver", "receiver", (char *)NULL);
		die("execl ./receiver");
	}
	close(box[1]);		// else a dead receiver would go unnoticed
	return box[0];
}

// AF_UNIX loses nothing: while the queue is full, send() waits.
static void send_to_box(int box, int many)
{
	if (send(box, "one", 3, 0) == -1 || send(box, "three", 5, 0) == -1 ||
	    send(box, "", 0, 0) == -1)		// not the end: a datagram
		die("send");
	for (int i = 0; i < many; i++)
		if (send(box, &i, sizeof i, 0) == -1)
			quit("the receiver has gone (%s): start again",
			     errno_name(errno));
	say("AF_UNIX: %d sends, and some of them had to wait", many);
}

// UDP drops what finds no room, and tells nobody.
static void send_to_group(const struct sockaddr_in *group, int many)
{
	struct in_addr lo = { htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	// Which way out? Without this the routing table chooses.
	if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &lo, sizeof lo) == -1)
		die("IP_MULTICAST_IF");
	for (int i = 0; i < many; i++)		// no connect()
		if (sendto(fd, &i, sizeof i, 0, (const void *)group,
			   sizeof *group) == -1)
			die("sendto");
	say("UDP: %d sends to the group, and no error", many);
}

int main(void)
{
	int box = start_receiver(), status;
	struct sockaddr_in group;	// the kernel has chosen its port

	// A peer that has gone is no end-of-file here: wait with a limit.
	setsockopt(box, SOL_SOCKET, SO_RCVTIMEO,
		   &(struct timeval){ .tv_sec = 4 }, sizeof(struct timeval));
	if (recv(box, &group, sizeof group, 0) != sizeof group)
		quit("no word from ./receiver: what does it say?");
	send_to_box(box, 1000);
	send_to_group(&group, 100);
	return wait(&status) != -1 && status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
