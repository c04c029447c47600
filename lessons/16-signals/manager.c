/*
 * manager - starts the server, tells it two things, and sees how it ends
 *
 *   manager --SIGHUP, SIGTERM--> server
 *           <--a pipe: what it prints--
 *
 * Start this one: it starts its partner ./server.
 *
 * Watch: the manager waits for the server's line before it sends the next
 * signal. So each line comes in its turn.
 */
#define _GNU_SOURCE			// for pipe2()
#include <fcntl.h>
#include <sys/wait.h>

#include "../../common/lesson.h"

static void tell(pid_t server, int sig)
{
	// The server is our child. Until we have waited for it, nobody else can
	// get its number. So the signal cannot hit a stranger.
	if (kill(server, sig) == -1)
		die("kill");
}

/* Wait until the server has ended, and say how. */
static void see_it_end(pid_t server)
{
	int status;

	if (waitpid(server, &status, 0) == -1)
		die("waitpid");
	if (WIFEXITED(status))
		quit("the server has ended with status %d",
		     WEXITSTATUS(status));
	if (WTERMSIG(status) != SIGTERM)
		quit("the server has died of signal %d, %s",
		     WTERMSIG(status), strsignal(WTERMSIG(status)));
	say("the server has died of SIGTERM");
}

/* Print the next line of the server. Returns 0 if there is none, because the
 * server has ended. */
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

/* The same where a line must come. */
static void expect_its_line(FILE *from_server, pid_t server)
{
	if (!print_its_line(from_server)) {
		see_it_end(server);
		quit("somebody else has told it to end");
	}
}

/* MENU is a file. The server reads its first line. */
static void write_menu(int menu, const char *text)
{
	ssize_t size = (ssize_t)strlen(text);
	ssize_t written;

	// Without this, the end of a longer menu would stay behind a shorter
	// one.
	if (ftruncate(menu, 0) == -1)
		die("ftruncate");
	written = pwrite(menu, text, (size_t)size, 0);
	if (written == -1)
		die("pwrite");
	if (written < size)
		quit("only a part of the menu could be written: disk full?");
}

/* Start ./server with MENU as its stdin. What it prints can be read from
 * *OUTPUT. Returns its process id. */
static pid_t start_server(int menu, int *output)
{
	pid_t manager = getpid();
	pid_t server;
	int fd[2];

	// O_CLOEXEC: our ends close at exec, so the server does not have them.
	if (pipe2(fd, O_CLOEXEC) == -1)
		die("pipe2");
	server = fork();
	if (server == -1)
		die("fork");
	if (server == 0) {
		// If the manager is killed, nobody is left to end the server.
		if (!end_with_parent(manager))
			die("end_with_parent");
		if (dup2(menu, STDIN_FILENO) == -1)
			die("dup2, stdin");
		if (dup2(fd[1], STDOUT_FILENO) == -1)
			die("dup2, stdout");
		execl("./server", "server", (char *)NULL);
		die("execl ./server");
	}
	// While we have this end open, we never read end-of-file.
	if (close(fd[1]) == -1)
		die("close");
	*output = fd[0];
	return server;
}

int main(void)
{
	FILE *menu;		// has no name, and goes when nobody has it open
	FILE *from_server;
	pid_t server;
	int output;

	menu = tmpfile();
	if (menu == NULL)
		die("tmpfile");
	write_menu(fileno(menu), "soup\n");

	say("I start the server");
	server = start_server(fileno(menu), &output);
	from_server = fdopen(output, "r");
	if (from_server == NULL)
		die("fdopen");
	// When it prints this line, its handlers stand. Before that, SIGHUP
	// would kill it.
	expect_its_line(from_server, server);

	write_menu(fileno(menu), "pancakes\n");
	say("the soup is eaten: a new menu, and SIGHUP");
	tell(server, SIGHUP);
	expect_its_line(from_server, server);

	say("it is evening: SIGTERM");
	tell(server, SIGTERM);
	while (print_its_line(from_server))
		;		// until end-of-file: it has ended
	see_it_end(server);
	return EXIT_SUCCESS;
}
