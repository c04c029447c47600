/*
 * kept - what a process keeps when exec() gives it another program
 *
 *   a child: [ this program ] --execl()--> [ this program, from its beginning ]
 *
 * For simplicity the other program is this file again. It knows by its
 * arguments that it is the new one.
 *
 * Watch: descriptors are kept, if nobody has asked for the contrary. Memory is
 * not.
 *
 * Try: in open_copy(), write `int copy = fd;` in place of the call of dup().
 * What does the third line say now, and why?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

static int number = 0;		// only the old program sets it to 42

static int open_null(int flags)
{
	int fd = open("/dev/null", O_RDONLY | flags);

	if (fd == -1)
		die("open /dev/null");
	return fd;
}

static int open_plain(void)
{
	return open_null(0);
}

static int open_cloexec(void)
{
	return open_null(O_CLOEXEC);
}

static int open_copy(void)
{
	int fd = open_null(O_CLOEXEC);
	int copy = dup(fd);	// as dup2(), but takes the lowest free number

	if (copy == -1)
		die("dup");
	return copy;
}

/* In the new program: say what became of the descriptor with this NUMBER. */
static void look_at_descriptor(const char *what, int fd)
{
	int flags = fcntl(fd, F_GETFD);

	if (flags != -1)
		say("%s: the new program has it", what);
	else if (errno == EBADF)
		say("%s: the new program does not have it", what);
	else
		die("fcntl F_GETFD");
}

/* In the new program: say what became of process and memory. */
static void look_at_process(const char *what, int old_id)
{
	const char *same = "another one";

	if (getpid() == old_id)
		same = "the same";
	say("%s: it was 42, now it is %d", what, number);
	say("the process id: %s", same);
}

/* In the child: run this program again. It gets WHAT, the number of the
 * descriptor FD, and the process id, all as text. */
_Noreturn static void run_new(const char *mode, const char *what, int fd)
{
	char fd_text[16];
	char id_text[16];

	snprintf(fd_text, sizeof fd_text, "%d", fd);
	snprintf(id_text, sizeof id_text, "%d", (int)getpid());
	number = 42;

	// This path leads to the file of the program that runs.
	execl("/proc/self/exe", "kept", mode, what, fd_text, id_text,
	      (char *)NULL);
	die("execl /proc/self/exe");
}

static void play(const char *mode, const char *what, int (*open_it)(void))
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;
	int fd;

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, we end as well. This is kept over
		// exec(), too.
		if (!end_with_parent(parent))
			exit(EXIT_FAILURE);
		fd = open_it();
		run_new(mode, what, fd);
	}
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the child has failed");
}

int main(int argc, char **argv)
{
	if (argc == 5) {		// we are the new program
		const char *mode = argv[1];

		if (strcmp(mode, "descriptor") == 0)
			look_at_descriptor(argv[2], atoi(argv[3]));
		else
			look_at_process(argv[2], atoi(argv[4]));
		return EXIT_SUCCESS;
	}

	play("descriptor", "wrong: opened without O_CLOEXEC", open_plain);
	play("descriptor", "right: opened with O_CLOEXEC", open_cloexec);
	play("descriptor", "right: a copy, made to be kept", open_copy);
	play("process", "a variable", open_plain);
	return EXIT_SUCCESS;
}
