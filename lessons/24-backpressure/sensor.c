/*
 * sensor - measures faster than anybody records, and meets every limit
 *
 *   sensor --write(), mq_send()--> [ room for a few ] --> recorder, in no hurry
 * Started by ./recorder. Watch: what becomes of readings that find no room.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include "../../common/lesson.h"

enum { READING = 64, MANY = 2000, FEW = 10, OUT = STDIN_FILENO };

// 1: it went in. 0: it is full. Without O_NONBLOCK this waits for room.
static int fits(const char reading[READING])
{
	struct mq_attr attr;	// only a queue has them
	int rc = mq_getattr(OUT, &attr) == 0 ?
		 mq_send(OUT, reading, READING, 0) :
		 (int)write(OUT, reading, READING);

	if (rc == -1 && errno != EAGAIN)
		die("mq_send or write");
	return rc != -1;
}

static void send_many(const char *way)
{
	char reading[READING] = "";
	int n = 0;

	while (n < MANY && fits(reading))
		n++;
	say("%s: room for %d, then %s", way, n,
	    n < MANY ? errno_name(errno) : "no error");
	fcntl(OUT, F_SETFL, 0);		// now a full one makes us sleep
	while (n < MANY)
		n += fits(reading);
}

// Not to wait: the first two ways forget something; the other two keep it,
// in a place that has a limit as well.
static void send_few(const char *how, FILE *file)
{
	char next[READING] = "", held[READING] = "", gone[READING];

	for (int n = 1; n <= FEW; n++) {
		snprintf(next, READING, "%c%d", *held ? '+' : ' ', n);
		if (strcmp(how, "drop newest") == 0)
			fits(next);
		else if (strcmp(how, "drop oldest") == 0)
			while (!fits(next))	// take one out ourselves
				mq_receive(OUT, gone, READING, NULL);
		else if (strcmp(how, "batch") == 0)
			*held = fits(strcat(held, next)) ? '\0' : *held;
		else if (ftell(file) > 0 || !fits(next))
			fwrite(next, READING, 1, file);	// from now on all
	}
	fcntl(OUT, F_SETFL, 0);		// the hurry is over: sleep
	for (rewind(file); fread(next, READING, 1, file) == 1; )
		fits(next);
	if (*held)
		fits(held);
}

int main(int argc, char **argv)
{
	FILE *file = tmpfile();		// no name, so nothing is left

	if (argc < 2 || !file || fcntl(OUT, F_SETFL, O_NONBLOCK) == -1)
		quit("start ./recorder: it starts me");
	argc == 2 ? send_many(argv[1]) : send_few(argv[1], file);
}
