/*
 * check - what right-size asks of notices
 *
 * The checker makes the queue, with another mq_msgsize each time.
 */
#include <fcntl.h>
#include <mqueue.h>

#include "../../../common/proof/check.h"

/* MOST: fs.mqueue.msgsize_max, where nobody has changed it. */
enum { MOST = 8192, PLACES = 4 };

static char name[OWN_NAME], want[PLACES * (MOST + 16)];
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
	static const long some[] = { 1, 257, 512, 1025, 4097, MOST };

	for (size_t i = 0; i < sizeof some / sizeof *some; i++)
		reads(some[i]);
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
