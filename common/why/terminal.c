/*
 * terminal.c - terminals, and the other side of a pseudoterminal; see pty(7)
 *
 * Whoever has the right to may open the side with a name, so it is never known
 * who all could end a wait. Nothing is opened here: what /proc does not tell, a
 * copy of the process's own descriptor does.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include "inside.h"

/* Major numbers of devices; see the kernel's devices.txt. */
enum { VIRTUAL = 4, OTHERS = 5, USB_MODEM = 166, USB = 188, SERIAL = 204,
       HYPERVISOR = 229, PTS_FIRST = 136, PTS_LAST = 143 };

enum { TTY = 0, PTMX = 2 };	/* minor numbers of OTHERS */

enum { PER_MAJOR = 256 };	/* pseudoterminals of one major number */

static int get_stat(pid_t pid, int fd, struct stat *st)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)pid, fd);
	return stat(path, st);
}

static int is_pts(dev_t device)
{
	unsigned number = major(device);

	return number >= PTS_FIRST && number <= PTS_LAST;
}

static int is_terminal(dev_t device)
{
	const unsigned majors[] = { VIRTUAL, OTHERS, USB_MODEM, USB, SERIAL,
				    HYPERVISOR };

	for (size_t i = 0; i < LENGTH(majors); i++)
		if (major(device) == majors[i])
			return 1;
	return is_pts(device);
}

static int is_ptmx(dev_t device)
{
	return device == makedev(OTHERS, PTMX);
}

/* The number in "/dev/pts/3" */
static unsigned pts_number(dev_t device)
{
	unsigned before = (major(device) - PTS_FIRST) * PER_MAJOR;

	return before + minor(device);
}

/* The terminal that PID calls /dev/tty (proc(5), stat): 0 if it has none. The
 * minor number is in the bits 31 to 20 and 7 to 0. */
static dev_t own_terminal(pid_t pid)
{
	char line[512];
	const char *end;
	unsigned number = 0;

	if (proc_read(pid, "stat", line, sizeof line) <= 0)
		return 0;
	end = strrchr(line, ')');
	if (!end)
		return 0;
	if (sscanf(end + 1, " %*c %*d %*d %*d %u", &number) != 1)
		return 0;
	return makedev(number >> 8 & 0xfff,
		       (number >> 12 & 0xfff00) | (number & 0xff));
}

/* -------------------------------------------------- asking the terminal */

/* Does a reader get whole lines only? -1: not known. */
static int gives_lines(pid_t pid, int fd)
{
	struct termios t = { .c_lflag = 0 };
	int copy = fd_copy(pid, fd);
	int status;

	if (copy == -1)
		return -1;
	status = tcgetattr(copy, &t);
	close(copy);
	if (status == -1)
		return -1;
	return (t.c_lflag & ICANON) != 0;
}

/* ---------------------------------------------------------- the two sides */

/* Terminals of containers have the same numbers. Is the one that H calls
 * /dev/pts/NUMBER the one of file system PTS? */
static int is_in(const struct holder *h, unsigned number, dev_t pts)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof path, "/proc/%d/root/dev/pts/%u", (int)h->pid,
		 number);
	if (stat(path, &st) == -1)
		return 0;
	return st.st_dev == pts;
}

struct side {
	unsigned number;	/* of /dev/pts */
	dev_t pts;		/* the file system that it is in */
	size_t found;
	int unread;		/* bytes that the first holder of the other
				   side has not read, or -1 */
};

/* Is H, which is open on a device, the master of S? */
static int is_master(const struct holder *h, const struct side *s)
{
	unsigned long long number;

	if (!fd_info(h->pid, h->fd, "tty-index:", 10, &number))
		return 0;	/* before Linux 4.14 */
	if (number != s->number)
		return 0;
	return is_in(h, s->number, s->pts);
}

static int is_pts_of(dev_t device, unsigned number)
{
	if (!is_pts(device))
		return 0;
	return pts_number(device) == number;
}

static int is_slave(const struct holder *h, const struct side *s)
{
	struct stat st;
	dev_t own;

	if (get_stat(h->pid, h->fd, &st) == -1)
		return 0;
	if (st.st_rdev != makedev(OTHERS, TTY))
		return is_pts_of(st.st_rdev, s->number) &&
		       st.st_dev == s->pts;
	own = own_terminal(h->pid);
	if (!is_pts_of(own, s->number))
		return 0;
	return is_in(h, s->number, s->pts);
}

