/*
 * table - what becomes of what is sent over a stream socket
 *
 *   guest <===[ a pair of AF_UNIX stream sockets ]===> waiter
 *
 * Both ends are in this one program, so that each call comes when you read it.
 * Predict what it prints before you run it. answers.txt asks for each line.
 */
#include <sys/socket.h>

#include "../../../common/lesson.h"

/* Send TEXT, without its NUL. */
static void put(int to, const char *text)
{
	ssize_t n = send(to, text, strlen(text), MSG_NOSIGNAL);

	if (n != (ssize_t)strlen(text))
		die("send");
}

/* Ask for at most ROOM bytes, and say what recv() returned. */
static void take(const char *which, int from, size_t room)
{
	char buf[100];
	ssize_t n = recv(from, buf, room, 0);

	if (n == -1)
		die("recv");
	printf("%s: %zd\n", which, n);
}

int main(void)
{
	int end[2];
	int guest;
	int waiter;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, end) == -1)
		die("socketpair");
	guest = end[0];
	waiter = end[1];

	/* 1: the guest sends two orders, of 4 and 5 bytes. Then one recv(). */
	put(guest, "tea\n");
	put(guest, "cake\n");
	take("orders", waiter, 100);

	/* 2 and 3: one order, of 6 bytes, and two recv(). */
	put(guest, "salad\n");
	take("the begin", waiter, 4);
	take("the rest", waiter, 100);

	/* 4: the waiter says 3 bytes, the guest 7. Then the guest listens. */
	put(waiter, "ok\n");
	put(guest, "please\n");
	take("guest hears", guest, 100);
	take("waiter hears", waiter, 100);

	/* 5 and 6: the guest says 5 bytes, and that no more will follow. */
	put(guest, "bill\n");
	if (shutdown(guest, SHUT_WR) == -1)
		die("shutdown");
	take("last words", waiter, 100);
	take("after them", waiter, 100);

	/* 7: does the waiter's answer, of 2 bytes, still arrive? */
	put(waiter, "9\n");
	take("answer", guest, 100);
	return EXIT_SUCCESS;
}
