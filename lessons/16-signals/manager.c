/*
 * manager - starts the server, tells it two things, and sees how it ends
 *
 *   manager --SIGHUP, SIGTERM--> server
 *           <--a pipe: what it prints--
 *
 * Start this program: it starts its partner ./server.
 *
 * Watch: the manager waits for the server's line before it sends the next
 * signal. So the lines come in the same order each time.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/wait.h>

#include "../../common/lesson.h"

static void tell(pid_t server, int sig)
{
	// The server is our child. No other process can get its number before
	// we have waited for it. So the signal cannot hit a stranger.
	if (kill(server, sig) == -1)
		die("kill");
}

/* Wait until the server has ended. Returns if it has died of SIGTERM. If not,
 * says how it has ended, and quits. */
static void see_it_die_of_sigterm(pid_t server)
{
	int status;

	// No loop for EINTR: we have no handler that could interrupt this call.
	if (waitpid(server, &status, 0) == -1)
		die("waitpid");
	if (WIFEXITED(status))
		quit("the server has ended with status %d",
		     WEXITSTATUS(status));
	if (WTERMSIG(status) != SIGTERM)
		quit("the server has died of signal %d, %s",
		     WTERMSIG(status), strsignal(WTERMSIG(status)));
}

/* Print the next line of the server. Returns 1; or 0 if there is no line any
 * more, because the server has ended. */
static int print_its_line(FILE *from_server)
{
	char line[256];

	if (fgets(line, sizeof line, from_server) == NULL) {
		if (ferror(from_server))
			die("fgets");
		return 0;
	}
	if (fputs(line, stdout) == EOF)
		die("fputs");
	if (fflush(stdout) == EOF)
		die("fflush");
	return 1;
}

/* Print the next line of the server, when we have not told it to end yet. */
static void expect_its_line(FILE *from_server, pid_t server)
{
	if (!print_its_line(from_server)) {
		// This returns only if the server has died of SIGTERM. If not,
		// it has said how the server ended, and we have ended, too.
		see_it_die_of_sigterm(server);
		quit("the server has died of SIGTERM, and I have not sent it");
	}
}

/* Write the menu into the file MENU_FD. The server reads its first line. */
static void write_menu(int menu_fd, const char *text)
{
	ssize_t size = (ssize_t)strlen(text);
	ssize_t written;

	// Empty the file first. If not, the rest of a longer old menu would
	// stay after the new one.
	if (ftruncate(menu_fd, 0) == -1)
		die("ftruncate");
	written = pwrite(menu_fd, text, (size_t)size, 0);
	if (written == -1)
		die("pwrite");
	if (written < size)
		quit("only a part of the menu could be written: disk full?");
}

/* Start ./server with the file MENU_FD as its stdin. Store in *OUTPUT the end
 * of a pipe from which we can read what it prints. Returns its process id. */
static pid_t start_server(int menu_fd, int *output)
{
	pid_t manager = getpid();
	pid_t server;
	int fd[2];		// fd[0] is the end to read, fd[1] to write

	// O_CLOEXEC: execl() closes both in the child. It does not close the
	// copy that dup2() makes below: a copy does not have this flag.
	if (pipe2(fd, O_CLOEXEC) == -1)
		die("pipe2");
	server = fork();
	if (server == -1)
		die("fork");
	if (server == 0) {
		// If the manager is killed, nobody is left to end the server.
		if (!end_with_parent(manager))
			die("end_with_parent");
		if (dup2(menu_fd, STDIN_FILENO) == -1)
			die("dup2, stdin");
		if (dup2(fd[1], STDOUT_FILENO) == -1)
			die("dup2, stdout");
		execl("./server", "server", (char *)NULL);
		die("execl ./server");
	}

	// As long as anybody has an end to write, there is no end-of-file. We
	// have one ourselves, so close it.
	if (close(fd[1]) == -1)
		die("close");
	*output = fd[0];
	return server;
}

int main(void)
{
	FILE *menu;
	FILE *from_server;
	pid_t server;
	int output;

	// A file without a name. The kernel removes it when nobody has it open
	// any more, so nothing is left, however we end.
	menu = tmpfile();
	if (menu == NULL)
		die("tmpfile");
	write_menu(fileno(menu), "soup\n");

	say("I start the server");
	server = start_server(fileno(menu), &output);
	from_server = fdopen(output, "r");
	if (from_server == NULL)
		die("fdopen");

	// When this line comes, the server's handlers are in place. Before
	// that, SIGHUP would kill it.
	expect_its_line(from_server, server);

	write_menu(fileno(menu), "pancakes\n");
	say("the soup is eaten: a new menu, and SIGHUP");
	tell(server, SIGHUP);
	expect_its_line(from_server, server);

	say("it is evening: SIGTERM");
	tell(server, SIGTERM);
	while (print_its_line(from_server))
		;		// until end-of-file: the server has ended
	see_it_die_of_sigterm(server);
	say("the server has died of SIGTERM");
	return EXIT_SUCCESS;
}
