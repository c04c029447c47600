/*
 * threads - a signal to a process with two threads: which thread gets it?
 *
 *   parent --SIGRTMIN--> child: main() reads signals, a second thread sleeps
 *
 * Watch: each thread has a mask of its own. A signal to the process goes to a
 * thread that does not block it. If there is one, the signal does not wait, and
 * main() cannot read it.
 *
 * Try: in wrong_way(), call block() once more, before start_thread(). Does the
 * child die even so?
 */
#define _GNU_SOURCE			// for sigqueue()
#include <pthread.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "../../../common/lesson.h"

static int thread_runs[2];	// a pipe: the second thread tells main()
static int is_ready[2];		// a pipe: the child tells the parent

/* Store the set of SIGRTMIN in *REPORT, and block it in the thread that calls
 * this function. The threads that this thread starts later block it, too. */
static void block(sigset_t *report)
{
	int err;

	sigemptyset(report);
	sigaddset(report, SIGRTMIN);
	// In a program with threads, call pthread_sigmask() and not
	// sigprocmask(). It returns an error number, and does not set errno.
	err = pthread_sigmask(SIG_BLOCK, report, NULL);
	if (err != 0)
		quit("pthread_sigmask: %s", errno_name(err));
}

static void tell(const int pipe_fd[2])
{
	if (write(pipe_fd[1], "x", 1) != 1)
		die("write");
}

static void wait_to_be_told(const int pipe_fd[2])
{
	char byte;
	ssize_t size;

	do {
		size = read(pipe_fd[0], &byte, 1);
	} while (size == -1 && errno == EINTR);
	if (size == -1)
		die("read");
	if (size == 0)
		quit("the child has ended too early");
}

static void *second_thread(void *arg)
{
	tell(thread_runs);
	for (;;)
		pause();
	return arg;		// never reached
}

/* Start the second thread, and wait until it runs. It begins with the mask of
 * the thread that starts it. */
static void start_thread(void)
{
	pthread_t thread;
	int err;

	if (pipe(thread_runs) == -1)
		die("pipe");
	err = pthread_create(&thread, NULL, second_thread, NULL);
	if (err != 0)
		quit("pthread_create: %s", errno_name(err));
	wait_to_be_told(thread_runs);
}

static void read_report(const char *way, const sigset_t *report)
{
	struct signalfd_siginfo info;
	ssize_t size;
	int signals = signalfd(-1, report, SFD_CLOEXEC);

	if (signals == -1)
		die("signalfd");
	tell(is_ready);
	do {
		size = read(signals, &info, sizeof info);
	} while (size == -1 && errno == EINTR);
	if (size == -1)
		die("read, signals");
	say("%s: main() has read %d", way, info.ssi_int);
}

static void wrong_way(const char *way)
{
	sigset_t report;

	start_thread();
	block(&report);		// too late: the second thread does not block it
	read_report(way, &report);
}

static void right_way(const char *way)
{
	sigset_t report;

	block(&report);
	start_thread();
	read_report(way, &report);
}

/* Run TAKE_REPORT in a child, send it a report, and print how the child ends.
 * WAY is the first part of the line. */
static void try(const char *way, void (*take_report)(const char *way))
{
	union sigval seven = { .sival_int = 7 };
	pid_t parent = getpid();
	pid_t child;
	int status;

	if (pipe(is_ready) == -1)
		die("pipe");
	child = fork();
	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, no signal comes.
		if (!end_with_parent(parent))
			die("end_with_parent");
		take_report(way);
		exit(EXIT_SUCCESS);	// it ends the second thread, too
	}

	// If we kept is_ready[1], we would never see end-of-file, even if the
	// child had died.
	if (close(is_ready[1]) == -1)
		die("close");
	wait_to_be_told(is_ready);
	if (sigqueue(child, SIGRTMIN, seven) == -1)
		die("sigqueue");
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGRTMIN)
		say("%s: the process has died of SIGRTMIN", way);
	else if (status != 0)
		quit("the child has failed");
	if (close(is_ready[0]) == -1)
		die("close");
}

int main(void)
{
	try("wrong, first the thread, then block", wrong_way);
	try("right, first block, then the thread", right_way);
	return EXIT_SUCCESS;
}
