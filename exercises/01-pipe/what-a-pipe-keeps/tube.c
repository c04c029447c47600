/*
 * tube - what a pipe keeps, and when its end is there
 *
 * Predict what it prints before you run it. answers.txt asks for each line.
 */
#include <sys/wait.h>

#include "../../../common/lesson.h"

/* Write TEXT, without its NUL, into the pipe. */
static void put(int to, const char *text)
{
	ssize_t n = write(to, text, strlen(text));

	if (n != (ssize_t)strlen(text))
		die("write");
}

/* Ask for at most ROOM bytes of the pipe, and say what read() returned. */
static void take(const char *which, int from, size_t room)
{
	char buf[100];
	ssize_t n = read(from, buf, room);

	if (n == -1)
		die("read");
	printf("%s read: %zd\n", which, n);
}

/* The other process: it writes five bytes, and ends. */
_Noreturn static void child(int to)
{
	put(to, "late\n");
	_exit(EXIT_SUCCESS);
}

int main(void)
{
	int fd[2];
	pid_t pid;

	/* What is printed goes out at once: fork() must not copy it. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (pipe(fd) == -1)
		die("pipe");

	/* 1: two writes, of 4 and 6 bytes, and one read. */
	put(fd[1], "one\n");
	put(fd[1], "three\n");
	take("first", fd[0], 100);

	/* 2 and 3: one write, of 6 bytes, and two reads. */
	put(fd[1], "seven\n");
	take("second", fd[0], 4);
	take("third", fd[0], 100);

	/* 4: the pipe is empty, and a child writes into it, later. */
	pid = fork();
	if (pid == -1)
		die("fork");
	if (pid == 0)
		child(fd[1]);
	if (close(fd[1]) == -1)
		die("close");
	take("fourth", fd[0], 100);

	/* 5: and once more. */
	take("fifth", fd[0], 100);
	if (waitpid(pid, NULL, 0) == -1)
		die("waitpid");
	return EXIT_SUCCESS;
}
