/*
 * recorder - reads nothing before the kernel shows the sensor asleep, or ended
 *
 *   sensor --write(), mq_send()--> [ room for a few ] --> recorder, in no hurry
 * Starts ./sensor for each way. Watch: which of them make it sleep?
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include "../../common/experiment.h"

enum { PIPE, BOX, UDP, MQ, WAYS = 8, READING = 64 };
static const char *const way[WAYS] = { "pipe", "AF_UNIX", "UDP", "queue",
	"drop newest", "drop oldest", "batch", "spill" };
static char name[OWN_NAME];
static int end[2];	// what goes in at end[1] comes out at end[0]
static void remove_queue(void) { mq_unlink(name); }

// From MQ on it is the queue; what differs is how the sensor uses it.
static int open_way(int w)
{
	// Its port stays 0: the kernel chooses one.
	struct sockaddr_in me = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct mq_attr four = { .mq_maxmsg = 4, .mq_msgsize = READING };
	socklen_t size = sizeof me;

	switch (w) {
	case PIPE: return pipe(end);	// no room: these two wait
	case BOX: return socketpair(AF_UNIX, SOCK_DGRAM, 0, end);
	case UDP:	// this one drops: a socket that sends to itself
		end[1] = dup(end[0] = socket(AF_INET, SOCK_DGRAM, 0));
		return bind(end[0], (void *)&me, size) ||
		       getsockname(end[0], (void *)&me, &size) ||
		       connect(end[0], (void *)&me, size) ? -1 : 0;
	}
	end[0] = mq_open(name, O_RDONLY | O_CREAT, 0600, &four);
	end[1] = end[0] == -1 ? -1 : mq_open(name, O_RDWR);
	return end[1] == -1 ? -1 : mq_unlink(name);	// lives while open
}

// Be slow, but not by the clock: the sensor has to reach the limit first.
static void record(int w)
{
	char text[READING], all[READING * 10] = "";
	int n = 0, ended, status = 0;
	pid_t me = getpid(), pid = fork();

	if (pid == 0 && end_with_parent(me) && close(end[0]) == 0 &&
	    dup2(end[1], STDIN_FILENO) != -1)
		execl("./sensor", "sensor", way[w], w > MQ ? "" : NULL, NULL);
	if (pid <= 0 || close(end[1]) == -1)
		die("fork or execl ./sensor");
	const char *slept = wait_until_asleep(pid) ? "slept" : "never slept";
	fcntl(end[0], F_SETFL, O_NONBLOCK);	// the dead send no end
	do {	// once it has ended, look again: then no more can come
		ended = waitpid(pid, &status, WNOHANG) != 0;
		for (; (w < MQ ? read(end[0], text, READING) :
			mq_receive(end[0], text, READING, NULL)) > 0; n++)
			strcat(all, text);
	} while (!ended && sched_yield() == 0);
	say("%s: the sensor %s; %d came%s", way[w], slept, n, all);
	if (close(end[0]) == -1 || status != 0)
		quit("the sensor has failed: start me again");
}

int main(void)
{
	own_name(name, "log");
	remove_at_end(remove_queue);	// a killed run's is taken over
	for (int w = PIPE; w < WAYS; w++)
		open_way(w) == 0 ? record(w) :
		say("skipped: no %s here (%s); see ulimit -a, make doctor",
		    way[w], errno_name(errno));
}
