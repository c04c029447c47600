/*
 * check - what right-size asks of notices
 *
 * The checker makes the queue, with another mq_msgsize each time.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <sys/resource.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/owner.h"

/* USUAL: fs.mqueue.msgsize_max, where nobody has changed it. MOST: the longest
 * message that we send where we may change it. */
enum { USUAL = 8192, MOST = 3 << 20, PLACES = 4 };

static char name[OWN_NAME], want[MOST + PLACES * (USUAL + 16)];
static size_t want_len;

static mqd_t fresh(long size)
{
	struct mq_attr attr = { .mq_maxmsg = PLACES, .mq_msgsize = size };
	mqd_t q;

	want_len = 0;
	check_name(name, "queue");
	mq_unlink(name);
	q = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	HOLDS(q != (mqd_t)-1);
	return q;
}

static void put(mqd_t q, size_t len)
{
	static char data[MOST];

	random_bytes(data, len);
	data[len / 2] = '\0';
	HOLDS(mq_send(q, data, len, 0) == 0);
	if (len == 0)
		return;
	want_len += (size_t)sprintf(want + want_len, "%zu ", len);
	memcpy(want + want_len, data, len);
	want_len += len;
	want[want_len++] = '\n';
}

static void must_be_written(struct prog *p)
{
	size_t n;
	char *got;

	MUST_EXIT(p, 0);
	got = out_text(p, &n);
	MUST_BYTES("the output of notices", got, n, want, want_len);
}

/* Of a queue for messages up to SIZE bytes, the longest and a short one. */
static void reads(long size)
{
	mqd_t q = fresh(size);
	struct prog p;

	put(q, (size_t)size);
	put(q, 1);
	put(q, 0);
	p = start("notices", name, NULL);
	must_be_written(&p);
	HOLDS(mq_close(q) == 0);
}

CHECK(1, "fits", "up to 256 bytes: it writes each message")
{
	reads(200);
	reads(256);
}

CHECK_AFTER(1, "waits", "fits", "it waits for the next message, and ends at "
	    "an empty one")
{
	mqd_t q = fresh(256);
	struct prog p = start("notices", name, NULL);

	MUST(await_blocked(&p), "it ended at a queue that holds nothing yet");
	MUST_NOT_POLL(&p, "while the queue is empty");
	put(q, 100);
	MUST(await_blocked(&p), "it ended after the first message");
	put(q, 100);
	put(q, 0);
	must_be_written(&p);
}

CHECK_AFTER(3, "short", "fits", "a short message of a queue that allows long "
	    "ones")
{
	mqd_t q = fresh(1000);
	struct prog p;

	put(q, 5);
	put(q, 0);
	p = start("notices", name, NULL);
	must_be_written(&p);
}

CHECK_AFTER(3, "sizes", "fits", "whatever the queue allows, each message comes "
	    "whole")
{
	static const long some[] = { 1, 257, 512, 1025, 4097, USUAL };

	for (size_t i = 0; i < sizeof some / sizeof *some; i++)
		reads(some[i]);
}

/* A queue for one message of SIZE bytes; -1 where that is too much: all queues
 * of a user share RLIMIT_MSGQUEUE bytes, and there may be others. */
static mqd_t queue_for(size_t size)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = (long)size };
	mqd_t q;

	want_len = 0;
	check_name(name, "queue");
	mq_unlink(name);
	q = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	HOLDS(q != (mqd_t)-1 || errno == EMFILE);
	return q;
}

/* The longest that we can have, and a few bytes less. */
static mqd_t long_queue(size_t *size)
{
	const struct rlimit more = { 2 * MOST, 2 * MOST };
	mqd_t q = (mqd_t)-1;

	setrlimit(RLIMIT_MSGQUEUE, &more);	/* if we may */
	for (size_t most = MOST; most > 2 * USUAL; most -= most / 8) {
		*size = most - random_below((uint32_t)most / 16);
		q = queue_for(*size);
		if (q != (mqd_t)-1)
			return q;
	}
	SKIP("`ulimit -q' leaves no room for a queue of long messages; as "
	     "root: prlimit --msgqueue=819200 --pid PID-OF-YOUR-SHELL");
}

/* A queue keeps what it has been made with. So its messages may be longer than
 * any number that the author of a program could think of, and also longer than
 * what the system allows now. */
CHECK_AFTER(3, "any", "sizes waits", "also if the system's limit was higher "
	    "when the queue was made")
{
	size_t size;
	struct prog p;
	mqd_t q;

	become_owner("fs.mqueue.msgsize_max");
	set_limit("fs/mqueue/msgsize_max", MOST);
	q = long_queue(&size);
	set_limit("fs/mqueue/msgsize_max", 1024);
	put(q, size);
	p = start("notices", name, NULL);
	MUST(await_lines(&p, 1) && await_blocked(&p), "a queue allows messages "
	     "of %zu bytes, and one lies there. It ended instead of taking it. "
	     "The system's limit is 1024 bytes by now: mq_open() has asked it "
	     "when the queue was made, and nobody asks it again", size);
	put(q, 0);
	must_be_written(&p);
}

static const char *made(void)
{
	mqd_t q = mq_open(name, O_RDONLY);

	if (q == (mqd_t)-1)
		return NULL;
	HOLDS(mq_close(q) == 0 && mq_unlink(name) == 0);
	return "it made the queue that was missing (O_CREAT): nobody will ever "
	       "put anything into that one";
}

CHECK(1, "none", "without a queue it says so, by ENOENT, and makes none")
{
	struct prog p;

	check_name(name, "none");
	p = start("notices", name, NULL);
	MUST_REFUSE(&p, ENOENT, made);
	nothing_left();
}

static struct prog scene(const struct how *how)
{
	mqd_t q = fresh(256);

	put(q, 10);
	put(q, 0);
	HOLDS(mq_close(q) == 0);
	return start_how(how, "notices", name, NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "fits", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}
