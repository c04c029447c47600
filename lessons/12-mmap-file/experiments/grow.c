/*
 * grow - two processes find a file too short, and make it longer
 *
 *   Bob needs room for 1 number in the file, and Ann needs room for 2. Bob
 *   looks at its size first. But Ann is faster, and stores her numbers.
 *
 * Watch: what Bob's call does to Ann's second number.
 *
 * Try: let Bob need 3 numbers: set BOB_NEEDS to 3. Does the wrong way look
 * right now? Whose luck is that?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { BOB_NEEDS = 1, ANN_NEEDS = 2 };	// numbers in the file

/* The file has no name any more when this returns, so it goes when nobody has
 * it open. */
static int make_file(void)
{
	char path[OWN_PATH];
	int fd;

	own_path(path, "grow");
	hold_signals();		// Ctrl-C before unlink() would leave the file
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd == -1)
		die("open");
	if (unlink(path) == -1)
		die("unlink");
	let_signals();
	return fd;
}

static off_t size_of(int fd)
{
	struct stat about;

	if (fstat(fd, &about) == -1)
		die("fstat");
	return about.st_size;
}

/* WRONG if somebody else has made the file longer since the look at its size:
 * ftruncate() sets the size, and that can also mean to cut. */
static void set_size(int fd, off_t size)
{
	if (ftruncate(fd, size) == -1)
		die("ftruncate");
}

/* posix_fallocate() makes a file longer, but never shorter. It returns the
 * error, and does not set errno. The 0: the room begins at the first byte. */
static void make_room(int fd, off_t size)
{
	int error;

	// EINTR: a signal came first, so ask again.
	do {
		error = posix_fallocate(fd, 0, size);
	} while (error == EINTR);
	if (error != 0) {
		errno = error;
		die("posix_fallocate");
	}
}

/* Bob. LOOKED and GO belong to two pipes. When he has looked, he writes a byte
 * to LOOKED. Then he reads from GO. Nobody ever writes there: the call waits,
 * and returns 0 (end-of-file) when no process can write there any more. That is
 * how the parent lets him go on. */
static void play_bob(int fd, void (*way)(int, off_t), int looked, int go)
{
	const off_t need = BOB_NEEDS * (off_t)sizeof(int);
	int is_short = size_of(fd) < need;
	char byte;
	ssize_t n;

	if (write(looked, "x", 1) == -1)
		die("write");
	// EINTR: a signal came first, so read again.
	do {
		n = read(go, &byte, 1);
	} while (n == -1 && errno == EINTR);
	if (n == -1)		// 0 is end-of-file: the parent has closed it
		die("read");
	if (is_short)
		way(fd, need);
}

/* Ann. She looks, makes room, and stores, and nobody comes in between. */
static void play_ann(int fd, void (*way)(int, off_t))
{
	const int numbers[ANN_NEEDS] = { 11, 22 };
	ssize_t n;

	if (size_of(fd) < (off_t)sizeof numbers)
		way(fd, sizeof numbers);
	n = pwrite(fd, numbers, sizeof numbers, 0);
	if (n == -1)
		die("pwrite");
	if (n != sizeof numbers)
		quit("the file took only a part of the numbers");
}

static void see_it_end(pid_t child)
{
	int status;

	// EINTR: a signal came first, so wait again.
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the child has failed");
}

static void play(const char *label, void (*way)(int, off_t))
{
	pid_t parent = getpid();
	int fd = make_file();
	int looked[2];
	int go[2];
	pid_t bob;
	int room;		// how many numbers there is room for
	char byte;
	ssize_t n;

	if (pipe(looked) == -1)
		die("pipe");
	if (pipe(go) == -1)
		die("pipe");
	bob = fork();
	if (bob == -1)
		die("fork");
	if (bob == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		// If Bob kept go[1], he could write to GO himself, and would
		// never read end-of-file.
		if (close(go[1]) == -1)
			die("close");
		play_bob(fd, way, looked[1], go[0]);
		exit(EXIT_SUCCESS);
	}
	if (close(looked[1]) == -1)
		die("close");

	// EINTR: a signal came first, so read again.
	do {
		n = read(looked[0], &byte, 1);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		die("read");
	if (n == 0)
		quit("Bob has ended too early");
	say("%s: Bob has looked: the file is too short", label);

	play_ann(fd, way);
	say("%s: Ann makes room for %d, and stores 11 and 22", label,
	    ANN_NEEDS);

	if (close(go[1]) == -1)		// Bob goes on
		die("close");
	see_it_end(bob);
	room = (int)(size_of(fd) / (off_t)sizeof(int));
	say("%s: Bob makes room for %d. The file has room for %d now", label,
	    BOB_NEEDS, room);

	if (close(looked[0]) == -1)
		die("close");
	if (close(go[0]) == -1)
		die("close");
	if (close(fd) == -1)
		die("close");
}

int main(void)
{
	play("wrong", set_size);
	play("right", make_room);
	return EXIT_SUCCESS;
}
