/*
 * tower - tells pilots the weather: each question gets its answer
 *
 *   pilot --"Oslo"--> [ the tower's socket, named "tower" ] --> tower
 *   pilot <--"snow"-- [ the pilot's socket, with a name ] <--- tower
 *
 * Start it first. Then start its partner, as often as you like:
 * ./pilot Oslo Rome. The tower works until Ctrl-C or SIGTERM.
 *
 * Watch: the tower has one socket for all pilots. It accepts no connection, and
 * so there is no connection to close.
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/socket.h>
#include <sys/un.h>

#include "../../common/lesson.h"

enum { LONGEST = 63 };	// bytes of a question or an answer, as in pilot.c

static const char *weather_in(const char *town);	// is further below

/* Wait for one question, and send the answer to the pilot that has asked. */
static void answer_one(int fd)
{
	char question[LONGEST + 1];	// 1 for the '\0'
	struct sockaddr_un pilot;	// the name of the pilot's socket
	socklen_t pilot_len = sizeof pilot;	// bytes of this name
	ssize_t len;			// bytes of the question
	const char *answer;

	// MSG_TRUNC: if the question is longer than our room for it, return its
	// own length. Without this flag we would believe that its beginning is
	// the whole question.
	len = recvfrom(fd, question, LONGEST, MSG_TRUNC,
		       (struct sockaddr *)&pilot, &pilot_len);
	if (len == -1 && errno == EINTR)
		return;		// nothing has come yet: main() calls us again
	if (len == -1)
		die("recvfrom");

	if (len > LONGEST) {
		strcpy(question, "(too long)");
		answer = "your question is too long";
	} else {
		question[len] = '\0';	// the pilot has sent none
		answer = weather_in(question);
	}

	// Print before the call, not after it: the call wakes the pilot, and
	// the pilot's line must come after ours.
	say("%s: %s", question, answer);

	// If the call fails, this pilot gets no answer, and we go on. The pilot
	// may have ended, or its socket has no name (pilot_len is 0).
	//
	// MSG_DONTWAIT: an answer takes room in the buffer of our own socket
	// until the pilot has read it. If the buffer is full, sendto() fails.
	// Without this flag we would wait for a pilot that does not read, and
	// answer nobody else.
	if (sendto(fd, answer, strlen(answer), MSG_DONTWAIT,
		   (struct sockaddr *)&pilot, pilot_len) == -1)
		say("the pilot gets no answer (%s)", errno_name(errno));
}

/* The weather in one town. */
struct report {
	const char *town;
	const char *weather;
};

static const char *weather_in(const char *town)
{
	static const struct report reports[] = {
		{ .town = "Oslo", .weather = "snow" },
		{ .town = "Rome", .weather = "sunshine" },
		{ .town = "Bergen", .weather = "rain" },
	};

	for (size_t i = 0; i < sizeof reports / sizeof reports[0]; i++) {
		if (strcmp(town, reports[i].town) == 0)
			return reports[i].weather;
	}
	return "I do not know this town";
}

static struct sockaddr_un name;		// ours. Global: remove_name() needs it

static void remove_name(void)
{
	unlink(name.sun_path);		// fails only if it has gone already
}

/* Make the socket, and give it the name that the pilots know. */
static int make_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);	// 0: the usual protocol

	if (fd == -1)
		die("socket");

	name.sun_family = AF_UNIX;
	own_path(name.sun_path, "tower");

	// bind() makes a file, and every user who may write to this file may
	// send to us. We want that only our own user may. The argument of
	// umask() has the rights that a new file does not get. 0077 is octal:
	// all rights (7) of the group, and all rights (7) of the others. This
	// stays so for each file that we make later. We make no other one.
	umask(0077);

	// If Ctrl-C ended us right after bind(), nobody would remove the file.
	// So Ctrl-C has to wait until remove_at_end() knows what to remove.
	hold_signals();
	if (bind(fd, (struct sockaddr *)&name, sizeof name) == -1) {
		if (errno == EADDRINUSE)
			quit("another tower is here; if it was killed, remove"
			     " what it left: rm %s", name.sun_path);
		die("bind");
	}
	remove_at_end(remove_name);
	let_signals();
	return fd;
}

int main(void)
{
	int fd = make_socket();

	say("I know the weather, and wait for questions");
	for (;;)		// until a signal ends us
		answer_one(fd);
}
