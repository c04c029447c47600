/*
 * seat - who has a lock after fork(), dup() and close()?
 *
 * Predict what it prints before you run it. answers.txt asks for each line.
 */
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "../../../common/lesson.h"

static char path[OWN_PATH];

static void remove_path(void)
{
	unlink(path);
}

static int open_file(void)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	if (fd == -1)
		die("open");
	return fd;
}

static void close_file(int fd)
{
	if (close(fd) == -1)
		die("close");
}

/* May somebody else take the lock now? Another process opens the file anew,
 * tries, and ends: 0 if it got the lock. */
static void ask(const char *which, int by_fcntl)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int status, fd, got;
	pid_t pid = fork();

	if (pid == -1)
		die("fork");
	if (pid == 0) {
		fd = open_file();
		if (by_fcntl)
			got = fcntl(fd, F_SETLK, &all);
		else
			got = flock(fd, LOCK_EX | LOCK_NB);
		_exit(got == -1);
	}
	if (waitpid(pid, &status, 0) == -1)
		die("waitpid");
	printf("%s look: %s\n", which, status == 0 ? "free" : "taken");
}

int main(void)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int seat, other, status;
	pid_t pid;

	/* What is printed goes out at once: fork() must not copy it. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	own_path(path, "seat");
	remove_at_end(remove_path);

	/* 1: flock(), and the descriptor is duplicated; the first is closed. */
	seat = open_file();
	if (flock(seat, LOCK_EX) == -1)
		die("flock");
	other = dup(seat);
	if (other == -1)
		die("dup");
	close_file(seat);
	ask("first", 0);

	/* 2: now the duplicate is closed as well. */
	close_file(other);
	ask("second", 0);

	/* 3: flock() again. A child unlocks by the descriptor that it has
	 * inherited, and ends. */
	seat = open_file();
	if (flock(seat, LOCK_EX) == -1)
		die("flock");
	pid = fork();
	if (pid == -1)
		die("fork");
	if (pid == 0) {
		if (flock(seat, LOCK_UN) == -1)
			die("flock");
		_exit(EXIT_SUCCESS);
	}
	if (waitpid(pid, &status, 0) == -1 || status != 0)
		die("waitpid");
	ask("third", 0);
	close_file(seat);

	/* 4: the other kind, fcntl(F_SETLK). The file is opened once more, and
	 * that other descriptor is closed. */
	seat = open_file();
	if (fcntl(seat, F_SETLK, &all) == -1)
		die("fcntl");
	other = open_file();
	close_file(other);
	ask("fourth", 1);

	/* 5: fcntl(F_SETLK) again. A child closes the descriptor that it has
	 * inherited, and ends. */
	if (fcntl(seat, F_SETLK, &all) == -1)
		die("fcntl");
	pid = fork();
	if (pid == -1)
		die("fork");
	if (pid == 0) {
		close_file(seat);
		_exit(EXIT_SUCCESS);
	}
	if (waitpid(pid, &status, 0) == -1 || status != 0)
		die("waitpid");
	ask("fifth", 1);
	return EXIT_SUCCESS;
}
