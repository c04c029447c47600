/*
 * inherit - a program begins with what was done to SIGTERM before exec
 *
 *   A child blocks, ignores or catches SIGTERM, and then becomes cat by exec.
 *   cat waits for its input. The parent sends SIGTERM: does cat die?
 *
 * Watch: a signal that is blocked or ignored is so in the new program, too. A
 * handler does not stay, because it was a part of the old program.
 *
 * Try: write SIGKILL instead of SIGTERM in set_mask() and in kill(). What does
 * the program say about "blocked" now?
 */
#define _GNU_SOURCE			// for pipe2() and sigaction()
#include <fcntl.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

static void do_nothing(int sig)
{
	(void)sig;
}

static void set_action(void (*handler)(int))
{
	struct sigaction act = { .sa_handler = handler };

	sigemptyset(&act.sa_mask);
	if (sigaction(SIGTERM, &act, NULL) == -1)
		die("sigaction");
}

static void set_mask(int how)
{
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	if (sigprocmask(how, &term, NULL) == -1)
		die("sigprocmask");
}

static void block_sigterm(void)
{
	set_mask(SIG_BLOCK);
}

static void ignore_sigterm(void)
{
	set_action(SIG_IGN);
}

static void catch_sigterm(void)
{
	set_action(do_nothing);
}

static void block_and_put_back(void)
{
	set_mask(SIG_BLOCK);
	// A careful program does this in its child, between fork() and exec.
	set_action(SIG_DFL);
	set_mask(SIG_UNBLOCK);
}

/* Become cat, after PREPARE has done something to SIGTERM. */
static void become_cat(void (*prepare)(void), int input)
{
	prepare();
	if (dup2(input, STDIN_FILENO) == -1)
		die("dup2");
	execlp("cat", "cat", (char *)NULL);
	die("execlp cat");
}

/* Wait until the child has become cat. Before that, SIGTERM would hit the copy
 * of our own program. EXEC_DONE is the end to read of a pipe. Nobody writes
 * into it. Its last end to write is the child's, and exec closes that, because
 * of O_CLOEXEC: then we read end-of-file. */
static void wait_until_exec(int exec_done)
{
	char byte;
	ssize_t size;

	do {
		size = read(exec_done, &byte, 1);
	} while (size == -1 && errno == EINTR);
	if (size == -1)
		die("read");
}

static void see_it_end(const char *what, pid_t cat)
{
	int status;

	if (waitpid(cat, &status, 0) == -1)
		die("waitpid");
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM)
		say("%s: cat dies of SIGTERM", what);
	else if (status == 0)
		say("%s: SIGTERM does nothing; cat ends with its input", what);
	else if (WIFSIGNALED(status))
		quit("cat has died of signal %d, %s", WTERMSIG(status),
		     strsignal(WTERMSIG(status)));
	else
		quit("cat has failed");
}

static void close_or_die(int fd)
{
	if (close(fd) == -1)
		die("close");
}

static void try(const char *what, void (*prepare)(void))
{
	pid_t parent = getpid();
	pid_t child;
	int input[2];
	int exec_done[2];

	// O_CLOEXEC: exec closes all four ends in the child. Only the copy of
	// input[0] stays, which dup2() makes cat's standard input.
	if (pipe2(input, O_CLOEXEC) == -1)
		die("pipe2, input");
	if (pipe2(exec_done, O_CLOEXEC) == -1)
		die("pipe2, exec_done");
	child = fork();
	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, we get SIGTERM. If cat does not hear
		// it, cat reads end-of-file and ends: the pipe's end to write
		// was closed with the parent.
		if (!end_with_parent(parent))
			die("end_with_parent");
		become_cat(prepare, input[0]);
	}
	close_or_die(input[0]);
	close_or_die(exec_done[1]);

	wait_until_exec(exec_done[0]);
	if (kill(child, SIGTERM) == -1)
		die("kill");
	// Now cat reads end-of-file, and ends, if it has not died already.
	close_or_die(input[1]);
	see_it_end(what, child);
	close_or_die(exec_done[0]);
}

int main(void)
{
	try("blocked", block_sigterm);
	try("ignored", ignore_sigterm);
	try("caught", catch_sigterm);
	try("right, put back", block_and_put_back);
	return EXIT_SUCCESS;
}
