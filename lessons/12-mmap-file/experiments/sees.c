/*
 * sees - who sees a store, and when?
 *
 *   writer (a child) --store--> [ a page of the file ] <--read()-- parent
 *                                                      <--load---- parent
 *
 * Watch: the writer calls neither write() nor msync(), and it is killed. What
 * is lost?
 *
 * Try: in main(), map with MAP_PRIVATE. The child inherits this mapping. Which
 * lines change?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { LENGTH = 4 };	// bytes of the file: three letters, and a '\0'

/* The file has no name any more when this returns, so it goes when nobody has
 * it open or mapped. */
static int make_file(void)
{
	char path[OWN_PATH];
	int fd;

	own_path(path, "sees");
	hold_signals();		// Ctrl-C before unlink() would leave the file
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd == -1)
		die("open");
	if (unlink(path) == -1)
		die("unlink");
	let_signals();
	if (ftruncate(fd, LENGTH) == -1)
		die("ftruncate");
	return fd;
}

/* Say WHAT, and the word that read() finds in the file. */
static void read_file(const char *what, int fd)
{
	char word[LENGTH];
	// pread() is a read() from a given place, here from byte 0.
	ssize_t n = pread(fd, word, sizeof word, 0);

	if (n == -1)
		die("pread");
	if (n != sizeof word)
		quit("the file is too short");
	say("%s: %s", what, word);
}

/* In the child: store a word, and wait to be killed. STORED is a pipe: a byte
 * that we write to it tells the parent that the word is stored. */
_Noreturn static void write_word(char *mapping, int stored)
{
	memcpy(mapping, "one", LENGTH);
	if (write(stored, "x", 1) == -1)
		die("write");
	for (;;)
		pause();
}

static pid_t start_writer(char *mapping)
{
	pid_t parent = getpid();
	pid_t writer;
	int stored[2];		// a byte in this pipe: the word is stored
	char byte;
	ssize_t n;

	if (pipe(stored) == -1)
		die("pipe");
	writer = fork();
	if (writer == -1)
		die("fork");
	if (writer == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		write_word(mapping, stored[1]);
	}

	if (close(stored[1]) == -1)
		die("close");
	// EINTR: a signal came first, so read again.
	do {
		n = read(stored[0], &byte, 1);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		die("read");
	if (n == 0)
		quit("the writer has ended too early");
	if (close(stored[0]) == -1)
		die("close");
	return writer;
}

static void kill_writer(pid_t writer)
{
	int status;

	if (kill(writer, SIGKILL) == -1)
		die("kill");
	// EINTR: a signal came first, so wait again.
	while (waitpid(writer, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		quit("the writer has ended too early");
}

int main(void)
{
	pid_t writer;
	char *mapping;
	ssize_t n;
	int fd;

	fd = make_file();
	mapping = mmap(NULL, LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (mapping == MAP_FAILED)
		die("mmap");

	writer = start_writer(mapping);
	read_file("a child stored it; read() returns", fd);
	say("a child stored it; I load: %s", mapping);
	kill_writer(writer);
	read_file("SIGKILL, and no msync(); read() returns", fd);

	// The other way round: write to the file, and load. pwrite() is a
	// write() at a given place, here at byte 0.
	n = pwrite(fd, "two", LENGTH, 0);
	if (n == -1)
		die("pwrite");
	if (n != LENGTH)
		quit("the file took only a part of the word");
	say("I wrote with write(); I load: %s", mapping);

	if (msync(mapping, LENGTH, MS_SYNC) == -1)
		die("msync");
	say("msync() has returned: if there is a disk, it has it, too");
	return EXIT_SUCCESS;
}
