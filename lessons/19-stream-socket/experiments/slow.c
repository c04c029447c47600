/*
 * slow - one customer sends half a message, and takes a long time for the rest
 *
 *   Slow  <---[ connection ]---> server
 *   Quick <---[ connection ]---> (the same process)
 *
 * A message has 4 bytes here, and the answer has one.
 *
 * Watch: a server that serves one customer after the other lets Quick wait for
 * Slow. A server that asks poll() first does not.
 *
 * Try: in receive_more(), write MSG_WAITALL in place of 0: then recv() waits
 * until all 4 bytes are here. Does the second server answer Quick in time?
 */
#define _GNU_SOURCE			// for lesson.h
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { SLOW = 0, QUICK = 1, CUSTOMERS = 2 };	// numbers of the connections
enum { MESSAGE = 4 };		// bytes

static void send_bytes(int fd, const char *bytes, size_t size)
{
	// So few bytes always fit, so send() takes them all.
	if (send(fd, bytes, size, MSG_NOSIGNAL) == -1)
		die("send");
}

/* HAVE bytes of a message are here. Wait for some more of them. Return how many
 * are here now. */
static size_t receive_more(int fd, size_t have)
{
	char bytes[MESSAGE];	// we only count them: nobody reads them here
	ssize_t n;

	do {
		n = recv(fd, bytes, MESSAGE - have, 0);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		die("recv");
	if (n == 0)
		quit("a customer has gone");
	return have + (size_t)n;
}

/* WRONG: finish with one customer before looking at the next one. */
static void one_after_the_other(const int fds[CUSTOMERS])
{
	for (int i = 0; i < CUSTOMERS; i++) {
		size_t have = 0;

		while (have < MESSAGE)
			have = receive_more(fds[i], have);
		send_bytes(fds[i], "!", 1);
	}
}

/* RIGHT: sleep until any customer has sent something. Then take only what is
 * here, and remember how many bytes of each customer's message we have. */
static void all_at_once(const int fds[CUSTOMERS])
{
	struct pollfd ends[CUSTOMERS] = {
		{ .fd = fds[SLOW], .events = POLLIN },
		{ .fd = fds[QUICK], .events = POLLIN },
	};
	size_t have[CUSTOMERS] = { 0, 0 };
	int answered = 0;		// how many have their answer

	while (answered < CUSTOMERS) {
		if (poll(ends, CUSTOMERS, -1) == -1) {
			if (errno != EINTR)
				die("poll");
			continue;
		}
		for (int i = 0; i < CUSTOMERS; i++) {
			if (ends[i].revents == 0)
				continue;
			have[i] = receive_more(fds[i], have[i]);
			if (have[i] < MESSAGE)
				continue;
			send_bytes(fds[i], "!", 1);
			ends[i].fd = -1;	// poll() leaves it out
			answered++;
		}
	}
}

/* Take the answer and return 1. If there is none, return 0, and do not wait. */
static int take_answer(int fd)
{
	char answer;
	ssize_t n = recv(fd, &answer, 1, MSG_DONTWAIT);

	if (n == -1 && errno == EAGAIN)
		return 0;
	if (n == -1)
		die("recv");
	if (n == 0)
		quit("the server has gone");
	return 1;
}

/* We are both customers. A child is the server, and calls SERVE. */
static void try_way(const char *label, void (*serve)(const int fds[CUSTOMERS]))
{
	pid_t parent = getpid();
	pid_t server;
	int slow[2];		// [0] is the customer's end, [1] the server's
	int quick[2];
	int quick_answered;	// 1: Quick has its answer
	int slow_answered;
	int status;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, slow) == -1)
		die("socketpair");
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, quick) == -1)
		die("socketpair");
	server = fork();
	if (server == -1)
		die("fork");
	if (server == 0) {
		int fds[CUSTOMERS] = { slow[1], quick[1] };

		if (!end_with_parent(parent))
			die("end_with_parent");
		serve(fds);
		exit(EXIT_SUCCESS);
	}
	// Now only the server has its ends of the connections. So if it is
	// killed, we see end-of-file.
	if (close(slow[1]) == -1)
		die("close");
	if (close(quick[1]) == -1)
		die("close");

	send_bytes(slow[0], "te", 2);
	send_bytes(quick[0], "milk", 4);
	wait_until_asleep(server);	// now it has done all that it can do
	quick_answered = take_answer(quick[0]);
	if (quick_answered)
		say("%s: Quick has its answer, and Slow has sent only half",
		    label);
	else
		say("%s: Quick has no answer: the server waits for Slow",
		    label);

	send_bytes(slow[0], "a!", 2);
	while (waitpid(server, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the server has failed");
	if (!quick_answered)
		quick_answered = take_answer(quick[0]);
	slow_answered = take_answer(slow[0]);
	if (!quick_answered || !slow_answered)
		quit("an answer is missing");
	say("%s: Slow has sent the rest, and all have their answers", label);
	if (close(slow[0]) == -1)
		die("close");
	if (close(quick[0]) == -1)
		die("close");
}

int main(void)
{
	try_way("wrong", one_after_the_other);
	try_way("right", all_at_once);
	return EXIT_SUCCESS;
}
