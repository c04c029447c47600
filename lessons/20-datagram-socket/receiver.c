/*
 * receiver - takes datagrams at three sockets, and counts what is missing
 *
 *   sender --send()----> [ AF_UNIX: a queue, then it waits ] --> receiver
 *      +---sendto()--> [ UDP to a group: 239.x ]--+--> a roomy socket
 *                                                 +--> a tiny socket
 * Started by ./sender. Watch: where is it stopped, and where is data lost?
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "../../common/experiment.h"

static struct sockaddr_in group = { .sin_family = AF_INET };	// port 0: any

static int join_group(int room)
{
	struct ip_mreq on_lo = { group.sin_addr, { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof group;
	int fd = socket(AF_INET, SOCK_DGRAM, 0), yes = 1;

	if (fd == -1)
		die("socket");
	// Two sockets at one port: both must say that they share it.
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) == -1)
		die("setsockopt");
	if (bind(fd, (struct sockaddr *)&group, size) == -1)
		die("bind");
	if (getsockname(fd, (struct sockaddr *)&group, &size) == -1)
		die("getsockname");
	if (setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &on_lo, sizeof on_lo))
		quit("no multicast here (%s): is lo up?", errno_name(errno));
	return fd;
}

// Each datagram carries its number; none says that it is the last one, and
// it may be lost. So wait with a limit.
static void count(int fd, int sent, const char *what, int flags)
{
	const struct timeval limit = { .tv_sec = 4 };
	int n = 0, number;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit))
		die("SO_RCVTIMEO");
	while (n < sent && recv(fd, &number, sizeof number, flags) > 0 &&
	       number == n)
		n++;
	say("%s: %s %d arrived", what, n == sent ? "all" : "some of", sent);
}

int main(void)
{
	int box = STDIN_FILENO, roomy, tiny;
	char text[8];

	if (prctl(PR_SET_PDEATHSIG, SIGTERM) == -1)	// nor is it an end
		die("prctl");
	group.sin_addr.s_addr = htonl(0xef000000 | own_id());	// 239.x.y.z
	roomy = join_group(1 << 20);
	tiny = join_group(1);		// the kernel makes it its minimum
	if (send(box, &group, sizeof group, MSG_NOSIGNAL) == -1)
		quit("start ./sender: it starts me, with a socket as stdin");
	wait_until_asleep(getppid());	// the sender
	say("the queue is full: the sender sleeps");
	say("MSG_PEEK: %zd bytes", recv(box, text, 8, MSG_PEEK));
	say("the same %zd, although more lies there", recv(box, text, 8, 0));
	say("room for 2: it had %zd", recv(box, text, 2, MSG_TRUNC));
	say("an empty one: %zd bytes, no end", recv(box, text, 8, 0));
	count(box, 1000, "AF_UNIX", 0);
	count(roomy, 100, "UDP, roomy", 0);
	count(tiny, 100, "UDP, tiny", MSG_DONTWAIT);
	return EXIT_SUCCESS;
}
