/*
 * bakery - takes orders from many customers at once, and answers each of them
 *
 *   customer Ann <---[ a connection: bytes, both ways ]---> bakery
 *   customer Bob <---[ another connection ]---------------> the same process
 *
 * A message is 4 bytes that say how long its text is, and then the text. An
 * order is a message, and so is the answer to it.
 *
 * Start it first. Then start its partner: ./customer Ann Bob Cem. The bakery
 * works until Ctrl-C or SIGTERM.
 *
 * Watch: Ann comes first and orders last. The bakery does not wait for her: it
 * sleeps until anybody at all has sent something.
 */
#define _GNU_SOURCE			// for lesson.h
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include "../../common/lesson.h"

enum { HEADER = 4 };	// bytes before a text: they say how long it is
enum { LONGEST = 100 };	// bytes of the longest text, as in customer.c
enum { PLACES = 50 };	// so many customers at once; more have to wait
enum { PATIENCE = 30 };	// seconds for a message, if others need the place

struct customer {
	// The order while it comes in, then our answer while it goes out.
	unsigned char message[HEADER + LONGEST];
	// How many bytes have to come in, or to go out. Of an order we want
	// only the header at first, so it is HEADER. When the header is here,
	// it is more: header and text.
	size_t size;
	size_t done;	// how many of these bytes have come in, or gone out
	time_t since;	// the second in which we began to wait for it
};

static struct customer customers[PLACES];

// ends[i] belongs to customers[i]: fd is our end of the connection, or -1 where
// the place is free. events is what we wait for there: POLLIN while an order
// comes in, POLLOUT while our answer goes out.
static struct pollfd ends[PLACES + 1];

// The last entry of ends belongs to no customer. It is the socket that listens,
// at which new customers arrive.
enum { DOOR = PLACES };

static int time_left(void);
static void check_time(int i);
static void take_order(int i);
static void give_answer(int i);
static void let_in(void);

/* Sleep until something can be done for any customer, and do it. Again and
 * again. */
_Noreturn static void serve(void)
{
	for (;;) {
		int limit = time_left();	// milliseconds, or -1: none

		while (poll(ends, PLACES + 1, limit) == -1) {
			if (errno != EINTR)
				die("poll");
		}

		// Now each revents says what is possible at this end: 0 means
		// nothing, and it is 0 where the place is free. If it is not 0,
		// look at events, not at revents: what do we wait for, an order
		// or room for our answer?
		for (int i = 0; i < PLACES; i++) {
			if (ends[i].revents == 0)
				check_time(i);
			else if (ends[i].events == POLLIN)
				take_order(i);
			else
				give_answer(i);
		}
		if (ends[DOOR].revents != 0)
			let_in();
	}
}

/* The clock as a number of seconds. It runs on evenly, also if somebody sets
 * the time of day. */
static time_t seconds(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) == -1)
		die("clock_gettime");
	return now.tv_sec;
}

/* From now on we wait for the first bytes of an order from customer I. */
static void expect_order(int i)
{
	customers[i].size = HEADER;	// that will tell us the rest
	customers[i].done = 0;
	customers[i].since = seconds();
	ends[i].events = POLLIN;
}

static int present;		// how many customers are here

static void let_go(int i)
{
	if (close(ends[i].fd) == -1)
		die("close");
	ends[i].fd = -1;
	present--;
	// let_in() may have shut the door. Now there is room again: open it.
	ends[DOOR].events = POLLIN;
}

/* The length that stands in the first bytes of MESSAGE. Both programs agree to
 * send its highest byte first: "network byte order". ntohl() turns it into the
 * order of this processor. */
static size_t length_in(const unsigned char *message)
{
	uint32_t header;

	// Bytes may lie at any address, and a uint32_t may not. So copy them.
	memcpy(&header, message, HEADER);
	return ntohl(header);
}

/* Copy the text of an order to TEXT, so that it can be printed. */
static void copy_order(const struct customer *customer, char text[LONGEST + 1])
{
	size_t length = customer->size - HEADER;

	// A stranger has written these bytes. A control character among them
	// could begin a new line, or do odd things to the terminal. So only the
	// characters of ASCII that can be printed stay as they are.
	for (size_t k = 0; k < length; k++) {
		unsigned char byte = customer->message[HEADER + k];

		text[k] = (char)byte;
		if (byte < ' ' || byte > '~')
			text[k] = '?';
	}
	text[length] = '\0';
}

/* From now on the message of customer I is our answer, TEXT. */
static void fill_answer(int i, const char *text)
{
	struct customer *customer = &customers[i];
	size_t length = strlen(text);
	uint32_t header = htonl((uint32_t)length);

	memcpy(customer->message, &header, HEADER);
	memcpy(customer->message + HEADER, text, length);
	customer->size = HEADER + length;
	customer->done = 0;
	customer->since = seconds();
	ends[i].events = POLLOUT;
}

/* The order of customer I is complete. Print it, and prepare the answer. */
static void handle_order(int i)
{
	static unsigned number;	// of the last order, kept between calls
	char order[LONGEST + 1];
	char answer[LONGEST + 1];

	// Print before the answer goes out: the answer wakes the customer, and
	// the customer's line must come after ours.
	copy_order(&customers[i], order);
	number++;
	say("order %u: %s", number, order);

	snprintf(answer, sizeof answer, "order %u", number);
	fill_answer(i, answer);
}

