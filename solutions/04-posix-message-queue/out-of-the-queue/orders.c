/*
 * orders - in which order a queue gives out its messages, and when it does not
 *
 * Predict what it prints before you run it. answers.txt asks for each line.
 */
#include <fcntl.h>
#include <mqueue.h>

#include "../../../common/lesson.h"

/* The queue takes three messages, of at most 16 bytes each. */
enum { PLACES = 3, LONGEST = 16 };

static mqd_t queue;

static mqd_t make_queue(void)
{
	struct mq_attr attr = { .mq_maxmsg = PLACES, .mq_msgsize = LONGEST };
	char name[OWN_NAME];
	mqd_t q;

	/* Nobody else needs its name, so it goes at once. */
	own_name(name, "orders");
	hold_signals();
	q = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600, &attr);
	if (q == (mqd_t)-1)
		die("mq_open");
	if (mq_unlink(name) == -1)
		die("mq_unlink");
	let_signals();
	return q;
}

static void put(const char *text, unsigned priority)
{
	if (mq_send(queue, text, strlen(text), priority) == -1)
		die("mq_send");
}

static void take(const char *which)
{
	char text[LONGEST + 1];
	ssize_t n = mq_receive(queue, text, LONGEST, NULL);

	if (n == -1)
		die("mq_receive");
	text[n] = '\0';
	printf("%s taken: %s\n", which, text);
}

static long how_many(void)
{
	struct mq_attr attr;

	if (mq_getattr(queue, &attr) == -1)
		die("mq_getattr");
	return attr.mq_curmsgs;
}

int main(void)
{
	char small[8];
	long count;
	ssize_t n;

	queue = make_queue();

	/* 1 and 2: three messages, two of them with the same priority. */
	put("tea", 1);
	put("fire", 9);
	put("cake", 1);
	take("first");
	take("second");

	/* 3: "cake" has 4 bytes, and there is room for 8. */
	n = mq_receive(queue, small, sizeof small, NULL);
	printf("small buffer: %s\n", n == -1 ? errno_name(errno) : "a message");

	/* 4: what has become of "cake"? */
	count = how_many();
	printf("still there: %ld\n", count);

	/* 5: on and on. O_NONBLOCK: a call that would wait fails. */
	count = 0;
	while (mq_send(queue, "more", 4, 0) == 0)
		count++;
	if (errno != EAGAIN)
		die("mq_send");
	printf("put until full: %ld\n", count);
	return EXIT_SUCCESS;
}
