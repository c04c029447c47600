/*
 * check - what too-long asks of drain
 */
#define _GNU_SOURCE
#include <sys/msg.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/check.h"
#include "../../../common/proof/owner.h"

enum { MOST = 16384 };		/* bytes that we put into the queue in all */

static char key[16], want[MOST + 1024];
static size_t want_len;

static int fresh(void)
{
	int id;

	want_len = 0;
	snprintf(key, sizeof key, "0x%x", (unsigned)check_key(0));
	msgctl(msgget(check_key(0), 0), IPC_RMID, NULL);
	id = msgget(check_key(0), IPC_CREAT | IPC_EXCL | 0600);
	HOLDS(id != -1);
	return id;
}

static struct msqid_ds state(int id)
{
	struct msqid_ds q;

	HOLDS(msgctl(id, IPC_STAT, &q) == 0);
	return q;
}

/* Put LEN random bytes, and note how they shall come out: any byte may be among
 * them, NUL and newline too. Each type is lower than the one before: to go by
 * types gives another order. */
static void put(int id, size_t len)
{
	struct { long type; char data[MOST]; } m;

	m.type = 1000 - (long)state(id).msg_qnum;
	random_bytes(m.data, len);
	m.data[len / 2] = '\0';
	HOLDS(msgsnd(id, &m, len, IPC_NOWAIT) == 0);
	if (len == 0)
		return;
	want_len += (size_t)sprintf(want + want_len, "%zu ", len);
	memcpy(want + want_len, m.data, len);
	want_len += len;
	want[want_len++] = '\n';
}

/* The longest message that this system lets us send. */
static size_t longest(int id)
{
	size_t most = state(id).msg_qbytes / 2, max = 0;
	FILE *f = fopen("/proc/sys/kernel/msgmax", "re");

	HOLDS(f && fscanf(f, "%zu", &max) == 1);
	fclose(f);
	return max < most ? max : most < MOST / 2 ? most : MOST / 2;
}

static void drains(int id)
{
	struct prog p;
	size_t n;
	char *got;

	put(id, 0);
	p = start("drain", key, NULL);
	MUST_EXIT(&p, 0);
	got = out_text(&p, &n);
	MUST_BYTES("the output of drain", got, n, want, want_len);
	MUST(state(id).msg_qnum == 0, "its output is right, and it left %lu "
	     "messages in the queue", state(id).msg_qnum);
}

CHECK(1, "short", "it writes what is short, byte for byte")
{
	int id = fresh();

	put(id, 1);
	put(id, 40);
	put(id, 64);
	drains(id);
}

CHECK_AFTER(4, "long", "short", "a long message comes whole, up to the "
	    "longest there can be")
{
	static const size_t some[] = { 65, 100, 1000, 4096 };
	int id;

	for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
		id = fresh();
		put(id, some[i]);
		drains(id);
	}
	id = fresh();
	put(id, longest(id));
	drains(id);
}

CHECK_AFTER(2, "order", "long", "long and short ones keep their order, and "
	    "none is missing")
{
	int id = fresh();

	put(id, 10);
	put(id, longest(id));
	for (int i = 0; i < 6; i++) {		/* short, long, short, ... */
		put(id, 1 + random_below(60));
		put(id, 65 + random_below(400));
	}
	drains(id);
}

CHECK(1, "gone", "it says so when the queue is removed while it waits")
{
	int id = fresh();
	struct prog p = start("drain", key, NULL);

	MUST_SLEEP(&p, "it ended at a queue that holds nothing yet");
	HOLDS(msgctl(id, IPC_RMID, NULL) == 0);
	MUST_FAIL(&p);
}

CHECK(1, "none", "without a queue it says so, by ENOENT, and makes none")
{
	struct prog p;

	snprintf(key, sizeof key, "0x%x", (unsigned)check_key(1));
	p = start("drain", key, NULL);
	MUST_FAIL_WITH(&p, ENOENT);
	nothing_left();
}

enum { RAISED = 3 << 20 };

/* The owner raises the limits while drain waits: no number that it could have
 * read before, and none that its author could think of, is enough. */
CHECK_AFTER(3, "raised", "order gone", "a long message comes whole, also when "
	    "the limit was raised meanwhile")
{
	static struct { long type; char data[RAISED]; } m = { .type = 1 };
	static char all[RAISED + 32];
	const size_t size = RAISED - random_below(1 << 20);
	struct msqid_ds q;
	struct prog p;
	size_t n, from;
	char *got;
	int id;

	become_owner("kernel.msgmax");
	id = fresh();
	put(id, 5);
	p = start("drain", key, NULL);
	MUST(await_lines(&p, 1) && await_blocked(&p), "it ended after the "
	     "first message");
	set_limit("kernel/msgmax", RAISED);
	set_limit("kernel/msgmnb", RAISED);
	q = state(id);
	q.msg_qbytes = RAISED;
	HOLDS(msgctl(id, IPC_SET, &q) == 0);
	random_bytes(m.data, size);
	HOLDS(msgsnd(id, &m, size, 0) == 0);
	from = (size_t)sprintf(all, "%zu ", size);
	memcpy(all + from, m.data, size);
	all[from + size] = '\n';
	MUST(!await_blocked(&p) || state(id).msg_qnum == 0, "a message of %zu "
	     "bytes lies in the queue, and it does not take it", size);
	if (!has_ended(&p)) {
		MUST(out_lines(&p) > 0, "it has printed nothing");
		HOLDS(msgsnd(id, &m, 0, 0) == 0);
	}
	n = (size_t)end_of(&p);
	MUST(n == 0, "kernel.msgmax was raised while it waited, a message of "
	     "%zu bytes came, and it ended with status %zu: to be right for "
	     "any limit, its room must grow when msgrcv() says E2BIG", size, n);
	got = out_text(&p, &n);
	MUST(n >= want_len, "the first message is missing");
	MUST_BYTES("the long message in the output of drain", got + want_len,
		   n - want_len, all, from + size + 1);
}

static struct prog scene(const struct how *how)
{
	int id = fresh();

	put(id, 10);
	put(id, 100);
	put(id, 0);
	return start_how(how, "drain", key, NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "long", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}
