/*
 * spill - a number that finds no room goes to a file: what about the next one?
 *
 *   the numbers 1 to 10 --write()--> [ pipe: 4 places ] --> read
 *                 \                       ^
 *                  \--> [ file ] ---------/  later
 *
 * As in strategy.c, O_DIRECT makes a pipe of four places. After number 6 the
 * reader takes one number out, so there is room again.
 *
 * Watch: nothing is lost in either way. Only the order is different.
 *
 * Try: in play(), let the reader take 3 out instead of 1. Which numbers
 * overtake others in the wrong way now?
 */
#define _GNU_SOURCE			// for pipe2() and O_DIRECT
#include <fcntl.h>

#include "../../../common/experiment.h"

enum { PLACES = 4 };
enum { NUMBERS = 10 };
enum { READER_COMES = 6 };	// after this number
enum { LINE_SIZE = 100 };	// bytes of a line that we print

// When may a number go into the pipe?
enum rule { IF_THERE_IS_ROOM, ONLY_IF_THE_FILE_IS_EMPTY };

static void make_pipe(int fd[2])
{
	int page = (int)size_of_page();	// bytes

	if (pipe2(fd, O_DIRECT | O_NONBLOCK) == -1)
		die("pipe2");
	if (fcntl(fd[1], F_SETPIPE_SZ, PLACES * page) == -1)
		die("fcntl F_SETPIPE_SZ");
}

/* Send the number. Return 1, or 0 if there is no room. */
static int send_number(int fd, int number)
{
	if (write(fd, &number, sizeof number) != -1)
		return 1;
	if (errno != EAGAIN)
		die("write");
	return 0;
}

/* Take numbers out, MOST at most, and add them to LINE. */
static void take(int fd, int most, char line[LINE_SIZE])
{
	for (int i = 0; i < most; i++) {
		size_t length = strlen(line);
		int number;
		ssize_t n = read(fd, &number, sizeof number);

		if (n == -1 && errno == EAGAIN)
			return;		// nothing is left
		if (n == -1)
			die("read");
		snprintf(line + length, LINE_SIZE - length, " %d", number);
	}
}

/* Put the number into the file. If the disk is full, we must notice it. */
static void put(FILE *file, int number)
{
	if (fwrite(&number, sizeof number, 1, file) != 1)
		die("fwrite");
	if (fflush(file) == EOF)	// else the error comes much later
		die("fflush");
}

/* Send the numbers that are in the file. Whenever there is no room, the reader
 * takes one number out of the pipe. */
static void send_file(FILE *file, int fd[2], char line[LINE_SIZE])
{
	int number;

	// Back to the first byte. rewind() does the same, and tells no error.
	if (fseek(file, 0, SEEK_SET) == -1)
		die("fseek");
	while (fread(&number, sizeof number, 1, file) == 1) {
		while (!send_number(fd[1], number))
			take(fd[0], 1, line);
	}
	if (ferror(file))
		die("fread");
}

static void play(const char *what, enum rule rule)
{
	char line[LINE_SIZE] = "";	// the numbers that have arrived
	FILE *file = tmpfile();		// without a name: nothing is left of it
	int in_file = 0;		// how many numbers are in the file
	int fd[2];

	if (!file)
		die("tmpfile");
	make_pipe(fd);
	for (int number = 1; number <= NUMBERS; number++) {
		int sent = 0;

		if (rule == IF_THERE_IS_ROOM || in_file == 0)
			sent = send_number(fd[1], number);
		if (!sent) {
			put(file, number);
			in_file++;
		}
		if (number == READER_COMES)
			take(fd[0], 1, line);
	}

	send_file(file, fd, line);
	take(fd[0], NUMBERS, line);
	say("%s:%s", what, line);

	if (fclose(file) == EOF)
		die("fclose");
	if (close(fd[0]) == -1)
		die("close");
	if (close(fd[1]) == -1)
		die("close");
}

int main(void)
{
	play("wrong: send it if there is room", IF_THERE_IS_ROOM);
	play("right: not while others are in the file",
	     ONLY_IF_THE_FILE_IS_EMPTY);
	return EXIT_SUCCESS;
}
