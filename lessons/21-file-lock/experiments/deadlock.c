/*
 * deadlock - two processes lock two records in opposite order
 *
 *   Ann has 1, wants 2        1: the first byte of the file
 *   Bob has 2, wants 1        2: the second byte
 *
 * Ann and Bob are children. The parent forces the order: first Ann has 1, then
 * Bob has 2 and waits for 1, then Ann asks for 2.
 *
 * Watch: F_SETLKW notices that each waits for the other. F_OFD_SETLKW does not.
 *
 * Try: in same_order(), write F_SETLKW instead of F_OFD_SETLKW. Does anything
 * change?
 */
#define _GNU_SOURCE			// for F_OFD_SETLKW
#include <fcntl.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

static char path[OWN_PATH];		// global: remove_file() needs it

static void remove_file(void)
{
	unlink(path);
}

/* Make an empty file. A killed run may have left one: O_TRUNC empties it. */
static void make_file(void)
{
	int file;

	own_path(path, "deadlock");
	hold_signals();
	file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (file == -1)
		die("open");
	remove_at_end(remove_file);
	let_signals();
	if (close(file) == -1)
		die("close");
}

static int open_file(void)
{
	int file = open(path, O_RDWR | O_CLOEXEC);

	if (file == -1)
		die("open");
	return file;
}

/* Lock record NUMBER, which is 1 or 2, and wait if need be. Return 0, or -1
 * with errno. */
static int lock(int file, int cmd, int number)
{
	struct flock one_byte = {
		.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = number - 1,
		.l_len = 1,
	};
	int result;

	do {
		result = fcntl(file, cmd, &one_byte);
	} while (result == -1 && errno == EINTR);
	return result;
}

/* Two pipes, by which the parent forces the order. Each Ann gets new ones. */
static int to_ann[2];			// the parent says: go on
static int from_ann[2];			// Ann says: I go on

static void make_pipes(void)
{
	if (pipe2(to_ann, O_CLOEXEC) == -1)
		die("pipe2");
	if (pipe2(from_ann, O_CLOEXEC) == -1)
		die("pipe2");
}

static void send_byte(int pipe_end)
{
	if (write(pipe_end, "!", 1) != 1)
		die("write");
}

static void close_end(int pipe_end)
{
	if (close(pipe_end) == -1)
		die("close");
}

static void await_byte(int pipe_end)
{
	ssize_t n;
	char byte;

	do {
		n = read(pipe_end, &byte, 1);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		die("read");
	if (n == 0)	// end-of-file: nobody can write any more
		quit("the other side has ended too early");
}

/* Ann locks 1. When the parent lets her go on, she wants 2. WHAT is the
 * beginning of her line. */
static void ann(const char *what, int cmd)
{
	int file = open_file();

	if (lock(file, cmd, 1) == -1)
		die("fcntl, Ann locks 1");
	await_byte(to_ann[0]);
	// Now Ann is awake, and the parent may go on. Without this answer the
	// parent could find her still asleep in read(), and believe that she
	// already waits for 2.
	send_byte(from_ann[1]);
	if (lock(file, cmd, 2) == -1)
		say("%s: Ann wants 2: %s; she ends", what,
		    errno_name(errno));
	else
		say("%s: Ann has 1 and 2", what);
}

static void bob(const char *what, int cmd, int first, int second)
{
	int file = open_file();

	if (lock(file, cmd, first) == -1)
		die("fcntl, Bob's first lock");
	if (lock(file, cmd, second) == -1)
		die("fcntl, Bob's second lock");
	say("%s: Bob has %d and %d", what, first, second);
}

/* Like fork(), this returns in both processes: 0 in the child, and the child's
 * process id in the parent. The child ends with its parent. */
static pid_t start_child(void)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
	}
	return child;
}

static void see_it_end(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("a child has failed");
}

static pid_t start_ann(const char *what, int cmd)
{
	pid_t child;

	make_pipes();
	child = start_child();
	if (child == 0) {
		ann(what, cmd);
		exit(EXIT_SUCCESS);
	}
	// These two ends are Ann's alone. If she is killed, we see end-of-file.
	close_end(to_ann[0]);
	close_end(from_ann[1]);
	if (!wait_until_asleep(child))	// she has 1, and waits for a byte
		quit("Ann has ended too early");
	return child;
}

static pid_t start_bob(const char *what, int cmd, int first, int second)
{
	pid_t child = start_child();

	if (child == 0) {
		bob(what, cmd, first, second);
		exit(EXIT_SUCCESS);
	}
	if (!wait_until_asleep(child))	// he waits for 1
		quit("Bob has ended too early");
	return child;
}

/* Let Ann go on, and wait until she does. */
static void let_ann_go(void)
{
	send_byte(to_ann[1]);
	await_byte(from_ann[0]);
	close_end(to_ann[1]);
	close_end(from_ann[0]);
}

static void opposite_order_is_noticed(void)
{
	pid_t ann_id = start_ann("wrong, F_SETLKW", F_SETLKW);
	pid_t bob_id = start_bob("wrong, F_SETLKW", F_SETLKW, 2, 1);

	let_ann_go();
	see_it_end(ann_id);
	see_it_end(bob_id);
}

static void end_by_force(pid_t child)
{
	int status;

	if (kill(child, SIGKILL) == -1)
		die("kill");
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (!WIFSIGNALED(status))
		quit("a child has ended too early");
}

static void opposite_order_is_not_noticed(void)
{
	const char *what = "wrong, F_OFD_SETLKW";
	pid_t ann_id = start_ann(what, F_OFD_SETLKW);
	pid_t bob_id = start_bob(what, F_OFD_SETLKW, 2, 1);

	let_ann_go();
	if (!wait_until_asleep(ann_id))
		quit("Ann did not wait");
	if (!wait_until_asleep(bob_id))
		quit("Bob did not wait");
	say("wrong, F_OFD_SETLKW: both sleep, for ever; I kill Ann");

	end_by_force(ann_id);		// so 1 is unlocked, and Bob gets it
	see_it_end(bob_id);
}

static void same_order(void)
{
	pid_t ann_id = start_ann("right, 1 then 2", F_OFD_SETLKW);
	pid_t bob_id = start_bob("right, 1 then 2", F_OFD_SETLKW, 1, 2);

	let_ann_go();
	see_it_end(ann_id);
	see_it_end(bob_id);
}

int main(void)
{
	make_file();
	opposite_order_is_noticed();
	opposite_order_is_not_noticed();
	same_order();
	return EXIT_SUCCESS;
}
