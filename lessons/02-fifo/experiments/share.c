/*
 * share - two clients read their answers from one FIFO, or from one each
 *
 *   the server --"Ann: 1", "Bob: 2"--> [ FIFO ] --> Ann and Bob?
 *
 * One process plays all three, step by step. Here Bob is faster than Ann.
 *
 * Watch: each byte goes to one reader only. The kernel does not know for whom a
 * byte is.
 *
 * Try: in main(), let Ann read first in the wrong way. Who gets what now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>

#include "../../../common/experiment.h"

static char ann_path[OWN_PATH];	// where the FIFO is from which Ann reads
static char bob_path[OWN_PATH];

static void remove_fifos(void)
{
	unlink(ann_path);	// fails only if there is no such FIFO
	unlink(bob_path);
}

static void make_one(const char *path)
{
	if (mkfifo(path, 0600) == -1) {
		if (errno == EEXIST)
			quit("another one runs; if it was killed, remove what"
			     " it left: rm %s %s", ann_path, bob_path);
		die("mkfifo");
	}
}

static void make_both(void)
{
	own_path(ann_path, "share.ann");
	own_path(bob_path, "share.bob");

	hold_signals();
	make_one(ann_path);
	// Now one FIFO is ours. It must go, also if the next call fails.
	remove_at_end(remove_fifos);
	make_one(bob_path);
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
	int ann;		// the end from which Ann reads
	int bob;
	int to_ann;		// the end to which the server writes for Ann
	int to_bob;

	make_both();

	// 1. Ann and Bob both read from Ann's FIFO.
	// O_NONBLOCK: if a client would wait, read() fails with EAGAIN.
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
