/*
 * notices.c - which message made a queue tell of it: mq_notify()
 *
 * The kernel tells once, of a message that comes to an empty queue for which
 * nobody waits. So it takes to know how many messages lie in it. If that is not
 * known, a message has told if no other can have.
 */
#include <stdlib.h>

#include "trace.h"

enum { QUEUES = 4096 };

struct queue {
	int64_t messages;		/* -1: who knows */
	unsigned waiting;		/* who wait for one */
	unsigned handed;		/* ... and have got it by now */
	int is_gone;			/* unlinked: the next one is new */
	struct notice to;		/* whom it tells; pid 0: nobody */
	unsigned perhaps;		/* so many may have told */
};

static struct map queues;

void notice_free(void)
{
	for (size_t i = 0; i < queues.size; i++)
		free(queues.v[i].value);
	free(queues.v);
	queues = (struct map){ 0 };
}

static struct queue *queue_at(uint64_t key)
{
	struct queue *q = map_get(&queues, key);

	if (q)
		return q;
	if (queues.n >= QUEUES)
		notice_free();
	q = get(sizeof *q);
	q->messages = -1;
	map_put(&queues, key, q);
	return q;
}

void notice_opened(uint64_t key, int creates, int is_new)
{
	struct queue *q = queue_at(key);

	if (is_new || (creates && q->is_gone))
		*q = (struct queue){ 0 };
	q->is_gone = 0;
}

void notice_unlinked(uint64_t key)
{
	queue_at(key)->is_gone = 1;
}

void notice_holds(uint64_t key, int64_t messages)
{
	if (messages >= 0 && messages <= INT32_MAX)
		queue_at(key)->messages = messages;
}

void notice_ask(uint64_t key, const struct notice *to)
{
	struct queue *q = queue_at(key);

	q->to = *to;
	q->perhaps = 0;
}

void notice_close(uint64_t key, pid_t pid)
{
	struct queue *q = map_get(&queues, key);

	if (q && q->to.pid == pid)
		q->to.pid = 0;
}

enum told notice_sent(uint64_t key, struct notice *out)
{
	struct queue *q = queue_at(key);
	int64_t before = q->messages;

	if (q->waiting) {		/* it goes to that one at once */
		q->waiting--;
		q->handed++;
		return TOLD_NOBODY;
	}
	if (before >= 0)
		q->messages++;
	*out = q->to;
	if (!q->to.pid || before > 0)
		return TOLD_NOBODY;
	if (before == 0) {
		q->to.pid = 0;
		return TOLD;
	}
	return q->perhaps++ ? TOLD_OR_BEFORE : TOLD;
}

void notice_not_sent(uint64_t key)
{
	struct queue *q = queue_at(key);

	q->messages -= q->messages > 0;
}

void notice_receive(uint64_t key, int waits)
{
	struct queue *q = queue_at(key);

	if (waits && q->messages < 0)
		q->messages = 0;
	if (q->messages > 0) {
		q->messages--;
		q->handed++;		/* this one */
	} else {
		q->waiting++;
	}
}

void notice_received(uint64_t key, int is_done)
{
	struct queue *q = queue_at(key);

	if (q->handed && is_done)
		q->handed--;
	else if (q->waiting)
		q->waiting--;
	if (!is_done && !q->waiting && !q->handed)
		q->messages = 0;
}
