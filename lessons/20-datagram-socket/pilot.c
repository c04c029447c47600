/*
 * pilot - asks the tower about the weather, town by town
 *
 *   ./pilot Oslo Rome
 *
 * Its partner is ./tower. The diagram is there.
 *
 * Watch: one send() is one question, and one recv() is one answer. Nobody
 * counts bytes or looks for the end of a line.
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "../../common/lesson.h"

enum { LONGEST = 63 };	// bytes of a question or an answer, as in tower.c
enum { PATIENCE = 3 };	// seconds: how long send() and recv() wait at most

/* Send one question, and wait for its answer. */
static void ask(int fd, const char *town)
{
	char answer[LONGEST + 1];	// 1 for the '\0'
	ssize_t len;			// bytes of the answer

	// Print before the call, not after it: the call wakes the tower, and
	// the tower's line must come after ours.
	say("how is the weather in %s?", town);

	// If too many questions wait for the tower already, send() waits, too.
	// It sends the whole question or nothing, never a part.
	while (send(fd, town, strlen(town), 0) == -1) {
		if (errno == EAGAIN)
			quit("the tower has taken no question for %d seconds",
			     PATIENCE);
		if (errno == ECONNREFUSED)
			quit("the tower has gone");
		// EINTR: a signal, or Ctrl-Z and then fg, has ended the wait.
		// Nothing has been sent, so send it again.
		if (errno != EINTR)
			die("send");
	}

	// MSG_TRUNC: if the answer is longer than our room for it, return its
	// own length. EINTR: nothing has come yet, so wait again.
	do {
		len = recv(fd, answer, LONGEST, MSG_TRUNC);
	} while (len == -1 && errno == EINTR);

	// EAGAIN: the time limit is over. If the tower is killed, recv() does
	// not tell us: without a limit we would wait for ever.
	if (len == -1 && errno == EAGAIN)
		quit("no answer for %d seconds: is ./tower still there?",
		     PATIENCE);
	if (len == -1)
		die("recv");
	if (len > LONGEST)
		quit("the answer is too long: %zd bytes", len);
	answer[len] = '\0';	// the tower has sent none
	say("the tower says: %s", answer);
}

/* From now on send() and recv() fail with EAGAIN when they have waited for
 * PATIENCE seconds. */
static void set_limits(int fd)
{
	struct timeval limit = { .tv_sec = PATIENCE };

	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == -1)
		die("setsockopt SO_SNDTIMEO");
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == -1)
		die("setsockopt SO_RCVTIMEO");
}

/* Make a socket that sends to the tower and can be answered. */
static int make_socket(void)
{
	struct sockaddr_un tower = { .sun_family = AF_UNIX };
	struct sockaddr_un no_path = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);	// 0: the usual protocol

	if (fd == -1)
		die("socket");
	set_limits(fd);

	// This makes no connection. It notes two things: send() sends to the
	// tower, and only the tower may send to us.
	own_path(tower.sun_path, "tower");
	if (connect(fd, (struct sockaddr *)&tower, sizeof tower) == -1) {
		if (errno == ENOENT)
			quit("no tower is here: start ./tower first");
		if (errno == ECONNREFUSED)
			quit("the tower was killed: start ./tower again");
		die("connect");
	}

	// The tower can answer only a socket that has a name. If we give the
	// family alone, the kernel finds a name that no other socket has. This
	// name is no file, so nobody has to remove a file.
	if (bind(fd, (struct sockaddr *)&no_path,
		 sizeof no_path.sun_family) == -1)
		die("bind");
	return fd;
}

int main(int argc, char **argv)
{
	int fd;

	if (argc == 1)
		quit("which towns? For example: ./pilot Oslo Rome");
	for (int i = 1; i < argc; i++) {
		if (strlen(argv[i]) > LONGEST)
			quit("a town has at most %d bytes", LONGEST);
	}

	fd = make_socket();
	for (int i = 1; i < argc; i++)
		ask(fd, argv[i]);
	return EXIT_SUCCESS;
}
