/*
 * check - what while-not-if asks of box
 *
 * The checker has the same box mapped. It holds the mutex, changes the state
 * and wakes in the order that it wants: no race is left to chance.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/check.h"
#include "../../../common/proof/single.h"

static struct box {			/* as in box.c */
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	int full;
	char text[64];
} *box;

static void new_box(void)
{
	struct prog p;
	int fd;

	unlink("file");
	p = start("box", "file", "new", NULL);
	MUST_EXIT(&p, 0);
	fd = open("file", O_RDWR | O_CLOEXEC);
	MUST(fd != -1 && lseek(fd, 0, SEEK_END) >= (off_t)sizeof *box,
	     "'new' has made no file that is large enough");
	box = mmap(NULL, sizeof *box, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		   0);
	HOLDS(box != MAP_FAILED);
	HOLDS(close(fd) == 0);
	MUST(box->full == 0, "a new box is not empty");
}

static struct prog take(void)
{
	return start("box", "file", "take", NULL);
}

static struct prog put(const char *text)
{
	return start("box", "file", "put", text, NULL);
}

static void lock(void)
{
	HOLDS(pthread_mutex_lock(&box->mutex) == 0);
}

static void unlock(void)
{
	HOLDS(pthread_mutex_unlock(&box->mutex) == 0);
}

/* The state becomes FULL, and all are woken; the caller has the mutex. */
static void change(int full, const char *text)
{
	box->full = full;
	snprintf(box->text, sizeof box->text, "%s", text);
	HOLDS(pthread_cond_broadcast(&box->changed) == 0);
}

static void change_locked(int full, const char *text)
{
	lock();
	change(full, text);
	unlock();
}

static void has_put(struct prog *p, const char *text)
{
	MUST_EXIT(p, 0);
	MUST(box->full == 1, "it has put, and the box is not full");
	MUST_BYTES("the text in the box", box->text,
		   strnlen(box->text, sizeof box->text), text, strlen(text));
}

static void has_taken(struct prog *p, const char *text)
{
	char want[80];

	snprintf(want, sizeof want, "%s\n", text);
	MUST_EXIT(p, 0);
	MUST_SAY(p, want);
	MUST(box->full == 0, "it has taken, and the box is still full");
}

CHECK(2, "text", "what one puts another one takes")
{
	char text[20];
	struct prog p;

	new_box();
	for (int i = 0; i < 3; i++) {
		random_word(text, sizeof text);
		p = put(text);
		has_put(&p, text);
		p = take();
		has_taken(&p, text);
	}
}

CHECK_AFTER(2, "woken", "text",
	    "a program that waits is woken when it is its turn")
{
	struct prog taker, putter;

	new_box();
	taker = take();
	MUST_SLEEP(&taker, "'take' ended though the box is empty");
	putter = put("one");
	MUST_EXIT(&putter, 0);
	has_taken(&taker, "one");

	putter = put("two");
	MUST_EXIT(&putter, 0);
	putter = put("three");
	MUST_SLEEP(&putter, "'put' ended though the box is full");
	taker = take();
	MUST_EXIT(&taker, 0);
	MUST_SAY(&taker, "two\n");
	has_put(&putter, "three");
}

CHECK_AFTER(3, "nothing", "text", "woken for nothing, it waits again")
{
	struct prog p;

	new_box();
	p = take();
	MUST(await_blocked(&p), "'take' ended though the box is empty");
	for (int i = 0; i < 3; i++) {
		HOLDS(pthread_cond_broadcast(&box->changed) == 0);
		MUST(await_blocked(&p), "'take' was woken while the box was "
		     "still empty, and took");
	}
	change_locked(1, "late");
	has_taken(&p, "late");

	change_locked(1, "early");
	p = put("next");
	MUST(await_blocked(&p), "'put' ended though the box is full");
	HOLDS(pthread_cond_broadcast(&box->changed) == 0);
	MUST(await_blocked(&p), "'put' was woken while the box was still "
	     "full, and wrote over the text");
	change_locked(0, "");
	has_put(&p, "next");
}

