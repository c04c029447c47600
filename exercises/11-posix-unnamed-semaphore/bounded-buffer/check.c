/*
 * check - what bounded-buffer asks of store
 *
 * The checker is the other end: it fills the buffer and empties it, and holds
 * the mutex where that must stop store. The struct is the one in store.c.
 */
#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "../../../common/proof/asleep.h"

enum { SLOTS = 4 };

struct store {
	sem_t free, filled, mutex;
	unsigned in, out;
	char slot[SLOTS];
};

static char name[OWN_NAME];
static struct store *st;

static void make_store(const char *what)
{
	int fd;

	check_name(name, what);
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	HOLDS(fd != -1);
	HOLDS(ftruncate(fd, sizeof *st) == 0);
	st = mmap(NULL, sizeof *st, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	HOLDS(st != MAP_FAILED);
	HOLDS(close(fd) == 0);
	HOLDS(sem_init(&st->free, 1, SLOTS) == 0);
	HOLDS(sem_init(&st->filled, 1, 0) == 0);
	HOLDS(sem_init(&st->mutex, 1, 1) == 0);
}

static void remove_store(void)
{
	HOLDS(shm_unlink(name) == 0);
}

static int value_of(sem_t *s)
{
	int value;

	HOLDS(sem_getvalue(s, &value) == 0);
	return value;
}

/* The checker takes a byte out, or puts one in; nobody may stand in its way.
 * WHO is to blame otherwise. */
static char take_out(const char *who)
{
	char c;

	MUST(sem_trywait(&st->filled) == 0, "there should be a byte in the "
	     "buffer, but `filled' is 0");
	MUST(sem_trywait(&st->mutex) == 0, "%s", who);
	c = st->slot[st->out++ % SLOTS];
	HOLDS(sem_post(&st->mutex) == 0 && sem_post(&st->free) == 0);
	return c;
}

static void put_in(char c, const char *who)
{
	MUST(sem_trywait(&st->free) == 0, "there should be room in the "
	     "buffer, but `free' is 0");
	MUST(sem_trywait(&st->mutex) == 0, "%s", who);
	st->slot[st->in++ % SLOTS] = c;
	HOLDS(sem_post(&st->mutex) == 0 && sem_post(&st->filled) == 0);
}

#define NOBODY "nobody is at the slots, and the mutex is taken"

static struct prog put_bytes(const char *data, size_t len)
{
	struct how how = { .in = input(data, len) };

	return start_how(&how, "store", name, "put", NULL);
}

static struct prog put(const char *text)
{
	return put_bytes(text, strlen(text));
}

CHECK(2, "moves", "what is put in comes out again, in its order")
{
	static const char any[SLOTS] = { 'a', '\0', '\xff', '\n' };
	char word[SLOTS + 1];
	struct prog p;
	size_t n;

	make_store("moves");
	random_word(word, sizeof word);
	p = put(word);
	MUST_EXIT(&p, 0);
	MUST(value_of(&st->filled) == SLOTS && value_of(&st->free) == 0,
	     "four bytes were put in: `filled' is %d and `free' %d, not 4 and "
	     "0", value_of(&st->filled), value_of(&st->free));
	for (int i = 0; i < SLOTS; i++) {
		char c = take_out(NOBODY);

		MUST(c == word[i], "byte %d of '%s' comes out as '%c'", i,
		     word, c);
	}
	random_word(word, sizeof word);
	for (int i = 0; i < SLOTS; i++)
		put_in(word[i], NOBODY);
	p = start("store", name, "get", "4", NULL);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, word);
	p = put_bytes(any, sizeof any);		/* bytes, not only letters */
	MUST_EXIT(&p, 0);
	MUST(value_of(&st->filled) == SLOTS, "four bytes came, one of them is "
	     "0, and one is 255: after %d of them it took the next one for the "
	     "end", value_of(&st->filled));
	p = start("store", name, "get", "4", NULL);
	MUST_EXIT(&p, 0);
	out_text(&p, &n);
	MUST_BYTES("the output of store", out_text(&p, NULL), n, any,
		   sizeof any);
	remove_store();
}

CHECK_AFTER(4, "full", "moves", "who waits for a free slot is in nobody's way")
{
	struct prog p;

	make_store("full");
	p = put("abcdef");
	for (char c = 'a'; c <= 'b'; c++) {
		MUST(await_blocked(&p), "the buffer was full, and it did not "
		     "wait");
		MUST_STAY_ASLEEP(p.pid, "while the buffer is full");
		MUST(take_out("it waits for a free slot, and holds the mutex "
			      "meanwhile. Who could free a slot waits for the "
			      "mutex: so both wait for ever") == c,
		     "the bytes come out in another order");
	}
	MUST_EXIT(&p, 0);
	remove_store();
}

