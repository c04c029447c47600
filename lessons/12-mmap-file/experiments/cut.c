/*
 * cut - somebody writes a file anew while others have it mapped
 *
 *   A reader has the file mapped. The parent puts a new text into it: in place,
 *   as `> file` does in a shell, and by way of a second file.
 *
 * Watch: what becomes of the reader.
 *
 * Try: in open_empty(), leave out O_TRUNC. What does the reader load in the
 * wrong way? What if it loads between the two writes of a longer text?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { LENGTH = 4 };	// bytes of a text: three letters, and a '\0'

static char path[OWN_PATH];		// the file
static char new_path[OWN_PATH];		// the second file, for the right way

static void remove_both(void)
{
	unlink(path);
	unlink(new_path);		// fails if rename() has taken this name
}

/* Open the file WHERE, empty. A file that a killed run has left is cut to
 * nothing. */
static int open_empty(const char *where)
{
	int fd = open(where, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd == -1)
		die("open");
	return fd;
}

static void write_and_close(int fd, const char *text)
{
	ssize_t n = write(fd, text, LENGTH);

	if (n == -1)
		die("write");
	if (n != LENGTH)
		quit("the file took only a part of the text");
	if (close(fd) == -1)
		die("close");
}

/* Map the file that has the name PATH now. */
static const char *map_file(void)
{
	const char *text;
	int fd = open(path, O_RDONLY);

	if (fd == -1)
		die("open");
	text = mmap(NULL, LENGTH, PROT_READ, MAP_SHARED, fd, 0);
	if (text == MAP_FAILED)
		die("mmap");
	if (close(fd) == -1)
		die("close");
	return text;
}

/* In a child, since it may be killed: load from TEXT, which the parent has
 * mapped before the change. Print WHAT, and then the text or the signal. */
static void let_a_reader_load(const char *what, const char *text)
{
	pid_t parent = getpid();
	pid_t reader = fork();
	int status;

	if (reader == -1)
		die("fork");
	if (reader == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		// If it is killed, it leaves no core file.
		if (prctl(PR_SET_DUMPABLE, 0) == -1)
			die("prctl");
		// %s loads the letters from TEXT: this may be SIGBUS.
		say("%s: the reader loads: %s", what, text);
		exit(EXIT_SUCCESS);
	}
	// EINTR: a signal came first, so wait again.
	while (waitpid(reader, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS)
		say("%s: the reader loads: SIGBUS", what);
	else if (status != 0)
		quit("the reader has failed");
}

/* In place. Between the cut and the write the file is empty. */
static void wrong_way(const char *mapped)
{
	int fd = open_empty(path);

	let_a_reader_load("wrong: the file was cut", mapped);
	write_and_close(fd, "new");
}

/* The new text goes into a second file. Then the second file gets the name of
 * the first one, in one step. A process that has mapped the first file keeps
 * it. */
static void right_way(const char *mapped)
{
	int fd = open_empty(new_path);

	let_a_reader_load("right: a second file was begun", mapped);
	write_and_close(fd, "new");
	if (rename(new_path, path) == -1)
		die("rename");
	let_a_reader_load("right: the second file has the name", mapped);
}

static void write_old_text(void)
{
	int fd = open_empty(path);

	write_and_close(fd, "old");
}

int main(void)
{
	const char *mapped;

	own_path(path, "cut");
	own_path(new_path, "cut-new");
	remove_at_end(remove_both);

	write_old_text();
	mapped = map_file();
	wrong_way(mapped);

	write_old_text();
	mapped = map_file();
	right_way(mapped);
	mapped = map_file();
	let_a_reader_load("right: mapped again", mapped);
	return EXIT_SUCCESS;
}
