/*
 * group - multicast: one sendto(), and every member of the group gets a copy
 *
 *   sender --sendto()--> [ group 239.x.y.z ]--+--> [ queue ] --> Ann
 *                                             +--> [ queue ] --> Bob
 *
 * Watch: what Ann has taken, Bob still gets.
 *
 * Try: delete the setsockopt() with SO_REUSEADDR and its check. Which call
 * fails now?
 */
#define _GNU_SOURCE			// for struct ip_mreq, with -std=c11
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "../../../common/lesson.h"

enum { ROOM = 32 };		// bytes for a message

/* The address of the group. The port is 0 at first. join_group() changes it. */
static struct sockaddr_in group = { .sin_family = AF_INET };

/* Make a socket that is a member of the group. */
static int join_group(void)
{
	struct ip_mreq membership = {
		.imr_multiaddr = group.sin_addr,
		// The interface: lo, so nothing leaves this machine.
		.imr_interface.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct timeval limit = { .tv_sec = 3 };
	socklen_t len = sizeof group;
	int yes = 1;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd == -1)
		die("socket");
	// Without this bind() fails with EADDRINUSE for the second member.
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == -1)
		die("setsockopt SO_REUSEADDR");
	// UDP may lose a datagram. Then recv() is to fail, and not to wait for
	// ever.
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == -1)
		die("setsockopt SO_RCVTIMEO");
	// Port 0 means that the kernel is to find a port. It does so for the
	// first member. getsockname() writes this port into `group': so all
	// other members bind to the same port, and the sender sends to it.
	if (bind(fd, (struct sockaddr *)&group, sizeof group) == -1)
		die("bind");
	if (getsockname(fd, (struct sockaddr *)&group, &len) == -1)
		die("getsockname");
	if (setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &membership,
		       sizeof membership) == -1) {
		if (errno != ENODEV)
			die("setsockopt IP_ADD_MEMBERSHIP");
		say("skipped: setsockopt IP_ADD_MEMBERSHIP: ENODEV: no"
		    " interface has 127.0.0.1; ip link set lo up");
		exit(EXIT_SUCCESS);
	}
	return fd;
}

/* Make a socket that sends to the group by lo. */
static int make_sender(void)
{
	struct in_addr lo = { .s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd == -1)
		die("socket");
	// Without this the routing table chooses an interface.
	if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &lo, sizeof lo) == -1)
		die("setsockopt IP_MULTICAST_IF");
	return fd;
}

static void show_next(const char *who, int fd)
{
	char text[ROOM];
	ssize_t len;

	do {
		len = recv(fd, text, sizeof text, 0);
	} while (len == -1 && errno == EINTR);
	if (len == -1)
		die("recv");
	say("%s gets '%.*s'", who, (int)len, text);
}

int main(void)
{
	int ann;
	int bob;
	int sender;
	ssize_t sent;

	// The addresses from 239.0.0.0 on are free for private use, and 239 is
	// 0xef. The other three bytes are a number of this folder's own: so the
	// groups of two folders do not meet.
	group.sin_addr.s_addr = htonl(0xef000000 | own_id());
	ann = join_group();
	bob = join_group();
	sender = make_sender();

	sent = sendto(sender, "to all", 6, 0, (struct sockaddr *)&group,
		      sizeof group);
	if (sent == -1)
		die("sendto");
	say("one sendto() to the group: %zd bytes", sent);
	show_next("Ann", ann);
	show_next("Bob", bob);
	return EXIT_SUCCESS;
}
