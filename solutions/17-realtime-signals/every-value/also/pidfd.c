/*
 * gauge - sends its readings to a display
 *
 *   stdin --> gauge --signal--> display, another process
 *
 *   sleep 9 & echo 42 | ./gauge $!
 *			the sleep knows no such signal, and dies of it:
 *			the shell says of which one
 */
#include <sys/syscall.h>

#include "../../../common/lesson.h"

/* A descriptor for the process: its number may be another's one day. */
static int display_fd;

static void send_reading(pid_t display, int value)
{
	siginfo_t si;

	(void)display;
	memset(&si, 0, sizeof si);
	si.si_signo = SIGRTMIN;
	si.si_code = SI_QUEUE;
	si.si_pid = getpid();
	si.si_uid = getuid();
	si.si_value.sival_int = value;
	if (syscall(SYS_pidfd_send_signal, display_fd, SIGRTMIN, &si, 0) == -1)
		die("pidfd_send_signal");
}

/* The readings stand on stdin, one a line. */
static void send_all(pid_t display)
{
	char line[64];

	while (fgets(line, sizeof line, stdin))
		send_reading(display, (int)strtol(line, NULL, 10));
	if (ferror(stdin))
		die("fgets");
}

int main(int argc, char **argv)
{
	pid_t display;

	if (argc != 2)
		quit("usage: ./gauge PID");
	display = (pid_t)strtol(argv[1], NULL, 10);
	if (display <= 0)
		quit("'%s' is the id of no process", argv[1]);
	display_fd = (int)syscall(SYS_pidfd_open, display, 0);
	if (display_fd == -1)
		die("pidfd_open");
	send_all(display);
	return EXIT_SUCCESS;
}
