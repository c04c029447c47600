/*
 * check - what stale-name asks of porter
 *
 * The check is a client; where porter must not take a name that is in use, it
 * is the one who uses it.
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "../../../common/proof/check.h"

static struct sockaddr_un at = { .sun_family = AF_UNIX };

static void new_path(void)
{
	static int times;
	char what[16];

	snprintf(what, sizeof what, "porter%d", times++);
	check_path(at.sun_path, what);
	/* A program that left one there has been told so. */
	HOLDS(unlink(at.sun_path) == 0 || errno == ENOENT);
}

static int new_socket(int type)
{
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	HOLDS(fd != -1);
	return fd;
}

/* A connection to P, or -1 if P ends before it listens. */
static int try_call(const struct prog *p)
{
	int fd = new_socket(SOCK_STREAM);

	while (connect(fd, (struct sockaddr *)&at, sizeof at) == -1) {
		if (has_ended(p)) {
			close(fd);
			return -1;
		}
		sched_yield();
	}
	return fd;
}

/* P answers at the path. WHEN: at which moment that is asked for. */
static void must_answer(const struct prog *p, const char *when)
{
	char got[64], want[64];
	int fd = try_call(p);
	size_t n = 0;
	ssize_t r;

	MUST(fd != -1, "%s, porter ends instead of listening at its path; it "
	     "says: %.200s", when, err_text());
	while (n < sizeof got && (r = recv(fd, got + n, sizeof got - n, 0)) > 0)
		n += (size_t)r;
	close(fd);
	snprintf(want, sizeof want, "porter %d\n", (int)p->pid);
	MUST_BYTES("the answer", got, n, want, strlen(want));
}

static int path_is(mode_t type)
{
	struct stat st;

	return lstat(at.sun_path, &st) == 0 && (st.st_mode & S_IFMT) == type;
}

/* Wait until P has ended; its status stays to be asked for. */
static void await_end(const struct prog *p)
{
	siginfo_t si;

	HOLDS(waitid(P_PID, (id_t)p->pid, &si, WEXITED | WNOWAIT) == 0);
}

static void must_be_gone(const char *when)
{
	MUST(unlink(at.sun_path) == -1, "its path is still there %s", when);
}

/* A porter that was killed: its path stays. */
static void leave_a_stale_name(void)
{
	struct prog p = start("porter", at.sun_path, "9", NULL);

	must_answer(&p, "at a new path");
	end_by(&p, SIGKILL);
	MUST(path_is(S_IFSOCK), "no socket is at its path after SIGKILL");
}

CHECK(1, "serves", "it answers the clients at its path")
{
	struct prog p;

	new_path();
	p = start("porter", at.sun_path, "3", NULL);
	for (int i = 0; i < 3; i++)
		must_answer(&p, "at a new path");
	MUST_EXIT(&p, 0);
}

CHECK_AFTER(3, "stale", "serves",
	    "after one that was killed the next one starts")
{
	struct prog p, q;
	int fds;

	new_path();
	leave_a_stale_name();
	p = start("porter", at.sun_path, "2", NULL);
	must_answer(&p, "where a killed porter left its name");
	MUST(await_blocked(&p), "porter ends after its first client of two");
	fds = open_fds(p.pid);
	must_answer(&p, "where a killed porter left its name");
	MUST_EXIT(&p, 0);

	new_path();
	q = start("porter", at.sun_path, "2", NULL);
	must_answer(&q, "at a new path");
	MUST(await_blocked(&q), "porter ends after its first client of two");
	MUST(fds == open_fds(q.pid), "where a killed porter left its name, the "
	     "next one has %d descriptors open, and %d at a new path: close "
	     "what you asked with", fds, open_fds(q.pid));
	end_by(&q, SIGKILL);
}

CHECK_AFTER(1, "left", "serves", "a client that has left already does no harm")
{
	struct prog p;
	int fd;

	new_path();
	p = start("porter", at.sun_path, "3", NULL);
	must_answer(&p, "at a new path");
	HOLDS(kill(p.pid, SIGSTOP) == 0);
	fd = try_call(&p);
	close(fd);
	HOLDS(kill(p.pid, SIGCONT) == 0);
	must_answer(&p, "after a client that left before it was served");
	MUST_EXIT(&p, 0);
}

/* What may answer to a porter that asks: nobody needs to accept(). */
static int be_the_living(int type)
{
	int fd = new_socket(type);

	HOLDS(bind(fd, (struct sockaddr *)&at, sizeof at) == 0);
	HOLDS(type == SOCK_DGRAM || listen(fd, 100) == 0);
	return fd;
}

CHECK_AFTER(3, "living", "serves",
	    "where a server listens, it fails and leaves that one alone")
{
	struct prog p;
	int door, fd = new_socket(SOCK_STREAM);

	new_path();
	door = be_the_living(SOCK_STREAM);
	p = start("porter", at.sun_path, "0", NULL);
	await_end(&p);
	MUST(path_is(S_IFSOCK), "a server listened at the path, and porter "
	     "has removed its name: nobody finds that server any more");
	MUST_FAIL(&p);
	/* The path must still lead to us. */
	HOLDS(fcntl(door, F_SETFL, O_NONBLOCK) == 0);
	while (accept(door, NULL, NULL) != -1)
		;
	HOLDS(connect(fd, (struct sockaddr *)&at, sizeof at) == 0 ||
	      errno == ECONNREFUSED);
	MUST(accept(door, NULL, NULL) != -1, "a server listened at the path, "
	     "and porter has put its own name there");
	HOLDS(unlink(at.sun_path) == 0);
}

