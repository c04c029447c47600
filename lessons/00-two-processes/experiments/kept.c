/*
 * kept - what a process keeps when exec() gives it another program
 *
 *   a child: [ this program ] --execl()--> [ this program, from its beginning ]
 *
 * For simplicity the new program is this program again. The old one starts it
 * with three arguments: what to look at, a text, and a number.
 *
 * Watch: a descriptor is kept if it was not opened with O_CLOEXEC. That is
 * wrong if nobody has thought of it, and right if the new program is to have
 * this descriptor. Memory is not kept.
 *
 * Try: in open_copy(), write `int copy = fd;` in place of the call of dup().
 * What does the third line say now, and why?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

static int stored = 0;		// only the old program sets it to 42

/* In a child: call PREPARE(), and become the new program. Its arguments are:
 * LOOK_AT, which is "descriptor" or "memory"; WHAT, the first words of its
 * line; and the number that PREPARE() has returned. */
static void play(const char *look_at, const char *what, int (*prepare)(void));

static int open_plain(void)
{
	int fd = open("/dev/null", O_RDONLY);

	if (fd == -1)
		die("open /dev/null");
	return fd;
}

static int open_cloexec(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		die("open /dev/null");
	return fd;
}

/* dup() copies a descriptor, as dup2() does, but it chooses the number itself.
 * The copy never has O_CLOEXEC. */
static int open_copy(void)
{
	int fd = open_cloexec();
	int copy = dup(fd);

	if (copy == -1)
		die("dup");
	return copy;
}

/* Store 42 in the variable of the old program, and return its process id. */
static int store_42(void)
{
	stored = 42;
	return (int)getpid();
}

/* In the new program: is descriptor FD open? F_GETFD asks for its flags. */
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

/* In the new program: look at the variable, and at our process id. OLD_ID was
 * the id of the old program. */
static void look_at_memory(const char *what, int old_id)
{
	say("%s: it was 42, now it is %d", what, stored);
	if (getpid() == old_id)
		say("the process id: the same");
	else
		say("the process id: another one");
}

int main(int argc, char **argv)
{
	// With three arguments after our name, argc is 4. Then we are the new
	// program, in a child.
	if (argc == 4) {
		const char *look_at = argv[1];
		const char *what = argv[2];
		// A descriptor; or, if we look at memory, the process id that
		// the old program had.
		int number = atoi(argv[3]);

		if (strcmp(look_at, "descriptor") == 0)
			look_at_descriptor(what, number);
		else
			look_at_memory(what, number);
		return EXIT_SUCCESS;
	}

	play("descriptor", "wrong: opened without O_CLOEXEC", open_plain);
	play("descriptor", "right: opened with O_CLOEXEC", open_cloexec);
	play("descriptor", "right: a copy, made to be kept", open_copy);
	play("memory", "a variable", store_42);
	return EXIT_SUCCESS;
}

/* In the child: become the new program. */
_Noreturn static void run_new(const char *look_at, const char *what,
			      int number)
{
	char text[16];		// an argument is a text, so NUMBER becomes one

	snprintf(text, sizeof text, "%d", number);

	// This path leads to the file of the program that runs.
	execl("/proc/self/exe", "kept", look_at, what, text, (char *)NULL);
	die("execl /proc/self/exe");
}

static void play(const char *look_at, const char *what, int (*prepare)(void))
{
	pid_t parent = getpid();
	pid_t child = fork();
	int number;
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, the child ends as well, also when it
		// is the new program.
		if (!end_with_parent(parent))
			die("end_with_parent");
		number = prepare();
		run_new(look_at, what, number);
	}
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the child has failed");
}
