/*
 * early - the password is typed before the program has asked for it
 *
 *   We hold master and slave: we are the person and the program.
 *
 * A program that asks for a password turns the echo off, and forgets what was
 * typed before: that is TCSAFLUSH.
 *
 * Watch: typed too early, the password stands on the screen, and then it is
 * lost.
 *
 * Try: in hide_keys(), write TCSANOW instead of TCSAFLUSH. How many bytes are
 * there now? And is the password safe?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "../../../common/experiment.h"

enum { ROOM = 100 };		// bytes: more than is typed or shown here

static void make_terminal(int *master, int *slave)
{
	const char *name;

	*master = posix_openpt(O_RDWR | O_NOCTTY);
	if (*master == -1 && (errno == ENODEV || errno == ENOENT)) {
		say("skipped: there is no /dev/ptmx or no /dev/pts; as root:"
		    " mount -t devpts none /dev/pts");
		exit(EXIT_SUCCESS);
	}
	if (*master == -1)
		die("posix_openpt");
	if (grantpt(*master) == -1)
		die("grantpt");
	if (unlockpt(*master) == -1)
		die("unlockpt");
	name = ptsname(*master);
	if (!name)
		die("ptsname");
	*slave = open(name, O_RDWR | O_NOCTTY);
	if (*slave == -1)
		die("open the slave");
}

static void put(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		ssize_t n = write(fd, text, left);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("write");
		text += n;
		left -= (size_t)n;
	}
}

/* Read a line into LINE, which has ROOM bytes, and cut off its newline. The
 * master gives '\r' before '\n': cut off the '\r', too. */
static void get_line(int fd, char *line)
{
	size_t len = 0;

	while (len < ROOM - 1) {
		ssize_t n = read(fd, line + len, 1);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("read");
		if (n == 0 || line[len] == '\n')
			break;
		len++;
	}
	line[len] = '\0';
	// strcspn(): the place of the first '\r', or of the '\0'.
	line[strcspn(line, "\r")] = '\0';
}

/* The program: turn the echo off, and forget what was typed. */
static void hide_keys(int slave)
{
	struct termios settings;

	if (tcgetattr(slave, &settings) == -1)
		die("tcgetattr");
	settings.c_lflag &= ~(tcflag_t)ECHO;
	if (tcsetattr(slave, TCSAFLUSH, &settings) == -1)
		die("tcsetattr");
}

int main(void)
{
	char line[ROOM];
	int bytes;		// that a program could read now
	int master;
	int slave;

	// 1. We type first. The echo tells that the keys have arrived.
	make_terminal(&master, &slave);
	put(master, "lovelace\r");
	get_line(master, line);
	say("wrong: typed first: the screen shows \"%s\"", line);
	hide_keys(slave);
	put(slave, "password: \n");
	if (ioctl(slave, FIONREAD, &bytes) == -1)
		die("ioctl FIONREAD");
	say("wrong: the program asks; bytes that it can read: %d", bytes);
	if (close(slave) == -1)
		die("close");
	if (close(master) == -1)
		die("close");

	// 2. We wait for the question, and then type.
	make_terminal(&master, &slave);
	hide_keys(slave);
	put(slave, "password: \n");
	get_line(master, line);
	if (strcmp(line, "password: ") != 0)
		quit("this is not the question: \"%s\"", line);
	put(master, "lovelace\r");
	get_line(slave, line);
	say("right: typed after the question: the program reads \"%s\"", line);
	// An echo would be on the screen before the next words of the program.
	// So look at the screen only now, when they have come.
	put(slave, "thanks\n");
	get_line(master, line);
	if (strcmp(line, "thanks") != 0)
		quit("everybody sees the password: \"%s\"", line);
	say("right: after the question the screen shows only \"%s\"", line);
	if (close(slave) == -1)
		die("close");
	if (close(master) == -1)
		die("close");
	return EXIT_SUCCESS;
}
