/*
 * check - what is-anybody-there asks of ring
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/ioctl.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/step.h"

static const char *fifo = "bell";

/* We are the reader, and wait for nobody. */
static int listen_there(void)
{
	int fd;

	HOLDS(mkfifo(fifo, 0600) == 0);
	fd = open(fifo, O_RDONLY | O_NONBLOCK);
	HOLDS(fd != -1);
	return fd;
}

static struct prog ring(int in)
{
	struct how how = { .in = in };

	return start_how(&how, "ring", fifo, NULL);
}

/* It has ended with status 2 and a word about it. */
static void must_find_nobody(struct prog *p)
{
	MUST_EXIT(p, 2);
	MUST(*err_text(), "it ends with status 2, and does not say on stderr "
	     "that nobody reads");
}

CHECK(1, "rings", "whoever reads gets the message")
{
	char word[100], got[200] = "";
	int fd = listen_there();
	struct prog p;
	ssize_t n;

	random_word(word, sizeof word);
	p = ring(input_text(word));
	MUST_EXIT(&p, 0);
	n = read(fd, got, sizeof got);
	MUST_BYTES("what the reader gets", got, n < 0 ? 0 : (size_t)n, word,
		   strlen(word));
}

CHECK(3, "nobody", "if nobody reads, it says so at once: status 2")
{
	struct prog p;

	HOLDS(mkfifo(fifo, 0600) == 0);
	p = ring(input_text("a parcel\n"));
	must_find_nobody(&p);
}

/* A pipe never holds 200000 bytes, as long as nobody makes it larger. */
CHECK_AFTER(3, "waits", "rings", "it waits while the FIFO is full")
{
	static char data[200000], got[sizeof data + 1];
	int fd = listen_there();
	size_t have = 0;
	struct prog p;
	ssize_t n;

	random_bytes(data, sizeof data);
	p = ring(input(data, sizeof data));
	MUST(await_blocked(&p), "the FIFO is full, and it does not wait for "
	     "its reader");
	MUST_NOT_POLL(&p, "while the FIFO is full");
	HOLDS(fcntl(fd, F_SETFL, 0) == 0);
	while ((n = read(fd, got + have, sizeof got - have)) > 0)
		have += (size_t)n;
	MUST_EXIT(&p, 0);
	MUST_BYTES("what the reader gets", got, have, data, sizeof data);
}

CHECK_AFTER(1, "leaves", "rings", "if the reader leaves, it says so: status 2")
{
	static char data[200000];
	int fd = listen_there();
	struct prog p = ring(input(data, sizeof data));

	await_blocked(&p);
	HOLDS(close(fd) == 0);
	must_find_nobody(&p);
}

static int bell = -1;		/* our end of the FIFO */

static struct prog to_be_held(void)
{
	struct how how = { .fault = "any:1:stop" };

	if (bell != -1)
		close(bell);
	HOLDS(unlink(fifo) == 0 || errno == ENOENT);
	bell = listen_there();
	how.in = input_text("a parcel\n");
	return start_how(&how, "ring", fifo, NULL);
}

/* Is the message in the FIFO, all of it? */
static int is_in(void)
{
	int n;

	HOLDS(ioctl(bell, FIONREAD, &n) == 0);
	return n == 9;
}

/* P is held, and its only reader leaves. */
static void finds_nobody(struct prog *p, int before, int now)
{
	int status;

	(void)before;
	HOLDS(close(bell) == 0);
	bell = -1;
	step_end(p);
	MUST(!sleeps_on(p), "its reader left between two of its steps, and now "
	     "it waits for another one, perhaps for ever. Does it look whether "
	     "somebody reads, and open the FIFO again?");
	status = end_of(p);
	MUST(status == 2 || now, "its reader left between two of its steps, "
	     "before the message had gone in, and it ends with status %d, "
	     "not 2", status);
}

CHECK_AFTER(2, "moment", "rings nobody leaves",
	    "so it does, at whatever moment the reader leaves")
{
	step_everywhere(to_be_held, is_in, finds_nobody);
}

CHECK(1, "missing", "if there is no FIFO, status 1, and it makes no file")
{
	struct prog p = ring(input_text("a parcel\n"));

	MUST_EXIT(&p, 1);
	MUST(strstr(err_text(), fifo), "there is no FIFO, and stderr does not "
	     "name the one that is missing");
	MUST(access(fifo, F_OK) == -1, "it has made a file where the FIFO was "
	     "missing (O_CREAT)");
}

/* The FIFO is emptied by being removed: each scene has a new one. */
static struct prog scene(const struct how *base)
{
	static int fd = -1;
	struct how how = *base;

	if (fd != -1)
		HOLDS(close(fd) == 0 && unlink(fifo) == 0);
	fd = listen_there();
	how.in = input_text("a parcel\n");
	return start_how(&how, "ring", fifo, NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "rings", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}
