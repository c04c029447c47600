/*
 * poker - sends its signals at the worst moments it can find
 *
 *   poker --SIGUSR1--> server       server --"checked"--> poker
 *         --SIGTERM-->                     <--"poked"----
 *
 * It starts its partner ./server, waits until that has checked, and pokes
 * before the server can go to sleep. No luck is needed.
 *
 * Watch: how many handlers run for how many signals, and what wait() says
 * of a server that died of SIGTERM on purpose.
 */
#define _GNU_SOURCE
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "../../common/experiment.h"

static int line[2];		// a pipe for both ways; lesson 19
static pid_t server;

static void start_server(void)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line) == -1)
		die("socketpair");
	server = fork();
	if (server == 0 && dup2(line[1], STDIN_FILENO) != -1 &&
	    prctl(PR_SET_PDEATHSIG, SIGTERM) == 0)	// when we die
		execl("./server", "server", "from-poker", (char *)NULL);
	if (server <= 0)	// in the child: execl() has failed
		die("fork or execl ./server");
	// The server's end must be its own, or its death is no end-of-file.
	if (close(line[1]) == -1)
		die("close");
}

// The server has checked, and cannot sleep before it has our answer. So
// these signals come into the gap, all of them.
static void poke_in_gap(int sig, int times)
{
	char checked;

	if (read(line[0], &checked, 1) != 1)
		quit("the server has gone: start ./poker again");
	while (times-- > 0)
		if (kill(server, sig) == -1)
			die("kill");
	if (send(line[0], "!", 1, MSG_NOSIGNAL) == -1)
		die("send");
}

int main(void)
{
	int status;

	start_server();
	say("poke 1 comes after the check, before pause()");
	poke_in_gap(SIGUSR1, 1);
	if (!wait_until_asleep(server))
		quit("the server has gone: start ./poker again");
	say("poke 1 is lost: the server sleeps. Poke 2 wakes it");
	if (kill(server, SIGUSR1) == -1)
		die("kill");

	poke_in_gap(SIGUSR1, 1);	// blocked, so it waits
	poke_in_gap(SIGUSR1, 5);	// and so do five: as one
	poke_in_gap(SIGTERM, 1);
	if (wait(&status) == -1)
		die("wait");
	if (!WIFSIGNALED(status))
		quit("the server did not die of a signal");
	say("the server died of %s", WTERMSIG(status) == SIGTERM ?
	    "SIGTERM, as it was told" : "another signal");
	return EXIT_SUCCESS;
}
