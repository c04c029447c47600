/*
 * parcels - what a datagram socket keeps of each message, and what it does not
 *
 * Predict what it prints before you run it. answers.txt asks for each line.
 */
#include <sys/socket.h>

#include "../../../common/lesson.h"

/* Send TEXT, without its NUL, as one datagram. */
static void post(int to, const char *text)
{
	ssize_t n = send(to, text, strlen(text), 0);

	if (n != (ssize_t)strlen(text))
		die("send");
}

/* Ask for at most ROOM bytes, and say what recv() returned. */
static void fetch(const char *which, int from, size_t room)
{
	char buf[100];
	ssize_t n = recv(from, buf, room, 0);

	if (n == -1)
		die("recv");
	printf("%s parcel: %zd\n", which, n);
}

int main(void)
{
	int end[2];

	/* Two sockets that are connected: what is sent into end[1] comes out
	 * of end[0]. Neither of them needs a name. */
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, end) == -1)
		die("socketpair");

	/* 1: two parcels, of 3 and 5 bytes, and one recv(). */
	post(end[1], "one");
	post(end[1], "three");
	fetch("first", end[0], 100);

	/* 2: and one more recv(), with too little room. */
	fetch("second", end[0], 2);

	/* 3: another parcel, of 6 bytes, is sent before the next recv(). */
	post(end[1], "eleven");
	fetch("third", end[0], 100);

	/* 4: a parcel with nothing in it, and one of 4 bytes. */
	post(end[1], "");
	post(end[1], "last");
	fetch("fourth", end[0], 100);

	/* 5: and once more. */
	fetch("fifth", end[0], 100);
	return EXIT_SUCCESS;
}