/* It is woken by a change, and before it has the mutex, the change is undone:
 * as if another taker had been faster. */
CHECK_AFTER(3, "faster", "text",
	    "if another one was faster, it waits again")
{
	struct prog p;

	new_box();
	p = take();
	MUST(await_blocked(&p), "'take' ended though the box is empty");
	lock();
	change(1, "not for you");
	change(0, "");
	unlock();
	MUST(await_blocked(&p), "'take' was woken, another one took the text "
	     "first, and it took from the empty box");
	change_locked(1, "for you");
	has_taken(&p, "for you");

	change_locked(1, "first");
	p = put("second");
	MUST(await_blocked(&p), "'put' ended though the box is full");
	lock();
	change(0, "");
	change(1, "faster");
	unlock();
	MUST(await_blocked(&p), "'put' was woken, another one put first, and "
	     "it wrote over that text");
	change_locked(0, "");
	has_put(&p, "second");
}

/* It comes while we have the mutex: who looks without it sees the old state,
 * and then waits for a wake-up that has been. */
CHECK_AFTER(2, "between", "text",
	    "a change just before it waits is not missed")
{
	struct prog p;

	new_box();
	lock();
	p = take();
	MUST_SLEEP(&p, "'take' ended though another process has the mutex");
	change(1, "now");
	unlock();
	has_taken(&p, "now");

	change_locked(1, "full");
	lock();
	p = put("new");
	MUST_SLEEP(&p, "'put' ended though another process has the mutex");
	change(0, "");
	unlock();
	has_put(&p, "new");
}

/* Is the mutex free, and do the N programs at P sleep all the while? Then none
 * of them will ever go on. A program that is on its way is given time. */
static int sleep_for_good(const struct prog *p, int n)
{
	for (int looks = 0; looks < 100; looks++) {
		if (pthread_mutex_trylock(&box->mutex) != 0)
			return 0;
		unlock();
		for (int i = 0; i < n; i++)
			if (has_ended(&p[i]) || is_blocked(p[i].pid) != 1)
				return 0;
	}
	return 1;
}

enum { WRONG_KIND = 3, WAIT = WRONG_KIND + 1 };

/* P[0] to P[2] wait for one state, and P[3] for the other one, all for the same
 * condition. ONE_MORE, "'put'", has just made that state, and has ended: it has
 * to have woken P[3], of whichever kind the first that waits may be. */
static void wakes_the_right_one(const struct prog *p, const char *one_more,
				const char *right, const char *wrong_kind)
{
	while (!has_ended(&p[WRONG_KIND])) {
		MUST(!sleep_for_good(p, WAIT), "three %s and one %s wait, and "
		     "%s has made it the turn of the one %s: it sleeps on, and "
		     "a %s was woken, looked and went to sleep again. Who of "
		     "all who wait for `changed' has to be woken?", wrong_kind,
		     right, one_more, right, wrong_kind);
		sched_yield();
	}
}

/* Those of the wrong kind wait longer, so that a signal wakes one of them. The
 * state changes in silence: the wake-up for it has been before. */