CHECK_AFTER(2, "two", "stale", "of two porters the first one goes on")
{
	struct prog a, b;

	new_path();
	a = start("porter", at.sun_path, "100", NULL);
	must_answer(&a, "at a new path");
	b = start("porter", at.sun_path, "0", NULL);
	MUST_FAIL(&b);
	MUST(!has_ended(&a), "the first porter ended when a second one was "
	     "started");
	must_answer(&a, "after a second porter was started and failed");
	end_by(&a, SIGKILL);
}

CHECK_AFTER(2, "foreign", "serves",
	    "a file, or a datagram socket in use, is not removed")
{
	struct prog p;
	int fd;

	new_path();
	fd = open(at.sun_path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	HOLDS(fd != -1);
	close(fd);
	p = start("porter", at.sun_path, "0", NULL);
	await_end(&p);
	MUST(path_is(S_IFREG), "a plain file was at the path, and porter has "
	     "removed it");
	MUST_FAIL(&p);
	HOLDS(unlink(at.sun_path) == 0);

	be_the_living(SOCK_DGRAM);
	p = start("porter", at.sun_path, "0", NULL);
	await_end(&p);
	fd = new_socket(SOCK_DGRAM);
	MUST(connect(fd, (struct sockaddr *)&at, sizeof at) == 0, "a datagram "
	     "socket is in use at the path, and porter has taken its name");
	MUST_FAIL(&p);
	HOLDS(unlink(at.sun_path) == 0);
}

CHECK_AFTER(2, "end", "serves",
	    "the path is gone at its end, and after SIGTERM and SIGINT")
{
	static const int sig[] = { SIGTERM, SIGINT };
	struct prog p;

	new_path();
	p = start("porter", at.sun_path, "1", NULL);
	must_answer(&p, "at a new path");
	MUST_EXIT(&p, 0);
	must_be_gone("after its end");
	for (size_t i = 0; i < 2; i++) {
		new_path();
		p = start("porter", at.sun_path, "9", NULL);
		must_answer(&p, "at a new path");
		when_it_hangs(i == 0 ? "SIGTERM came, and it goes on" :
			      "SIGINT came, and it goes on");
		end_by(&p, sig[i]);
		when_it_hangs(NULL);
		must_be_gone(i == 0 ? "after SIGTERM" : "after SIGINT");
	}
}

/* Stopped before its call N, if there is such a one, it gets SIG there; else
 * when it waits for a client. Returns 0 if there is none. */
static int told_at(unsigned n, int sig)
{
	char fault[32], where[64] = "nothing";
	struct how how = { .fault = fault, .log = "calls" };
	struct prog p;
	int stops = 0, told = 0;

	new_path();
	snprintf(fault, sizeof fault, "any:%u:stop", n);
	p = start_how(&how, "porter", at.sun_path, "9", NULL);
	for (;;) {
		int stopped = await_stop(&p);

		if (!stopped && has_ended(&p))
			break;
		if (!stopped && !path_is(S_IFSOCK))
			continue;	// it has hardly begun
		MUST(stopped || !told, "signal %d (%s) comes just before its "
		     "%s, and it goes on", sig, strsignal(sig), where);
		if (stopped) {
			stops = 1;
			last_call(where, sizeof where, "calls");
		}
		if (!told)
			HOLDS(kill(p.pid, sig) == 0);
		told = 1;
		if (stopped)
			go_on(&p);
	}
	MUST(unlink(at.sun_path) == -1, "signal %d (%s) comes between "
	     "the bind() that makes the path and the moment from which on "
	     "porter removes it, and the path is still there: meanwhile "
	     "signals have to wait", sig, strsignal(sig));
	last_call(where, sizeof where, "calls");
	return stops;
}

CHECK_AFTER(2, "gap", "end",
	    "SIGTERM or SIGINT between any two of its calls leaves no path")
{
	unsigned n = 1;

	while (told_at(n, SIGTERM) && told_at(n, SIGINT))
		n++;
}

/* With a stale name, so that all of it is done. */
static struct prog scene(const struct how *base)
{
	struct prog p;
	int fd;

	new_path();
	fd = new_socket(SOCK_STREAM);
	HOLDS(bind(fd, (struct sockaddr *)&at, sizeof at) == 0);
	close(fd);
	p = start_how(base, "porter", at.sun_path, "1", NULL);
	try_call(&p);
	return p;
}

MAY_FAIL("unlink connect lstat");

CHECK_AFTER(1, "errors", "stale", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}

CHECK_AFTER(1, "clean", "end stale", "nothing is left behind")
{
	struct prog p;

	new_path();
	leave_a_stale_name();
	p = start("porter", at.sun_path, "1", NULL);
	must_answer(&p, "where a killed porter left its name");
	MUST_EXIT(&p, 0);
	nothing_left();
}
