/*
 * stale - a server was killed, and its path is still there
 *
 *   Two servers, A and B, start at the same time. Each finds the old path.
 *   Both stand in this one process, so their steps have a fixed order.
 *
 * Watch: to ask first and to take over afterwards are two steps. Between them
 * the other server can come.
 *
 * Try: in right_way(), let A unlink() the lock file when it has the lock. What
 * does B do now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "../../../common/experiment.h"

// Global, because remove_files() needs them.
static struct sockaddr_un address = { .sun_family = AF_UNIX };
static char lock_path[OWN_PATH];

static void remove_files(void)
{
	unlink(address.sun_path);
	unlink(lock_path);
}

static int make_socket(void)
{
	// SOCK_NONBLOCK: accept() is to tell us when nobody has come.
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd == -1)
		die("socket");
	return fd;
}

static void close_both(int a, int b)
{
	if (close(a) == -1)
		die("close");
	if (close(b) == -1)
		die("close");
}

/* Leave what a killed server leaves: a path at which nobody listens. close()
 * does not remove the path either. */
static void leave_a_path(void)
{
	int fd = make_socket();

	if (bind(fd, (struct sockaddr *)&address, sizeof address) == -1) {
		if (errno != EADDRINUSE)	// an old path will do, too
			die("bind");
	}
	if (close(fd) == -1)
		die("close");
}

/* Does anybody listen at the path? */
static int is_alive(void)
{
	int fd = make_socket();
	int alive = 1;

	if (connect(fd, (struct sockaddr *)&address, sizeof address) == -1) {
		if (errno != ECONNREFUSED)
			die("connect");
		alive = 0;
	}
	if (close(fd) == -1)
		die("close");
	return alive;
}

/* Remove the old path, and listen at a new one of the same name. */
static int take_over(void)
{
	int fd = make_socket();

	if (unlink(address.sun_path) == -1)
		die("unlink");
	if (bind(fd, (struct sockaddr *)&address, sizeof address) == -1)
		die("bind");
	if (listen(fd, 1) == -1)
		die("listen");
	return fd;
}

/* Print whether a customer has come to the server NAME, which listens at the
 * socket SERVER. */
static void show_customer(const char *way, const char *name, int server)
{
	int fd = accept(server, NULL, NULL);

	if (fd == -1 && errno == EAGAIN) {
		say("%s: nobody comes to %s", way, name);
		return;
	}
	if (fd == -1)
		die("accept");
	say("%s: a customer has come to %s", way, name);
	if (close(fd) == -1)
		die("close");
}

static int come_as_customer(void)
{
	int fd = make_socket();

	if (connect(fd, (struct sockaddr *)&address, sizeof address) == -1)
		die("connect");
	return fd;
}

/* WRONG: ask, and then take over. */
static void wrong_way(void)
{
	int customer;
	int a;
	int b;

	if (is_alive())
		quit("somebody listens at the path");
	say("wrong: A asks: nobody listens");
	if (is_alive())
		quit("somebody listens at the path");
	say("wrong: B asks: nobody listens");

	a = take_over();
	say("wrong: A removes the old path, and listens");
	b = take_over();
	say("wrong: B removes the path of A, and listens");

	customer = come_as_customer();
	show_customer("wrong", "A", a);
	show_customer("wrong", "B", b);
	if (close(customer) == -1)
		die("close");
	close_both(a, b);
}

/* Open the lock file and lock it. Return its descriptor, or -1 if another
 * server has the lock. The kernel drops the lock when its holder ends, also
 * when it is killed. So the lock is never stale. */
static int get_lock(void)
{
	int fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd == -1)
		die("open");
	// LOCK_EX: for one only. LOCK_NB: fail, and do not wait for it.
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	if (errno != EWOULDBLOCK)
		die("flock");
	if (close(fd) == -1)
		die("close");
	return -1;
}

/* RIGHT: take the lock first, and keep it as long as the server lives. */
static void right_way(void)
{
	int customer;
	int lock_of_a;
	int a;

	lock_of_a = get_lock();
	if (lock_of_a == -1)
		quit("somebody has the lock");
	say("right: A has the lock");
	// B is in the same process, and is refused all the same: a lock of
	// flock() belongs to what open() has made, and B calls open() anew.
	if (get_lock() != -1)
		quit("two have the lock");
	say("right: B does not get the lock, and ends: another server works");

	// Whatever stands at the path now, no server listens there.
	a = take_over();
	say("right: A removes the old path, and listens");

	customer = come_as_customer();
	show_customer("right", "A", a);
	close_both(customer, a);
	if (close(lock_of_a) == -1)	// this drops the lock
		die("close");
}

int main(void)
{
	own_path(address.sun_path, "stale");
	own_path(lock_path, "stale.lock");

	hold_signals();
	leave_a_path();
	remove_at_end(remove_files);
	let_signals();

	// wrong_way() leaves its path behind. So right_way() finds an old path,
	// too.
	wrong_way();
	right_way();
	return EXIT_SUCCESS;
}
