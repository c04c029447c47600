/*
 * lost - what happens when the receiver is slow: who waits, and what is lost?
 *
 *   sender --send()----> [ AF_UNIX: full, and then send() waits ] --> receiver
 *   sender --sendto()--> [ UDP: full, and then it is dropped ] -----> receiver
 *
 * Each message is a number: 0, 1, 2 and so on. So the receiver sees a gap.
 *
 * Watch: no send fails. The sender over AF_UNIX waits, and the sender over UDP
 * loses messages.
 *
 * Try: in slow_udp(), set `bytes` to 100000 instead of 1, and print `arrived`,
 * too. Have all of them arrived now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { MESSAGES = 1000 };

static void send_numbers(int fd)
{
	for (int number = 0; number < MESSAGES; number++) {
		// send() waits for room. EINTR: nothing was sent, send again.
		while (send(fd, &number, sizeof number, 0) == -1) {
			if (errno != EINTR)
				die("send");
		}
	}
}

static void slow_unix(void)
{
	pid_t parent = getpid();
	int fd[2];
	pid_t sender;
	int in_order = 0;
	int status;

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, fd) == -1)
		die("socketpair");
	sender = fork();
	if (sender == -1)
		die("fork");
	if (sender == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		send_numbers(fd[0]);
		exit(EXIT_SUCCESS);
	}

	// There is no room for all 1000 messages: the sender has to wait.
	if (!wait_until_asleep(sender))
		quit("the sender has ended");
	say("AF_UNIX: the queue is full, and the sender sleeps in send()");

	for (int i = 0; i < MESSAGES; i++) {
		int number;
		ssize_t len;

		do {
			len = recv(fd[1], &number, sizeof number, 0);
		} while (len == -1 && errno == EINTR);
		if (len == -1)
			die("recv");
		if (number == i)
			in_order++;
	}
	say("AF_UNIX: %d of %d have come, in order", in_order, MESSAGES);
	if (waitpid(sender, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("the sender has failed");
	if (close(fd[0]) == -1)
		die("close");
	if (close(fd[1]) == -1)
		die("close");
}

/* Make a UDP socket on this machine. The kernel finds a free port. ADDRESS gets
 * the address with this port. */
static int make_udp(struct sockaddr_in *address)
{
	struct sockaddr_in any_port = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct timeval limit = { .tv_sec = 3 };
	socklen_t len = sizeof *address;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd == -1)
		die("socket");
	if (bind(fd, (struct sockaddr *)&any_port, sizeof any_port) == -1)
		die("bind");
	if (getsockname(fd, (struct sockaddr *)address, &len) == -1)
		die("getsockname");
	// UDP may lose a datagram. Then recv() is to fail, and not to wait for
	// ever.
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == -1)
		die("setsockopt SO_RCVTIMEO");
	return fd;
}

static void send_number(int fd, int number, const struct sockaddr_in *to)
{
	if (sendto(fd, &number, sizeof number, 0, (const struct sockaddr *)to,
		   sizeof *to) == -1) {
		if (errno != ENETUNREACH)
			die("sendto");
		say("skipped: sendto: ENETUNREACH: no way to 127.0.0.1;"
		    " ip link set lo up");
		exit(EXIT_SUCCESS);
	}
}

/* Wait for a number, but not longer than the time limit of FD. Return the
 * number, or -1 if none has come. */
static int take_number(int fd, int flags)
{
	int number;
	ssize_t len;

	do {
		len = recv(fd, &number, sizeof number, flags);
	} while (len == -1 && errno == EINTR);
	if (len == -1 && errno == EAGAIN)
		return -1;
	if (len == -1)
		die("recv");
	return number;
}

static void slow_udp(void)
{
	struct sockaddr_in receiver_address;
	struct sockaddr_in sender_address;
	int receiver = make_udp(&receiver_address);
	int sender = make_udp(&sender_address);
	int bytes = 1;		// as little room as possible
	int arrived = 0;
	int answered = 0;
	int number;

	if (setsockopt(receiver, SOL_SOCKET, SO_RCVBUF, &bytes,
		       sizeof bytes) == -1)
		die("setsockopt SO_RCVBUF");

	for (int i = 0; i < MESSAGES; i++)
		send_number(sender, i, &receiver_address);
	say("wrong, UDP: %d sends in a row, and no error", MESSAGES);

	// The first number is never dropped, but it may still be on its way:
	// wait for it. After that, take only what is there.
	number = take_number(receiver, 0);
	while (number != -1) {
		arrived++;
		number = take_number(receiver, MSG_DONTWAIT);
	}
	if (arrived > 0 && arrived < MESSAGES)
		say("wrong, UDP: some have come, the others are lost");
	else
		say("UDP: %d of %d have come", arrived, MESSAGES);

	for (int i = 0; i < MESSAGES; i++) {
		// The sender asks: it sends the number.
		send_number(sender, i, &receiver_address);
		// The receiver takes the number out of its queue.
		number = take_number(receiver, 0);
		// The receiver answers: it sends the number back.
		send_number(receiver, number, &sender_address);
		// The sender waits for this answer before it sends again.
		number = take_number(sender, 0);
		if (number == i)
			answered++;
	}
	say("right, UDP: each waits for an answer: %d of %d", answered,
	    MESSAGES);
}

int main(void)
{
	slow_unix();
	slow_udp();
	return EXIT_SUCCESS;
}
