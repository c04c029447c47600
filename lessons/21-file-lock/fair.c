/*
 * fair - puts tickets into a book, from which any number of sellers sell
 *
 *   ./fair --(+10 tickets)--> [ book: a file ] <--(+1 sold)-- ./seller
 *                                              <--(+1 sold)-- ./seller
 *
 * Start it first. Then start its partner ./seller, as often as you like. The
 * fair is open until Ctrl-C or SIGTERM.
 *
 * Watch: everybody locks the record in the book, reads it, changes it, writes
 * it, and unlocks it. So no ticket is sold twice.
 */
#define _GNU_SOURCE			// for F_OFD_SETLK, F_OFD_SETLKW
#include <fcntl.h>

#include "../../common/lesson.h"

struct record {				// the whole book; seller.c has the same
	int32_t tickets;		// how many there are, sold or not
	int32_t sold;			// how many are sold: 1, 2, and so on
};

enum { MOST = 1000000 };		// no book has more tickets
enum { NEW = 10 };			// how many tickets the fair puts in

static void put_tickets_in(int book)
{
	// The bytes of the file that we lock: the record, from byte 0 on.
	struct flock lock = {
		.l_type = F_WRLCK,	// to write: then nobody else has a lock
		.l_whence = SEEK_SET,	// count from the beginning of the file
		.l_start = 0,
		.l_len = sizeof(struct record),
	};
	struct record record = { .tickets = 0, .sold = 0 };
	ssize_t n;

	// LOCK. The call waits while another process has the lock. EINTR: a
	// signal handler has run, and we have got nothing. Ask again.
	while (fcntl(book, F_OFD_SETLKW, &lock) == -1) {
		if (errno != EINTR)
			die("fcntl F_OFD_SETLKW");
	}

	// READ. A new book is empty: then n is 0, and both numbers stay 0.
	n = pread(book, &record, sizeof record, 0);
	if (n == -1)
		die("pread");
	if (n != 0 && n != sizeof record)
		quit("the book is damaged: it has %zd bytes", n);
	if (record.tickets < 0 || record.tickets > MOST - NEW)
		quit("the book is damaged, or full: %d tickets",
		     record.tickets);

	// CHANGE.
	record.tickets += NEW;

	// WRITE. On a full disk it may be a part only.
	n = pwrite(book, &record, sizeof record, 0);
	if (n == -1)
		die("pwrite");
	if (n != sizeof record)
		quit("only a part of the record could be written");

	// UNLOCK, but print before that: the call may wake a seller, and the
	// seller's line must come after ours.
	say("I am open, and put %d tickets into the book", NEW);
	lock.l_type = F_UNLCK;
	if (fcntl(book, F_OFD_SETLK, &lock) == -1)
		die("fcntl F_OFD_SETLK, unlock");
}

static char path[OWN_PATH];	// global, because remove_book() needs it

static void remove_book(void)
{
	unlink(path);			// fails only if it has gone already
}

/* Open the book, or make it. Only one fair can be open: it has a lock of its
 * own, on the byte after the record, until it ends. The file has no such byte,
 * and needs none: a lock is only a range of numbers. */
static int open_book(void)
{
	struct flock only_me = {
		.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = sizeof(struct record),
		.l_len = 1,
	};
	struct stat about;
	int book;

	own_path(path, "book");

	// If Ctrl-C ended us before remove_at_end(), nobody would remove the
	// book. So Ctrl-C has to wait.
	hold_signals();
	// Nearly always once. Do all of this again only if the book was removed
	// between open() and the lock.
	for (;;) {
		// O_CREAT: make the book if there is none.
		// O_CLOEXEC: a program that we start must not inherit the book,
		// because the lock stays as long as anybody has it open.
		book = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (book == -1)
			die("open");

		// F_OFD_SETLK does not wait. A fair that was killed has left
		// its book, but no lock. Then we go on with that book.
		if (fcntl(book, F_OFD_SETLK, &only_me) == -1) {
			// POSIX allows either for "somebody has the lock".
			if (errno == EAGAIN || errno == EACCES)
				quit("another fair is open: let it end first");
			die("fcntl F_OFD_SETLK");
		}

		// Another fair may have ended between our open() and our lock,
		// and have removed the book. A file without a name (0 links)
		// is of no use: no seller can find it. Then make a new one.
		if (fstat(book, &about) == -1)
			die("fstat");
		if (about.st_nlink > 0)
			break;
		if (close(book) == -1)
			die("close");
	}
	// We have the lock, so no other fair removes this book: we have to.
	remove_at_end(remove_book);
	let_signals();
	return book;
}

int main(void)
{
	int book = open_book();

	put_tickets_in(book);
	// The sellers need nothing more from us, only the book. So we sleep
	// until a signal ends us.
	for (;;)
		pause();
}
