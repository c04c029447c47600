/*
 * share - two clients read their answers from one FIFO, or from one each
 *
 *   the server --"Ann: 1", "Bob: 2"--> [ FIFO ] --> Ann and Bob?
 *
 * One process plays all three, step by step. Bob happens to be faster.
 *
 * Watch: a byte goes to one reader only, and the kernel does not know for whom
 * it was meant.
 *
 * Try: in main(), let Ann read first in the wrong way. Who gets what now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>

#include "../../../common/experiment.h"

static char ann_path[OWN_PATH];	// global, because remove_fifos() needs them
static char bob_path[OWN_PATH];

static void remove_fifos(void)
{
	unlink(ann_path);	// each fails only if it is not there
	unlink(bob_path);
}

static void make_fifo(const char *path)
{
	if (mkfifo(path, 0600) == -1) {
		if (errno == EEXIST)
			quit("another one runs; if it was killed, remove what"
			     " it left: rm %s %s", ann_path, bob_path);
		die("mkfifo");
	}
}

static void make_fifos(void)
{
	own_path(ann_path, "share.ann");
	own_path(bob_path, "share.bob");

	hold_signals();
	make_fifo(ann_path);
	remove_at_end(remove_fifos);
	make_fifo(bob_path);
	let_signals();
}

static int open_fifo(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd == -1)
		die("open");
	return fd;
}

static void answer(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) == -1)
		die("write");
}

/* A client reads what is there, and says what it got. */
static void read_answer(int fd, const char *who)
{
	char got[100];
	ssize_t n = read(fd, got, sizeof got - 1);

	if (n == -1 && errno == EAGAIN) {
		say("%s finds nothing, and would wait for ever", who);
		return;
	}
	if (n == -1)
		die("read");
	got[n] = '\0';
	say("%s reads: %s", who, got);
}

int main(void)
{
	int ann;		// where Ann reads
	int bob;
	int to_ann;		// where the server writes
	int to_bob;

	make_fifos();

	// 1. Ann and Bob both read from Ann's FIFO.
	ann = open_fifo(ann_path, O_RDONLY | O_NONBLOCK);
	bob = open_fifo(ann_path, O_RDONLY | O_NONBLOCK);
	to_ann = open_fifo(ann_path, O_WRONLY);
	answer(to_ann, "(for Ann: seat 1)");
	answer(to_ann, "(for Bob: seat 2)");
	read_answer(bob, "wrong: one FIFO: Bob");
	read_answer(ann, "wrong: one FIFO: Ann");

	// 2. Bob has a FIFO of his own.
	if (close(bob) == -1)
		die("close");
	bob = open_fifo(bob_path, O_RDONLY | O_NONBLOCK);
	to_bob = open_fifo(bob_path, O_WRONLY);
	answer(to_ann, "(for Ann: seat 1)");
	answer(to_bob, "(for Bob: seat 2)");
	read_answer(bob, "right: one each: Bob");
	read_answer(ann, "right: one each: Ann");
	return EXIT_SUCCESS;
}
