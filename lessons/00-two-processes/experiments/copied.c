/*
 * copied - what fork() copies, and what parent and child share after it
 *
 *   memory:     ours [ 0 ]                      the child's [ 42 ]
 *   open file:  our descriptor --> [ where to read next ] <-- the child's
 *
 * Watch: what the child stores in a variable, we never see. But when it reads
 * from a file that we have opened, we read on where it has stopped.
 *
 * Try: in share_a_file(), write the line with read_word() twice. What do the
 * last two lines say now, and why do they differ?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { WORD = 3 };			// letters of each word in the file

static int number = 0;

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

/* Start a child that calls WORK(FD) and ends with what it returns. */
static pid_t start(int (*work)(int), int fd)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		int result;

		// If the parent is killed, we end as well.
		if (!end_with_parent(parent))
			exit(EXIT_FAILURE);
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
	if (write(fd, "onetwo", 2 * WORD) != 2 * WORD)
		die("write");
	// write() has moved the place where the next read() begins.
	if (lseek(fd, 0, SEEK_SET) == -1)
		die("lseek");
	return fd;
}

static void read_word(int fd, char word[WORD + 1])
{
	ssize_t n = read(fd, word, WORD);

	if (n == -1)
		die("read");
	word[n] = '\0';
}

static int store_42(int fd)
{
	(void)fd;	// not needed here
	number = 42;
	return EXIT_SUCCESS;
}

static int return_42(int fd)
{
	(void)fd;	// not needed here
	return 42;
}

static int read_first_word(int fd)
{
	char word[WORD + 1];

	read_word(fd, word);
	if (strcmp(word, "one") != 0)
		quit("the child has read \"%s\"", word);
	return EXIT_SUCCESS;
}

/* Open the same file once more, and read from there. */
static int open_and_read(int fd)
{
	char path[32];
	int again;

	// The file has no name. But this path leads to what FD is open for.
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	again = open(path, O_RDONLY);
	if (again == -1)
		die(path);
	return read_first_word(again);
}

static void copy_a_variable(void)
{
	pid_t child = start(store_42, -1);
	int result = wait_for(child);

	if (result != EXIT_SUCCESS)
		quit("the child has failed");
	say("wrong: the child stores 42 in a variable: mine is still %d",
	    number);

	child = start(return_42, -1);
	result = wait_for(child);
	say("right: the child ends with 42: its status tells me %d", result);
}

static void share_a_file(const char *what, int (*work)(int))
{
	int fd = make_file();
	pid_t child = start(work, fd);
	int result = wait_for(child);
	char word[WORD + 1];

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
