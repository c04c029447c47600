/*
 * strategy - there is no room, and we must not wait: what do we lose?
 *
 *   the numbers 1 to 10 --write()--> [ pipe: 4 places ] --> read, at the end
 *
 * With O_DIRECT a pipe keeps what each write() has written apart from the rest.
 * Each write() needs a page of the pipe for itself, however short it is. So a
 * pipe of four pages has four places.
 *
 * Watch: nobody reads before all ten have been sent. So six find no room.
 *
 * Try: write 8 instead of 4 for PLACES. Which numbers arrive in each of the
 * three ways now? Say it before you look.
 */
#define _GNU_SOURCE			// for pipe2() and O_DIRECT
#include <fcntl.h>

#include "../../../common/experiment.h"

enum { PLACES = 4 };
enum { NUMBERS = 10 };
enum { LONGEST = 64 };			// bytes of a message
enum { NUMBER_ROOM = 12 };		// bytes: '+', a number, and '\0'

static void make_pipe(int fd[2])
{
	int page = (int)size_of_page();	// bytes

	if (pipe2(fd, O_DIRECT | O_NONBLOCK) == -1)
		die("pipe2");
	if (fcntl(fd[1], F_SETPIPE_SZ, PLACES * page) == -1)
		die("fcntl F_SETPIPE_SZ");
}

/* Send TEXT. Return 1, or 0 if there is no room. */
static int send_text(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) != -1)
		return 1;
	if (errno != EAGAIN)
		die("write");
	return 0;
}

static int send_number(int fd, int number)
{
	char text[LONGEST];

	snprintf(text, sizeof text, "%d", number);
	return send_text(fd, text);
}

/* Take one message out. Return its length, or 0 if there is none. */
static size_t take(int fd, char message[LONGEST])
{
	ssize_t n = read(fd, message, LONGEST - 1);

	if (n == -1 && errno == EAGAIN)
		return 0;
	if (n == -1)
		die("read");
	message[n] = '\0';
	return (size_t)n;
}

/* Print all messages that have arrived, and close the pipe. */
static void print_all(const char *way, int fd[2])
{
	char line[PLACES * LONGEST] = "";
	char message[LONGEST];
	size_t length = 0;

	while (take(fd[0], message) > 0) {
		snprintf(line + length, sizeof line - length, " %s", message);
		length = strlen(line);
	}
	say("%s:%s arrive", way, line);

	if (close(fd[0]) == -1)
		die("close");
	if (close(fd[1]) == -1)
		die("close");
}

/* A number that finds no room is lost. */
static void drop_the_newest(void)
{
	int fd[2];
	int lost = 0;

	make_pipe(fd);
	for (int number = 1; number <= NUMBERS; number++) {
		if (!send_number(fd[1], number))
			lost++;
	}
	say("drop the newest: %d are lost", lost);
	print_all("drop the newest", fd);
}

/* Take the oldest number out ourselves, to make room. */
static void drop_the_oldest(void)
{
	char oldest[LONGEST];
	int fd[2];
	int lost = 0;

	make_pipe(fd);
	for (int number = 1; number <= NUMBERS; number++) {
		while (!send_number(fd[1], number)) {
			// If the reader was faster, there is nothing to take.
			if (take(fd[0], oldest) > 0)
				lost++;
		}
	}
	say("drop the oldest: %d are lost", lost);
	print_all("drop the oldest", fd);
}

/* Keep the numbers that find no room, and send them together: one message. */
static void batch(void)
{
	char kept[LONGEST] = "";
	char first[LONGEST];
	int fd[2];

	make_pipe(fd);
	for (int number = 1; number <= NUMBERS; number++) {
		size_t length = strlen(kept);

		// Nothing is kept: try to send the number alone.
		if (length == 0) {
			if (send_number(fd[1], number))
				continue;
		}
		// There is a limit to what we can keep, too. When it is
		// reached, you need one of the other ways.
		if (length + NUMBER_ROOM > sizeof kept)
			quit("the batch is full");
		if (length == 0)
			snprintf(kept, sizeof kept, "%d", number);
		else
			snprintf(kept + length, sizeof kept - length, "+%d",
				 number);
		// Perhaps there is room by now: try to send all that is kept,
		// as one message.
		if (send_text(fd[1], kept))
			kept[0] = '\0';
	}

	// The reader takes one out. Now there is a place for the message with
	// all that we have kept.
	if (take(fd[0], first) == 0)
		quit("nothing has arrived");
	if (!send_text(fd[1], kept))
		quit("there is no room, but one was taken out");
	say("batch: the reader takes %s, and makes room", first);
	print_all("batch", fd);
}

int main(void)
{
	drop_the_newest();
	drop_the_oldest();
	batch();
	return EXIT_SUCCESS;
}
