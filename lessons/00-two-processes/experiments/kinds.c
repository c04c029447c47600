/*
 * kinds - two words, "abc" and "def", by one facility of each kind
 *
 *          --write()--> [ pipe: a stream of bytes  ] --read()-->
 *          --send()---> [ datagram socket: messages ] --recv()-->
 *   we     --store----> [ memory: both see it      ] --load---->  a child
 *          --unlock---> [ file lock: no data       ] --lock---->
 *          --kill()---> [ signal: a number         ] --sigtimedwait()-->
 *
 * The map of the course, lessons/README.md, tells the four kinds apart: data
 * transfer (bytes or messages), shared memory, synchronization, signals.
 *
 * Watch: we say the same two words each time. What arrives depends on the kind.
 *
 * Try: send SIGRTMIN instead of SIGUSR1, in all places. How many come now?
 */
#define _GNU_SOURCE			// for memfd_create()
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { ROOM = 16 };		// bytes: more than both words need
enum { TWO_WORDS = 6 };		// bytes

static int bytes[2];		// the pipe: [0] to read, [1] to write
static int messages[2];		// the two ends of the socket
static int memory_fd;		// a file in memory; we also lock this file
static char *memory;		// the bytes of that file
static sigset_t usr1;		// a set of signals: only SIGUSR1 is in it

static void make_one_of_each(void)
{
	if (pipe(bytes) == -1)
		die("pipe");
	// The 0 in this call, and later in memfd_create(), send() and recv(),
	// means: nothing special.
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, messages) == -1)
		die("socketpair");
	memory_fd = memfd_create("words", 0);
	if (memory_fd == -1)
		die("memfd_create");
	// The file is empty. Give it 6 bytes.
	if (ftruncate(memory_fd, TWO_WORDS) == -1)
		die("ftruncate");
	// NULL: the kernel chooses the address. 0: from the first byte on.
	memory = mmap(NULL, TWO_WORDS, PROT_READ | PROT_WRITE, MAP_SHARED,
		      memory_fd, 0);
	if (memory == MAP_FAILED)
		die("mmap");

	// A signal that is blocked does not kill us: it waits until we ask for
	// it. In the child SIGUSR1 will be blocked, too.
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &usr1, NULL) == -1)
		die("sigprocmask");
}

/* With F_WRLCK, lock the file: wait until no other process has locked it. With
 * F_UNLCK, unlock it. */
static void set_lock(short type)
{
	// The members that are not named are 0. Here this means: the whole
	// file, from byte 0 to the end. SEEK_SET: count from the beginning.
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET };

	while (fcntl(memory_fd, F_SETLKW, &lock) == -1) {
		if (errno != EINTR)
			die("fcntl F_SETLKW");
	}
}

/* Say both words by each facility. A signal has no text, so we send two. */
static void say_all(pid_t child)
{
	if (write(bytes[1], "abc", 3) != 3)
		die("write");
	if (write(bytes[1], "def", 3) != 3)
		die("write");
	if (send(messages[0], "abc", 3, 0) == -1)
		die("send");
	if (send(messages[0], "def", 3, 0) == -1)
		die("send");
	memcpy(memory, "abcdef", TWO_WORDS);	// this is no system call
	if (kill(child, SIGUSR1) == -1)
		die("kill");
	if (kill(child, SIGUSR1) == -1)
		die("kill");
}

static void take_bytes(void)
{
	char buf[ROOM];
	ssize_t n = read(bytes[0], buf, sizeof buf);

	if (n == -1)
		die("read");
	say("byte stream: one read() gave %zd bytes", n);
}

static void take_messages(void)
{
	char buf[ROOM];
	ssize_t first;
	ssize_t second;

	first = recv(messages[1], buf, sizeof buf, 0);
	if (first == -1)
		die("recv");
	second = recv(messages[1], buf, sizeof buf, 0);
	if (second == -1)
		die("recv");
	say("message: one recv() gave %zd bytes, the next one %zd", first,
	    second);
}

/* %.6s prints 6 bytes. No '\0' follows them. */
static void look_at_memory(void)
{
	say("shared memory: %.6s, and once more %.6s", memory, memory);
}

static void count_signals(void)
{
	struct timespec no_wait = { .tv_sec = 0 };
	int count = 0;

	// NULL: we do not ask who has sent the signal.
	while (sigtimedwait(&usr1, NULL, &no_wait) == SIGUSR1)
		count++;
	if (errno != EAGAIN)	// EAGAIN: none is left, as we expect
		die("sigtimedwait");
	say("signal: of 2 that were sent, %d came", count);
}

/* In the child: wait until the file is unlocked, and take all that has come. */
static void take_all(void)
{
	// A lock belongs to one process: a child does not inherit it. So this
	// call waits until our parent has unlocked the file.
	set_lock(F_WRLCK);
	say("synchronization: unlocked, so I go on; no data came with it");
	take_bytes();
	take_messages();
	look_at_memory();
	count_signals();
}

static pid_t start_child(void)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, the child ends as well. Without
		// this, the child could wait for ever: nobody else sends.
		if (!end_with_parent(parent))
			die("end_with_parent");
		take_all();
		exit(EXIT_SUCCESS);
	}
	return child;
}

int main(void)
{
	pid_t child;
	int status;

	make_one_of_each();
	// Lock the file before there is a child: so the child has to wait.
	set_lock(F_WRLCK);
	child = start_child();
	say_all(child);
	if (!wait_until_asleep(child))
		quit("the child has ended, but it should wait");
	say("all is said; the child sleeps until I unlock");
	set_lock(F_UNLCK);

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the child has failed");
	return EXIT_SUCCESS;
}
