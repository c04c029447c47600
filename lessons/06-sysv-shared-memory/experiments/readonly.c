/*
 * readonly - a program that only loads can attach with SHM_RDONLY
 *
 *   WRITABLE, attached with 0          --store-->  [ segment ]
 *   VIEW, attached with SHM_RDONLY     <--load---  [ segment ]
 *   VIEW, a store by our own code      --store--X  SIGSEGV
 *   VIEW, a store by read()            --store--X  EFAULT
 *
 * Watch: two wrong stores. A store by our own code ends the process. A store by
 * read() is an error that the program can handle.
 *
 * Try: in main(), attach VIEW with 0 instead of SHM_RDONLY. Which lines change?
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
	segment = shmget(IPC_PRIVATE, 1, 0600);
	if (segment == -1)
		die("shmget");
	let_signals();
}

static char *attach(int flags)
{
	char *at = shmat(segment, NULL, flags);

	if (at == (void *)-1)
		die("shmat");
	return at;
}

/* read() takes a byte out of a pipe, and the kernel is to store it at VIEW. */
static void store_by_a_call(char *view)
{
	int fd[2];
	ssize_t n;

	if (pipe(fd) == -1)
		die("pipe");
	n = write(fd[1], "b", 1);
	if (n == -1)
		die("write");

	n = read(fd[0], view, 1);
	if (n == -1)
		say("wrong: read() stores there: %s", errno_name(errno));
	else
		say("read() stores there: it has %c now", *view);
}

static void store_in_a_child(char *view)
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		// If it crashes, it leaves no core file.
		if (prctl(PR_SET_DUMPABLE, 0) == -1)
			die("prctl");
		*view = 'c';
		say("a child stores there: it has %c now", *view);
		exit(EXIT_SUCCESS);
	}

	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV)
		say("wrong: a child stores there: SIGSEGV ends it");
	else if (status != 0)
		quit("the child has failed");
}

int main(void)
{
	char *writable;
	char *view;

	make_segment();
	writable = attach(0);
	view = attach(SHM_RDONLY);

	*writable = 'a';
	say("right: the view has %c", *view);
	store_by_a_call(view);
	store_in_a_child(view);
	return EXIT_SUCCESS;
}
