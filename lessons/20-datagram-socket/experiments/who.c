/*
 * who - which socket has sent this datagram, and can we answer?
 *
 *   Ann, Bob and a socket without a name all send to one desk. The desk has
 *   one socket, and answers each of them.
 *
 * Watch: the questions of Ann and Bob lie in one queue before the desk takes
 * the first question. Still each answer goes to the right socket.
 *
 * Try: delete the line give_name(bob). Which call fails now, and why?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/socket.h>
#include <sys/un.h>

#include "../../../common/lesson.h"

enum { ROOM = 32 };		// bytes for a text and its '\0'

static struct sockaddr_un desk_name;
static socklen_t desk_len;	// bytes of desk_name

static int make_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (fd == -1)
		die("socket");
	return fd;
}

/* Give FD a name. With the family alone the kernel finds a free name. */
static void give_name(int fd)
{
	struct sockaddr_un no_path = { .sun_family = AF_UNIX };

	if (bind(fd, (struct sockaddr *)&no_path,
		 sizeof no_path.sun_family) == -1)
		die("bind");
}

static void send_to_desk(int fd, const char *text)
{
	if (sendto(fd, text, strlen(text), 0, (struct sockaddr *)&desk_name,
		   desk_len) == -1)
		die("sendto, to the desk");
}

/* Take one question at the desk, and send it back to its sender. */
static void answer_one(int desk)
{
	char text[ROOM];
	struct sockaddr_un from;
	socklen_t from_len = sizeof from;
	ssize_t len;

	// Nothing here waits: the question has been sent already.
	len = recvfrom(desk, text, sizeof text, 0, (struct sockaddr *)&from,
		       &from_len);
	if (len == -1)
		die("recvfrom");
	if (from_len == 0)
		say("wrong: no name: from_len is 0");
	// Also without a name: we want to see how sendto() fails.
	if (sendto(desk, text, (size_t)len, MSG_DONTWAIT,
		   (struct sockaddr *)&from, from_len) == -1)
		say("wrong: sendto() returned -1, %s", errno_name(errno));
}

static void show_answer(const char *who, int fd)
{
	char text[ROOM];
	ssize_t len = recv(fd, text, sizeof text, MSG_DONTWAIT);

	if (len == -1)
		die("recv");
	say("right: %s has a name and gets '%.*s'", who, (int)len, text);
}

/* Have STRANGER send to FD. For that it needs the name of FD. We ask for it by
 * getsockname(). Another program can read it in /proc/net/unix. */
static void let_stranger_send(int stranger, int fd)
{
	struct sockaddr_un name;
	socklen_t len = sizeof name;

	if (getsockname(fd, (struct sockaddr *)&name, &len) == -1)
		die("getsockname");
	if (sendto(stranger, "false", 5, MSG_DONTWAIT,
		   (struct sockaddr *)&name, len) == -1)
		say("right: Bob may not send to Ann: -1, %s",
		    errno_name(errno));
	else
		say("wrong: Ann would believe that Bob's message is an answer");
}

int main(void)
{
	int desk = make_socket();
	int ann = make_socket();
	int bob = make_socket();
	int nameless = make_socket();

	give_name(desk);
	desk_len = sizeof desk_name;
	if (getsockname(desk, (struct sockaddr *)&desk_name, &desk_len) == -1)
		die("getsockname, the desk");

	// A socket without a name can send. But it cannot get an answer.
	send_to_desk(nameless, "for nobody");
	answer_one(desk);

	give_name(ann);
	give_name(bob);
	send_to_desk(ann, "for Ann");
	send_to_desk(bob, "for Bob");
	answer_one(desk);
	answer_one(desk);
	show_answer("Ann", ann);
	show_answer("Bob", bob);

	// Every process can still send to Ann. When she is connected to the
	// desk, only the desk can.
	let_stranger_send(bob, ann);
	if (connect(ann, (struct sockaddr *)&desk_name, desk_len) == -1)
		die("connect, Ann to the desk");
	let_stranger_send(bob, ann);
	return EXIT_SUCCESS;
}
