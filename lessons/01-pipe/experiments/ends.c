/*
 * ends - end-of-file comes when the last descriptor for writing is closed
 *
 *   our descriptor for writing ------\
 *   a second one, also ours ----------> [ pipe, always empty ] --> the reader,
 *   the one that the reader has -----/                             a child
 *
 * Watch: nobody writes anything here. What the reader sees depends only on
 * whether some process could still write.
 *
 * Try: in part 2 of main(), write KEEPS_WRITE_END. Which line is the last one
 * that you see, and who waits for whom? End it with Ctrl-C.
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum reader_habit { KEEPS_WRITE_END, CLOSES_WRITE_END };

/*
 * In the child: wait for end-of-file. Nobody writes, so no byte ever comes: one
 * read() waits, and returns 0 at end-of-file.
 */
static void wait_for_end_of_file(int fd[2], enum reader_habit habit)
{
	char byte;
	ssize_t n;

	if (habit == CLOSES_WRITE_END) {
		if (close(fd[1]) == -1)
			die("close");
	}
	do {
		n = read(fd[0], &byte, 1);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		die("read");
	if (n != 0)
		quit("a byte has come, but nobody writes");
}

static pid_t start_reader(int fd[2], enum reader_habit habit)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// A reader that keeps a write end would wait for ever, also
		// after its parent was killed. So it has to end with its
		// parent.
		if (!end_with_parent(parent))
			die("end_with_parent");
		wait_for_end_of_file(fd, habit);
		exit(EXIT_SUCCESS);
	}
	return child;
}

static int wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	return status;
}

static void see_it_wait(pid_t reader)
{
	if (!wait_until_asleep(reader))
		quit("the reader has ended, but it should wait");
}

static void see_it_end(pid_t reader)
{
	int status = wait_for(reader);

	if (status != 0)
		quit("the reader has failed");
}

static void make_pipe(int fd[2])
{
	if (pipe(fd) == -1)
		die("pipe");
}

static void close_end(int fd)
{
	if (close(fd) == -1)
		die("close");
}

int main(void)
{
	int fd[2];
	int second;		// one more descriptor of the end to write
	pid_t reader;

	// 1. We close both ends. But the reader has both, too, and keeps them.
	make_pipe(fd);
	reader = start_reader(fd, KEEPS_WRITE_END);
	close_end(fd[0]);
	close_end(fd[1]);
	see_it_wait(reader);
	say("wrong: the reader keeps a write end: it waits for ever");
	if (kill(reader, SIGKILL) == -1)
		die("kill");
	wait_for(reader);	// we know its status: we have killed it

	// 2. The reader closes its write end before it reads.
	make_pipe(fd);
	reader = start_reader(fd, CLOSES_WRITE_END);
	close_end(fd[0]);
	close_end(fd[1]);
	see_it_end(reader);
	say("right: the reader closes it first: end-of-file");

	// 3. Two descriptors lead into the pipe, and only one is closed.
	make_pipe(fd);
	reader = start_reader(fd, CLOSES_WRITE_END);
	close_end(fd[0]);
	second = dup(fd[1]);	// the same end once more, as after a fork()
	if (second == -1)
		die("dup");
	close_end(fd[1]);
	see_it_wait(reader);
	say("one of two write ends is closed: the reader still waits");

	// 4. Now the last one is closed.
	close_end(second);
	see_it_end(reader);
	say("the last one is closed: end-of-file");
	return EXIT_SUCCESS;
}