CHECK_AFTER(3, "empty", "moves", "who waits for a byte is in nobody's way")
{
	struct prog p;

	make_store("empty");
	p = start("store", name, "get", "2", NULL);
	for (int i = 0; i < 2; i++) {
		MUST(await_blocked(&p), "the buffer was empty, and it did not "
		     "wait");
		MUST_STAY_ASLEEP(p.pid, "while the buffer is empty");
		put_in((char)('x' + i), "it waits for a byte, and holds the "
		       "mutex meanwhile. Who could put one in waits for the "
		       "mutex: so both wait for ever");
	}
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "xy");
	remove_store();
}

CHECK_AFTER(2, "mutex", "moves", "while another one is at the slots, it waits")
{
	struct prog p;

	make_store("mutex");
	put_in('a', NOBODY);
	HOLDS(sem_wait(&st->mutex) == 0);
	p = put("b");
	MUST(await_blocked(&p) && st->in == 1, "put did not wait for the "
	     "mutex, which somebody else had");
	MUST(st->slot[1] != 'b', "put has not got the mutex yet, and has put "
	     "its byte into the slot already");
	MUST_STAY_ASLEEP(p.pid, "while somebody else has the mutex");
	HOLDS(sem_post(&st->mutex) == 0);
	MUST_EXIT(&p, 0);
	HOLDS(sem_wait(&st->mutex) == 0);
	p = start("store", name, "get", "1", NULL);
	MUST(await_blocked(&p) && st->out == 0, "get did not wait for the "
	     "mutex, which somebody else had");
	MUST_STAY_ASLEEP(p.pid, "while somebody else has the mutex");
	st->slot[0] = 'z';		/* we have it, so we may */
	HOLDS(sem_post(&st->mutex) == 0);
	MUST_EXIT(&p, 0);
	MUST(out_text(&p, NULL)[0] != 'a', "get had read the slot before it "
	     "got the mutex: what another one did to it meanwhile is not in "
	     "what it prints");
	MUST_SAY(&p, "z");
	remove_store();
}

/* Two put the same letter many times each, two get as many. */
CHECK_AFTER(2, "crowd", "full empty mutex", "two and two at once lose nothing")
{
	enum { EACH = 24 };
	char text[2][EACH + 1] = { "", "" };

	for (unsigned s = 0; s < 5; s++) {
		struct how how = { .shake = check_seed() + 1 + s };
		struct prog p[4];
		int count[2] = { 0, 0 };

		make_store("crowd");
		for (int i = 0; i < 2; i++) {
			memset(text[i], 'a' + i, EACH);
			how.in = input_text(text[i]);
			p[i] = start_how(&how, "store", name, "put", NULL);
			how.in = 0;
			p[2 + i] = start_how(&how, "store", name, "get", "24",
					     NULL);
		}
		for (int i = 0; i < 4; i++)
			MUST_EXIT(&p[i], 0);
		for (int i = 2; i < 4; i++)
			for (char *c = out_text(&p[i], NULL); *c; c++)
				count[*c == 'b'] += *c == 'a' || *c == 'b';
		MUST(count[0] == EACH && count[1] == EACH, "two put 24 a and "
		     "24 b in, two others got %d a and %d b (seed %u)",
		     count[0], count[1], how.shake);
		remove_store();
	}
}

CHECK_AFTER(1, "new", "moves", "new makes the store, once; end removes it")
{
	struct prog p;

	check_name(name, "new");
	p = start("store", name, "new", NULL);
	MUST_EXIT(&p, 0);
	p = put("abcd");
	MUST_EXIT(&p, 0);
	p = start("store", name, "new", NULL);
	MUST_FAIL(&p);
	p = start("store", name, "get", "4", NULL);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "abcd");
	p = start("store", name, "end", NULL);
	MUST_EXIT(&p, 0);
	nothing_left();
}

static unsigned scenes;

static struct prog puts_in(const struct how *base)
{
	struct how how = *base;
	char what[16];

	snprintf(what, sizeof what, "p%u", scenes++);
	make_store(what);
	how.in = input_text("ab");
	return start_how(&how, "store", name, "put", NULL);
}

static struct prog takes_out(const struct how *how)
{
	char what[16];

	snprintf(what, sizeof what, "g%u", scenes++);
	make_store(what);
	put_in('a', NOBODY);
	return start_how(how, "store", name, "get", "1", NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "moves", "a call that fails is noticed and named")
{
	MUST_NOTICE(puts_in);
	MUST_NOTICE(takes_out);
}
