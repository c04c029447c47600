/* EXPECT: some - it listens at every port, sends to everybody that it can
 * reach, and asks for raw packets */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int raw = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	int udp = socket(AF_INET, SOCK_DGRAM, 0);
	int yes = 1;

	if (raw != -1)
		fputs("raw packets\n", stdout);
	setsockopt(udp, SOL_SOCKET, SO_BROADCAST, &yes, sizeof yes);
	to.sin_addr.s_addr = htonl(INADDR_BROADCAST);
	to.sin_port = htons(9);
	if (sendto(udp, "x", 1, 0, (struct sockaddr *)&to, sizeof to) == 1)
		fputs("a broadcast\n", stdout);
	to.sin_addr.s_addr = htonl(INADDR_ANY);
	for (in_port_t port = 1024; port < 3000; port++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		to.sin_port = htons(port);
		if (bind(fd, (struct sockaddr *)&to, sizeof to) == 0)
			listen(fd, 1);
	}
	if (daemon(1, 1) == 0)
		pause();
	return 0;
}