/* Some bytes of an order are here, or the customer has gone. */
static void take_order(int i)
{
	struct customer *customer = &customers[i];
	size_t length;		// of the text, as the header says it
	ssize_t n;		// how many bytes have come now

	// We ask for no more than is missing: what follows is the next order.
	// MSG_DONTWAIT: should there be nothing after all, recv() must not wait
	// for this customer. All the others would wait, too.
	n = recv(ends[i].fd, customer->message + customer->done,
		 customer->size - customer->done, MSG_DONTWAIT);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;		// no byte is lost; poll() will tell us again
	// 0: the customer has closed its end. -1: most often ECONNRESET, it has
	// gone before it had read our answer. Customers may go whenever they
	// like, so that is no error of ours, and we say nothing.
	if (n <= 0) {
		let_go(i);
		return;
	}

	customer->done += (size_t)n;
	if (customer->done < customer->size)
		return;		// the rest may come later

	// If size is more than HEADER, the header has come before: see the last
	// line of this function. Then the text is complete now, too.
	if (customer->size > HEADER) {
		handle_order(i);
		return;
	}

	// Only the header is complete. Anything at all may stand in it. Without
	// this check the text could be longer than our room for it.
	length = length_in(customer->message);
	if (length == 0 || length > LONGEST) {
		say("this is no order: I let the customer go");
		let_go(i);
		return;
	}
	customer->size = HEADER + length;
}

/* There is room for some bytes of our answer, or the customer has gone. */
static void give_answer(int i)
{
	struct customer *customer = &customers[i];
	ssize_t n;		// how many bytes have gone out now

	// MSG_NOSIGNAL: if the customer has gone, send() is to fail with EPIPE.
	// Without it the signal SIGPIPE would end us.
	n = send(ends[i].fd, customer->message + customer->done,
		 customer->size - customer->done, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n == -1) {		// EPIPE: as with recv(), we say nothing
		let_go(i);
		return;
	}

	customer->done += (size_t)n;
	if (customer->done == customer->size)
		expect_order(i);
}

/* Is the door shut? let_in() shuts it when a new customer is outside and there
 * is no room. let_go() opens it again. */
static int is_shut(void)
{
	return ends[DOOR].events == 0;
}

/* poll() has told nothing about customer I. If its message takes too long, and
 * another customer outside needs the place, let it go. Without this check
 * customers that never say anything could keep all others outside. */
static void check_time(int i)
{
	if (ends[i].fd == -1 || !is_shut())
		return;
	if (seconds() - customers[i].since >= PATIENCE)
		let_go(i);
}

/* How many milliseconds poll() may sleep. If the door is shut: until the next
 * customer is late, so that check_time() can find it. Else -1: for ever. */
static int time_left(void)
{
	time_t now = seconds();
	time_t least = PATIENCE;	// nobody has more time left than that

	if (!is_shut())
		return -1;
	for (int i = 0; i < PLACES; i++) {
		time_t left = customers[i].since + PATIENCE - now;

		if (ends[i].fd != -1 && left < least)
			least = left;
	}
	if (least < 0)
		return 0;
	return (int)least * 1000;
}

/* A new customer is at the door. */
static void let_in(void)
{
	int place = 0;
	int fd;

	while (place < PLACES && ends[place].fd != -1)
		place++;
	if (place == PLACES) {		// all are taken
		ends[DOOR].events = 0;	// shut: poll() leaves the door out
		return;
	}

	// accept() makes a socket for this customer alone. The one at the door
	// goes on listening. The two NULLs: we do not ask for its address.
	fd = accept(ends[DOOR].fd, NULL, NULL);
	if (fd == -1) {
		// The new customer has gone again, or a signal came.
		if (errno == EAGAIN || errno == ECONNABORTED || errno == EINTR)
			return;
		// Most often EMFILE: we may not have one more descriptor until
		// a customer leaves. If the door stayed open, poll() would
		// return at once, again and again: the new customer is still
		// there.
		if (present == 0)	// then nobody can leave
			die("accept");
		ends[DOOR].events = 0;
		return;
	}
	present++;
	ends[place].fd = fd;
	expect_order(place);
}

// The path of the door. It is global, because remove_socket() needs it.
static struct sockaddr_un address = { .sun_family = AF_UNIX };

static void remove_socket(void)
{
	unlink(address.sun_path);	// fails only if it has gone already
}

static int make_door(void)
{
	int door;

	// SOCK_NONBLOCK is for accept(): if the new customer has gone again, it
	// is to fail with EAGAIN, and not to wait for the next one.
	door = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (door == -1)
		die("socket");
	own_path(address.sun_path, "bakery");

	// bind() makes a file, which is the name of the socket. If Ctrl-C ended
	// us right after bind(), nobody would remove the file. So Ctrl-C has to
	// wait until remove_at_end() knows what to remove.
	hold_signals();
	if (bind(door, (struct sockaddr *)&address, sizeof address) == -1) {
		if (errno == EADDRINUSE)
			quit("another bakery is open; if it was killed, remove"
			     " what it left: rm %s", address.sun_path);
		die("bind");
	}
	remove_at_end(remove_socket);
	let_signals();

	// Now customers may come. PLACES of them may wait until we accept them.
	if (listen(door, PLACES) == -1)
		die("listen");
	return door;
}

int main(void)
{
	for (int i = 0; i < PLACES; i++)
		ends[i].fd = -1;	// the place is free
	ends[DOOR].fd = make_door();
	ends[DOOR].events = POLLIN;
	say("I am open");
	serve();		// until a signal ends us
}
