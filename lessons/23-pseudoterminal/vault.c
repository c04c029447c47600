/*
 * vault - asks for a name and a password, and only at a terminal
 *
 *   keys --> [ line discipline, as the flags of termios say ] --> vault
 *
 * Its partner is ./driver, but you may run it in a terminal of your own.
 */
#define _GNU_SOURCE
#include <sys/ioctl.h>
#include <termios.h>
#include "../../common/lesson.h"

static struct termios before;
static char line[80];

// A terminal outlives the program: whoever changes it sets it back.
static void put_back(void)
{
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

static void turn_off(tcflag_t flags)
{
	struct termios now = before;

	now.c_lflag &= ~flags;
	// FLUSH forgets what was typed before the question.
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &now) == -1)
		die("tcsetattr");
}

static ssize_t ask(const char *question)
{
	ssize_t n;

	printf("%s", question);
	fflush(stdout);			// no newline yet, so push it out
	if ((n = read(STDIN_FILENO, line, sizeof line - 1)) == -1)
		die("read");
	line[n] = '\0';
	return n;
}

// Blocked before the question, so a signal cannot come too early.
static void wait_for_signals(void)
{
	struct winsize size;
	sigset_t set;

	if (sigemptyset(&set) || sigaddset(&set, SIGWINCH) ||
	    sigaddset(&set, SIGINT) || sigprocmask(SIG_BLOCK, &set, NULL))
		die("sigprocmask");
	puts("resize me, then Ctrl-C");
	while (sigwaitinfo(&set, NULL) != SIGINT)
		if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
			printf("now %d by %d\n", size.ws_row, size.ws_col);
	puts("SIGINT");
}

int main(void)
{
	if (tcgetattr(STDIN_FILENO, &before) == -1)
		quit("stdin is no terminal; ./driver gives me one");
	remove_at_end(put_back);
	ask("name:");
	printf("hello %s", line);
	turn_off(ECHO);				// still lines, unseen
	printf("\n%zd bytes\n", ask("password:"));
	turn_off(ECHO | ICANON | ISIG);		// no lines, no signals
	ask("key:");
	printf("\nbyte %d\n", line[0]);
	turn_off(ECHO);				// lines and signals again
	wait_for_signals();
	printf("\n%zd: end-of-file\n", ask("line:"));
	return EXIT_SUCCESS;
}