CHECK_AFTER(3, "both", "woken nothing",
	    "takers and putters wait: the one whose turn it is goes on")
{
	struct prog p[WAIT], last;

	new_box();
	change_locked(1, "old");
	for (int i = 0; i < WRONG_KIND; i++) {
		p[i] = put("later");
		MUST(await_blocked(&p[i]), "'put' ended though the box is "
		     "full");
	}
	lock();
	box->full = 0;
	unlock();
	p[WRONG_KIND] = take();
	MUST(await_blocked(&p[WRONG_KIND]), "'take' ended though the box is "
	     "empty");
	last = put("now");
	MUST_EXIT(&last, 0);
	wakes_the_right_one(p, "a 'put'", "'take'", "'put'");
	MUST_EXIT(&p[WRONG_KIND], 0);
	for (int i = 0; i < WRONG_KIND; i++)
		end_by(&p[i], SIGKILL);

	new_box();
	for (int i = 0; i < WRONG_KIND; i++) {
		p[i] = take();
		MUST(await_blocked(&p[i]), "'take' ended though the box is "
		     "empty");
	}
	lock();
	box->full = 1;
	unlock();
	p[WRONG_KIND] = put("next");
	MUST(await_blocked(&p[WRONG_KIND]), "'put' ended though the box is "
	     "full");
	last = take();
	MUST_EXIT(&last, 0);
	wakes_the_right_one(p, "a 'take'", "'put'", "'take'");
	MUST_EXIT(&p[WRONG_KIND], 0);
	for (int i = 0; i < WRONG_KIND; i++)
		end_by(&p[i], SIGKILL);
}

/* Has nobody the mutex at this moment? */
static int is_free(void)
{
	if (pthread_mutex_trylock(&box->mutex) != 0)
		return 0;
	unlock();
	return 1;
}

/* P, which is held, goes on instruction by instruction until it has done its
 * work and the mutex is free. Each change of the box is made with the mutex. */
static void watch(const struct prog *p, int was)
{
	char text[sizeof box->text];
	int full = box->full;

	memcpy(text, box->text, sizeof text);
	while (single_step(p)) {
		int is_new = box->full != full ||
			     memcmp(text, box->text, sizeof text) != 0;

		MUST(!is_new || !is_free(), "it changes the box, and does not "
		     "have the mutex: %s", box->full != full ? "`full'" :
		     "the text");
		full = box->full;
		memcpy(text, box->text, sizeof text);
		if (full != was && is_free())
			return;
	}
}

/* VERB is done, and before the program goes on the next one does the opposite.
 * WAS: `full' before. */
static void is_alone(const char *verb, const char *text, int was,
		     const char *next)
{
	struct how how = { .fault = "any:1:stop" };
	struct prog p;

	new_box();
	if (was)
		change_locked(1, "the text");
	p = start_how(&how, "box", "file", verb, text, NULL);
	if (step_begin(&p))
		watch(&p, was);
	if (!has_ended(&p)) {
		change_locked(was, next);
		step_end(&p);
	}
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, was ? "the text\n" : "");
	MUST(box->full == was, "it sets `full' when it has let the mutex go, "
	     "and another process has been there since");
	MUST(strncmp(box->text, next, sizeof box->text) == 0, "it changes the "
	     "text when it has let the mutex go, and another process has been "
	     "there since");
}

CHECK_AFTER(2, "alone", "text between",
	    "it touches the box only while it has the mutex")
{
	is_alone("put", "the text", 0, "");
	is_alone("take", NULL, 1, "the next");
}

static struct prog scene_take(const struct how *how)
{
	new_box();
	change_locked(1, "text");
	return start_how(how, "box", "file", "take", NULL);
}

static struct prog scene_put(const struct how *how)
{
	new_box();
	return start_how(how, "box", "file", "put", "text", NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "text", "a call that fails is noticed, and named")
{
	struct how how = { .fault = "mmap:1:ENOMEM" };
	struct prog p = scene_take(&how);

	MUST_FAIL_WITH(&p, ENOMEM);
	p = start("box", "not-there", "take", NULL);
	MUST_FAIL_WITH(&p, ENOENT);
	p = start("box", "file", "new", NULL);
	MUST_FAIL_WITH(&p, EEXIST);
	how.fault = "ftruncate:1:ENOSPC";
	p = start_how(&how, "box", "other", "new", NULL);
	MUST_FAIL_WITH(&p, ENOSPC);
	MUST_NOTICE(scene_take);
	MUST_NOTICE(scene_put);
}
