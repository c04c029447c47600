/*
 * nattch - who is attached? The kernel counts, but it does not count processes
 *
 *   IPC_STAT --> shm_nattch: attaches, or rather pieces of them
 *
 * Watch: say at each line how many processes are attached. Is it nattch?
 *
 * Try: write PROT_NONE instead of PROT_READ. And then change the first page
 * instead of the second one. Which of the two changes the last number?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

static int segment = -1;

static void remove_segment(void)
{
	if (segment != -1)
		shmctl(segment, IPC_RMID, NULL);
}

static void make_segment(size_t size)
{
	hold_signals();
	remove_at_end(remove_segment);
	segment = shmget(IPC_PRIVATE, size, 0600);
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

/* A child that does nothing. It ends when we close STAY_OPEN, or end. */
static pid_t start_child(int stay_open[2])
{
	pid_t parent = getpid();
	pid_t child;
	char byte;

	if (pipe(stay_open) == -1)
		die("pipe");
	child = fork();
	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			exit(EXIT_FAILURE);
		if (close(stay_open[1]) == -1)
			die("close");
		// End-of-file comes when nobody has the other end open.
		if (read(stay_open[0], &byte, 1) == -1)
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
		quit("the child has failed: status 0x%x", (unsigned)status);
}

int main(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int stay_open[2];
	pid_t child;
	char *first;
	char *second;

	make_segment(3 * page);
	first = attach();
	show("attached");
	second = attach();
	show("attached twice");

	child = start_child(stay_open);
	show("with a child");
	if (close(stay_open[1]) == -1)
		die("close");
	see_it_end(child);
	show("the child has ended");

	if (shmdt(second) == -1)
		die("shmdt");
	show("one is detached");

	// Now the kernel has three pieces to remember: what is before the page,
	// the page, what is behind it.
	if (mprotect(first + page, page, PROT_READ) == -1)
		die("mprotect");
	show("a page in the middle is read-only");
	return EXIT_SUCCESS;
}