/* Those who have LINK open, and are on the side that IS asks for. */
static void add_side(struct wait *w, struct side *s, const char *link,
		     int (*is)(const struct holder *, const struct side *),
		     const char *deed)
{
	size_t n;
	const struct holder *h = seen_holders(w->seen, link, &n);

	for (size_t i = 0; i < n; i++) {
		if (!is(&h[i], s))
			continue;
		s->found++;
		if (s->found == 1)
			s->unread = fd_unread(h[i].pid, h[i].fd);
		holder_tell(w, &h[i], s->found, "; its other side is open in ",
			    " and in ", deed);
	}
}

static void end_side(struct wait *w, const struct side *s)
{
	holders_more(w, s->found);
	if (s->found == 0)
		words_add(&w->words, "; nobody who can be seen has its other "
			  "side open");
}

static const char *deed_of(enum way way)
{
	if (way == READS)
		return "write to the terminal or close it";
	return "read from the terminal or close it";
}

static void say_read(struct wait *w, int fd)
{
	int lines = gives_lines(w->task.tid, fd);

	if (lines == 1)
		words_add(&w->words, ": it waits for a whole line");
	else if (lines == 0)
		words_add(&w->words, ": it waits for a key");
}

/* A writer waits while the output is stopped, or is not read on the other side:
 * then bytes are left there. */
static void say_write(struct wait *w, int left)
{
	if (left > 0)
		words_add(&w->words, ", which has not read %d bytes", left);
	else if (left == 0)
		words_add(&w->words, "; the output is stopped by Ctrl-S, "
			  "until Ctrl-Q, or by tcflow()");
	else
		words_add(&w->words, "; that does not read, or the output is "
			  "stopped (Ctrl-S)");
}

/* The side of the programs, /dev/pts/N. */
static void slave_tell(struct wait *w, int fd, const struct stat *st,
		       unsigned number, enum way way)
{
	struct side other = { number, st->st_dev, 0, -1 };
	const char *deed = deed_of(way);

	if (way == READS)
		say_read(w, fd);
	add_side(w, &other, "/dev/ptmx", is_master, deed);
	add_side(w, &other, "/dev/pts/ptmx", is_master, deed);
	end_side(w, &other);
	if (way == WRITES)
		say_write(w, other.unread);
}

/* The side of the screen and the keyboard, /dev/ptmx. */
static void master_tell(struct wait *w, int fd, enum way way)
{
	struct side other = { 0, 0, 0, -1 };
	const char *deed = deed_of(way);
	unsigned long long number;
	char path[96];
	char link[32];
	struct stat st;

	if (!fd_info(w->task.tid, fd, "tty-index:", 10, &number))
		return;
	other.number = (unsigned)number;
	snprintf(link, sizeof link, "/dev/pts/%u", other.number);
	words_add(&w->words, ", the master of %s", link);
	snprintf(path, sizeof path, "/proc/%d/root%s", (int)w->task.tid, link);
	if (stat(path, &st) == -1)
		return;
	other.pts = st.st_dev;
	add_side(w, &other, link, is_slave, deed);
	add_side(w, &other, "/dev/tty", is_slave, deed);
	end_side(w, &other);
	if (way == WRITES && other.unread > 0)
		words_add(&w->words, ", which has not read %d bytes",
			  other.unread);
}

/* /dev/tty is the terminal that the process has anyway. */
static void own_tell(struct wait *w, int fd, enum way way)
{
	dev_t device = own_terminal(w->task.pid);
	unsigned number;
	struct stat st;
	char path[64];

	if (!is_pts(device))
		return;
	number = pts_number(device);
	words_add(&w->words, ", which is /dev/pts/%u", number);
	snprintf(path, sizeof path, "/proc/%d/root/dev/pts/%u",
		 (int)w->task.tid, number);
	if (stat(path, &st) == 0)
		slave_tell(w, fd, &st, number, way);
}

void terminal_fd(struct wait *w, int fd, const char *link, enum way way)
{
	struct stat st;
	unsigned number;

	if (get_stat(w->task.tid, fd, &st) == -1)
		st.st_rdev = 0;
	words_add(&w->words, "fd %d, %s", fd, link);
	if (!is_terminal(st.st_rdev)) {
		wait_object(w, "device", fd, link);
		return;
	}
	wait_object(w, "terminal", fd, link);
	if (is_ptmx(st.st_rdev)) {
		master_tell(w, fd, way);
	} else if (st.st_rdev == makedev(OTHERS, TTY)) {
		own_tell(w, fd, way);
	} else if (is_pts(st.st_rdev)) {
		number = pts_number(st.st_rdev);
		slave_tell(w, fd, &st, number, way);
	} else if (way == READS) {
		say_read(w, fd);
	}
}
