/*
 * nattch - who is attached? The kernel counts attaches, not processes
 *
 *   parent  first attach ---.            .--- first attach   child, which has
 *                            > segment  <                    inherited both
 *   parent  second attach --'            '--- second attach
 *
 *   shmctl(IPC_STAT) tells shm_nattch: here 4
 *
 * Watch: guess before each line how many processes are attached. Is nattch the
 * same number?
 *
 * Try: in main(), move the line that attaches a second time, and the line that
 * shows it, below the line that shows "with a child". Which numbers change?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/shm.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

static int segment = -1;

static void remove_segment(void)
{
	if (segment != -1)
		shmctl(segment, IPC_RMID, NULL);
}

static void make_segment(void)
{
	hold_signals();
	remove_at_end(remove_segment);
	segment = shmget(IPC_PRIVATE, sizeof(long), 0600);
	if (segment == -1)
		die("shmget");
	let_signals();
}

static char *attach(void)
{
	char *at = shmat(segment, NULL, 0);

	if (at == (void *)-1)
		die("shmat");
	return at;
}

static void show(const char *what)
{
	struct shmid_ds now;

	if (shmctl(segment, IPC_STAT, &now) == -1)
		die("shmctl IPC_STAT");
	say("%s: nattch is %lu", what, (unsigned long)now.shm_nattch);
}

/* The child only waits, in read() on a pipe. That returns when no process can
 * write into the pipe any more: when the parent closes WAIT_PIPE[1], or when
 * the parent itself has gone. */
static pid_t start_child(int wait_pipe[2])
{
	pid_t parent = getpid();
	pid_t child;
	char byte;

	if (pipe(wait_pipe) == -1)
		die("pipe");
	child = fork();
	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		// The child has a copy of WAIT_PIPE[1]. With it open, the child
		// would wait for itself, for ever.
		if (close(wait_pipe[1]) == -1)
			die("close");
		if (read(wait_pipe[0], &byte, 1) == -1)
			die("read");
		exit(EXIT_SUCCESS);
	}
	return child;
}

static void see_it_end(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("the child has failed");
}

int main(void)
{
	int wait_pipe[2];
	pid_t child;
	char *first;
	char *second;

	make_segment();
	first = attach();
	show("attached");
	second = attach();
	show("attached twice");

	child = start_child(wait_pipe);
	show("with a child");
	if (close(wait_pipe[1]) == -1)
		die("close");
	see_it_end(child);
	show("the child has ended");

	if (shmdt(second) == -1)
		die("shmdt");
	show("one is detached");
	if (shmdt(first) == -1)
		die("shmdt");
	show("both are detached");
	return EXIT_SUCCESS;
}
