/*
 * seller - sells three tickets of the book that ./fair has opened
 *
 * Its partner is ./fair. The diagram is there.
 *
 * Watch: many sellers may work at the same time, and no two tickets have the
 * same number. Nobody tells them whose turn it is: they only lock the record.
 */
#define _GNU_SOURCE			// for F_OFD_SETLK, F_OFD_SETLKW
#include <fcntl.h>

#include "../../common/lesson.h"

struct record {				// the whole book, as in fair.c
	int32_t tickets;		// how many there are, sold or not
	int32_t sold;			// how many are sold: 1, 2, and so on
};

enum { TO_SELL = 3 };			// tickets that one seller sells

static void refuse_old_book(int book);

static void sell_ticket(int book)
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
	// The fair may have ended meanwhile, and have removed this book.
	refuse_old_book(book);

	// READ, and never before the lock: what we read before the lock may be
	// old by now. A new book is empty: then n is 0, and both numbers stay
	// 0.
	n = pread(book, &record, sizeof record, 0);
	if (n == -1)
		die("pread");
	if (n != 0 && n != sizeof record)
		quit("the book is damaged: it has %zd bytes", n);
	if (record.sold < 0 || record.sold > record.tickets)
		quit("the book is damaged: %d of %d tickets are sold",
		     record.sold, record.tickets);
	if (record.sold == record.tickets)	// so also in an empty book
		quit("no ticket is there: all are sold, or the fair has not put"
		     " them in yet");

	// CHANGE.
	record.sold += 1;

	// WRITE, and only then say that the ticket is sold. If we are killed
	// between these two steps, its number is lost. In the other order, the
	// next seller would sell the same number again.
	n = pwrite(book, &record, sizeof record, 0);
	if (n == -1)
		die("pwrite");
	if (n != sizeof record)
		quit("only a part of the record could be written");

	// UNLOCK, but print before that: the call may wake another seller, and
	// the lines are to come in the order of the numbers.
	say("I sell ticket %d", record.sold);
	lock.l_type = F_UNLCK;
	if (fcntl(book, F_OFD_SETLK, &lock) == -1)
		die("fcntl F_OFD_SETLK, unlock");
}

/* When a fair ends, it removes the name of its book. But we may have the book
 * open: then the file is still there for us, without a name (with 0 links). A
 * lock on it does not keep out a seller that has opened the next book. */
static void refuse_old_book(int book)
{
	struct stat about;

	if (fstat(book, &about) == -1)
		die("fstat");
	if (about.st_nlink == 0)
		quit("the fair has closed");
}

int main(void)
{
	char path[OWN_PATH];
	int book;

	own_path(path, "book");
	// O_CLOEXEC: a program that we start must not inherit the book, because
	// the lock stays as long as anybody has it open.
	book = open(path, O_RDWR | O_CLOEXEC);
	if (book == -1 && errno == ENOENT)
		quit("no fair is open: start ./fair first");
	if (book == -1)
		die("open");

	for (int i = 0; i < TO_SELL; i++)
		sell_ticket(book);
	if (close(book) == -1)
		die("close");
	return EXIT_SUCCESS;
}
