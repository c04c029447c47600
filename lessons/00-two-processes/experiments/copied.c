/*
 * copied - what fork() copies, and what parent and child share after it
 *
 *   memory:     ours [ 0 ]                      the child's [ 42 ]
 *   open file:  our descriptor --> [ where to read next ] <-- the child's
 *
 * Watch: we never see what the child stores in a variable. But when the child
 * reads from a file that we have opened, we read on where the child has
 * stopped.
 *
 * Try: in share_a_file(), write the line with read_word() twice. What do the
 * last two lines say now, and why do they differ?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { LETTERS = 3 };		// each word in the file has so many letters

static int number = 0;		// after fork() each process has one

/* Wait until CHILD has ended. Return the number that it ended with. */
static int wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (WIFSIGNALED(status))
		quit("the child was killed by signal %d", WTERMSIG(status));
	return WEXITSTATUS(status);
}

/* Start a child that calls WORK(FD). The result of WORK is the exit status. */
static pid_t start(int (*work)(int), int fd)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		int result;

		// If the parent is killed, the child ends as well.
		if (!end_with_parent(parent))
			die("end_with_parent");
		result = work(fd);
		exit(result);
	}
	return child;
}

/* A file without a name, with the words "one" and "two" in it. The kernel
 * removes it when nobody has it open any more. */
static int make_file(void)
{
	FILE *file = tmpfile();
	int fd;

	if (!file)
		die("tmpfile");
	fd = fileno(file);
	if (write(fd, "onetwo", 2 * LETTERS) != 2 * LETTERS)
		die("write");
	// After write() the next read() would begin at the end of the file.
	// Go back to byte 0. SEEK_SET: count from the beginning of the file.
	if (lseek(fd, 0, SEEK_SET) == -1)
		die("lseek");
	return fd;
}

/* Read one word into WORD, which has one byte more for the '\0'. */
static void read_word(int fd, char word[LETTERS + 1])
{
	ssize_t n = read(fd, word, LETTERS);

	if (n == -1)
		die("read");
	word[n] = '\0';
}

static int store_42(int fd)
{
	(void)fd;	// start() gives it, but it is not needed here
	number = 42;
	return EXIT_SUCCESS;
}

static int return_42(int fd)
{
	(void)fd;	// not needed here
	return 42;
}

/* In the child: read one word. It is "one", or something is wrong. */
static int read_first_word(int fd)
{
	char word[LETTERS + 1];

	read_word(fd, word);
	if (strcmp(word, "one") != 0)
		quit("the child has read \"%s\"", word);
	return EXIT_SUCCESS;
}

/* In the child: open the file of FD once more, and read from the new
 * descriptor. */
static int open_and_read(int fd)
{
	char path[32];
	int new_fd;

	// Our file has no name. But Linux has a path for each descriptor that
	// is open. For descriptor 5 that is /proc/self/fd/5. If we open this
	// path, we open the file once more.
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	new_fd = open(path, O_RDONLY);
	if (new_fd == -1)
		die("open, in /proc/self/fd");
	return read_first_word(new_fd);
}

static void copy_a_variable(void)
{
	pid_t child = start(store_42, -1);	// -1: it needs no file
	int result = wait_for(child);

	if (result != EXIT_SUCCESS)
		quit("the child has failed");
	say("wrong: the child stores 42 in a variable: mine is still %d",
	    number);

	child = start(return_42, -1);
	result = wait_for(child);
	if (result != 42)
		quit("the child has failed");
	say("right: the child ends with 42: its status tells me %d", result);
}

/* A child does WORK with our file. Then we read from it. Say WHAT was done. */
static void share_a_file(const char *what, int (*work)(int))
{
	int fd = make_file();
	pid_t child = start(work, fd);
	int result = wait_for(child);
	char word[LETTERS + 1];

	if (result != EXIT_SUCCESS)
		quit("the child has failed");
	read_word(fd, word);
	say("%s: the child has read \"one\", I read \"%s\"", what, word);
}

int main(void)
{
	copy_a_variable();
	share_a_file("opened before fork()", read_first_word);
	share_a_file("opened once more by the child", open_and_read);
	return EXIT_SUCCESS;
}
