/*
 * gauge - sends its readings to a display
 *
 *   stdin --> gauge --signal--> display, another process
 *
 *   sleep 9 & echo 42 | ./gauge $!
 *			the sleep knows no such signal, and dies of it:
 *			the shell says of which one
 */
#include "../../../common/lesson.h"

/* Tell the display VALUE. Realtime signals queue: each one arrives, in the
 * order in which they were sent, or it is EAGAIN. */
static void send_reading(pid_t display, int value)
{
	union sigval v = { .sival_int = value };

	if (sigqueue(display, SIGRTMIN, v) == -1)
		die("sigqueue");
}

/* The readings stand on stdin, one a line. */
static void send_all(pid_t display)
{
	int value, n;

	while ((n = scanf("%d", &value)) == 1)
		send_reading(display, value);
	if (ferror(stdin))
		die("scanf");
	if (n == 0)
		quit("a reading is no number");
}

int main(int argc, char **argv)
{
	pid_t display;

	if (argc != 2)
		quit("usage: ./gauge PID");
	display = (pid_t)strtol(argv[1], NULL, 10);
	if (display <= 0)
		quit("'%s' is the id of no process", argv[1]);
	send_all(display);
	return EXIT_SUCCESS;
}
