/*
 * zombie - a child that has ended stays in the list of processes until its
 * parent has asked for its status
 *
 *   child: exit(7) --> [ zombie: id and status ] --waitpid()--> nothing
 *
 * Watch: between exit() and waitpid() the child cannot do anything, and it
 * cannot be killed. But its process id is still taken.
 *
 * Try: in main(), call signal(SIGCHLD, SIG_IGN) first. That says that we do not
 * want to know how children end. Which call fails now, and with what?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { RESULT = 7 };		// exit status of a child that has not failed

static pid_t start_child(void)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, the child ends as well.
		if (!end_with_parent(parent))
			die("end_with_parent");
		exit(RESULT);
	}
	return child;
}

/* Wait until the child has ended (WEXITED). Do not take its status (WNOWAIT):
 * so it stays a zombie. P_PID: the next argument is a process id. */
static void see_it_end(pid_t child)
{
	siginfo_t info;		// filled in; here we do not need it

	while (waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) == -1) {
		if (errno != EINTR)
			die("waitid");
	}
}

/* Return the letter that the kernel shows for the state of process PID. In the
 * file /proc/PID/status is a line such as "State:	Z (zombie)". */
static char state_of(pid_t pid)
{
	// On some systems /proc is missing, or shows other processes.
	// proc_trouble() returns a sentence about that, or NULL if all is well.
	const char *trouble = proc_trouble();
	char path[32];
	char line[256];
	char state = '?';
	FILE *file;

	if (trouble)
		quit("%s", trouble);
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	file = fopen(path, "r");
	if (!file)
		die("fopen /proc/PID/status");
	while (fgets(line, sizeof line, file)) {
		if (sscanf(line, "State: %c", &state) == 1)
			break;
	}
	if (fclose(file) == EOF)
		die("fclose");
	return state;
}

/* Is there a process PID? With 0 for a signal kill() sends nothing: it only
 * looks. */
static void look_for(const char *when, pid_t pid)
{
	if (kill(pid, 0) == 0)
		say("%s: kill(pid, 0) returns 0, the id is taken", when);
	else
		say("%s: kill(pid, 0) returns -1, %s", when,
		    errno_name(errno));
}

int main(void)
{
	pid_t child = start_child();
	char state;
	int status;

	see_it_end(child);
	state = state_of(child);
	say("wrong: it has ended, nobody waits for it: state %c, a zombie",
	    state);
	look_for("a zombie", child);
	if (kill(child, SIGKILL) == -1)
		die("kill");
	state = state_of(child);
	say("killed with SIGKILL: state %c", state);

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (!WIFEXITED(status))
		quit("the child was killed");
	if (WEXITSTATUS(status) != RESULT)
		quit("the child has failed");
	say("right: waitpid() takes its status: %d", WEXITSTATUS(status));
	// Another process may get this id one day, but not as soon as this.
	look_for("after waitpid()", child);
	return EXIT_SUCCESS;
}
