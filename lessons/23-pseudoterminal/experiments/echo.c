/*
 * echo - what is typed, what the program reads, what the screen shows
 *
 *   keys --master--> [ line discipline ] --slave--> the program reads
 *   screen <--master-- echo, and what the program prints <--slave--
 *
 * We hold master and slave: we are the person and the program. Bytes that have
 * no picture are printed as keys: ^M is 13, ^J is 10, ^H is 8, ^? is 127.
 *
 * Watch: the same keys are typed three times. Only the settings of the terminal
 * make the difference.
 *
 * Try: in `keys`, write "two words\027\r" instead. Byte 23, in octal 027, is
 * Ctrl-W. What does it do, and what does the screen show?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <termios.h>

#include "../../../common/experiment.h"

enum { ROOM = 100 };		// bytes: more than is typed or shown here

// 127, in octal 177, is the erase key, Backspace. '\r' is Enter.
static const char keys[] = "Adq\177a\r";
static const char answer[] = "ok\n";

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

/* Read into TEXT, which has ROOM bytes, until the last byte is LAST. */
static void get_until(int fd, char last, char *text)
{
	size_t len = 0;

	while (len == 0 || text[len - 1] != last) {
		ssize_t n = read(fd, text + len, ROOM - 1 - len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("read");
		if (n == 0)
			quit("read() returned 0, but the text is not complete");
		len += (size_t)n;
	}
	text[len] = '\0';
}

/* Print TEXT, with ^M for byte 13 and so on. */
static void show(const char *what, const char *text)
{
	char picture[2 * ROOM];
	size_t len = 0;

	for (size_t i = 0; text[i] != '\0'; i++) {
		char byte = text[i];

		if (byte == 127) {
			picture[len++] = '^';
			picture[len++] = '?';
		} else if (byte < ' ') {
			// ^A is 1 and 'A' is 65: they are 64 apart.
			picture[len++] = '^';
			picture[len++] = (char)(byte + 64);
		} else {
			picture[len++] = byte;
		}
	}
	picture[len] = '\0';
	say("%s \"%s\"", what, picture);
}

/* Type the keys. LAST is the last byte that the program gets for them: what the
 * terminal makes of Enter. */
static void type_and_answer(int master, int slave, const char *settings,
			    char last)
{
	char text[ROOM];
	char what[ROOM];

	put(master, keys);
	get_until(slave, last, text);
	snprintf(what, sizeof what, "%s: the program reads", settings);
	show(what, text);

	// The answer comes to the screen after the echo. So when the answer is
	// there, all of the echo is there, too. One read may bring only the
	// echo. Then read on, and add it to TEXT, until the answer is there.
	put(slave, answer);
	get_until(master, '\n', text);
	while (!strstr(text, "ok")) {
		size_t len = strlen(text);
		char more[ROOM];

		get_until(master, '\n', more);
		snprintf(text + len, ROOM - len, "%s", more);
	}
	snprintf(what, sizeof what, "%s: the screen shows", settings);
	show(what, text);
}

int main(void)
{
	struct termios settings;
	int master;
	int slave;

	make_terminal(&master, &slave);
	show("I type", keys);
	show("the program answers", answer);

	type_and_answer(master, slave, "new", '\n');

	if (tcgetattr(slave, &settings) == -1)
		die("tcgetattr");
	settings.c_lflag &= ~(tcflag_t)ECHO;
	if (tcsetattr(slave, TCSANOW, &settings) == -1)
		die("tcsetattr");
	type_and_answer(master, slave, "no echo", '\n');

	cfmakeraw(&settings);		// changes the structure only
	if (tcsetattr(slave, TCSANOW, &settings) == -1)
		die("tcsetattr");
	// Raw: Enter stays '\r'. Before, the terminal made '\n' of it.
	type_and_answer(master, slave, "raw", '\r');

	if (close(slave) == -1)
		die("close");
	if (close(master) == -1)
		die("close");
	return EXIT_SUCCESS;
}
