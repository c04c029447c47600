/*
 * exec - does a new program have the eventfd?
 *
 *   3 rings --> [ bell, descriptor 3 ] --> a new program in a child
 *
 *   ./exec			the new program is ./exec again; it only looks
 *   ./exec PROGRAM ARG...	starts PROGRAM, with the bell as descriptor 3
 *
 * Watch: the bell has no name. The new program only needs to know the number of
 * its descriptor.
 *
 * Try: ./exec sh -c 'cat /proc/self/fdinfo/3'. Which line has the 3 rings?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/wait.h>

#include "../../../common/lesson.h"

enum { BELL = 3 };		// the number of the bell's descriptor

/* eventfd() has returned FD, the lowest free number. Move it to BELL. */
static void move_to_3(int fd)
{
	if (fd == BELL)
		return;
	// A copy has only the flags that we give here.
	if (dup3(fd, BELL, O_CLOEXEC) == -1)
		die("dup3");
	if (close(fd) == -1)
		die("close");
}

/* Make the bell, and ring 3 times. */
static void make_bell(void)
{
	uint64_t three = 3;
	int fd = eventfd(0, EFD_CLOEXEC);

	if (fd == -1)
		die("eventfd");
	move_to_3(fd);
	if (write(BELL, &three, sizeof three) == -1)
		die("write");
}

static void keep_bell(void)
{
	if (fcntl(BELL, F_SETFD, 0) == -1)	// 0: CLOEXEC no longer
		die("fcntl F_SETFD");
}

/* In the new program: read descriptor 3. WHAT is the first part of its line. */
static void look(const char *what)
{
	uint64_t rings;

	if (read(BELL, &rings, sizeof rings) == -1)
		say("%s: read() fails, %s", what, errno_name(errno));
	else
		say("%s: read() gives %d", what, (int)rings);
}

enum habit { KEEPS_CLOEXEC, CLEARS_CLOEXEC };	// of a child

/* Start a child that becomes this program again, and wait until it has ended.
 * WHAT is the first part of the line that the new program says. */
static void start_another(const char *what, enum habit habit)
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		if (habit == CLEARS_CLOEXEC)
			keep_bell();
		// /proc/self/exe is the program that runs now.
		execl("/proc/self/exe", "exec", "--look", what, (char *)NULL);
		die("execl /proc/self/exe");
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
	// start_another() has started us: we are the new program.
	if (argc == 3 && strcmp(argv[1], "--look") == 0) {
		look(argv[2]);
		return EXIT_SUCCESS;
	}

	make_bell();
	if (argc > 1) {		// ./exec PROGRAM ARG...
		keep_bell();
		execvp(argv[1], argv + 1);
		quit("execvp %s: %s", argv[1], errno_name(errno));
	}
	start_another("wrong: EFD_CLOEXEC is still set", KEEPS_CLOEXEC);
	start_another("right: the child has cleared the flag", CLEARS_CLOEXEC);
	return EXIT_SUCCESS;
}
