/*
 * relate.c - events become rows; whose call has ended this wait?
 *
 * Each call that can end the wait of another is an action on an object (see
 * gives.c). When a wait ends (see wants.c), the action of another thread on the
 * same object that can have ended it is the one. If there is none there is no
 * arrow: time may have ended it, or somebody who is not drawn.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "relate.h"

enum {
	NOBODY_US = 10000,	/* a shorter wait that nobody ended is a call */
	LATE_US = 20000,	/* so late the end of a process may be told */
	RING = 64,
	SOME = 8,
};

/* Waits that were ended by a call which has not come back yet. */
static struct {
	long wake, other;
	struct action action;		/* of that call */
	struct event end;		/* of the wait; only its times count */
	pid_t pid;			/* who waited */
} guess[RING];
static size_t guesses;

/* Waits that nobody is known to have ended: perhaps the end of a process. */
static struct {
	long wake;
	pid_t tid;
	int64_t from, to;
	struct want want[SOME];
	size_t n;
} open_wake[RING];
static size_t open_wakes;

static char end_text[SOURCES][64];
static pid_t first_pid[SOURCES];

/* ---------------------------------------------------------- who it was */

static void keep_open(long wake)
{
	size_t i = open_wakes++ % RING;

	if (n_wants == 0 || n_wants > SOME) {
		open_wakes--;
		return;
	}
	open_wake[i].wake = wake;
	open_wake[i].tid = now->tid;
	open_wake[i].from = now->from;
	open_wake[i].to = now->to;
	open_wake[i].n = n_wants;
	memcpy(open_wake[i].want, wants, n_wants * sizeof *wants);
}

/* A process has ended, and strace says so only now. */
static void look_back(void)
{
	for (size_t i = 0; i < RING && i < open_wakes; i++) {
		const struct action *a;

		if (!open_wake[i].wake || open_wake[i].to + LATE_US < now->from)
			continue;
		a = object_find(open_wake[i].want, open_wake[i].n,
				open_wake[i].tid, open_wake[i].from,
				open_wake[i].to + LATE_US);
		if (!a || !a->row || !a->ends)
			continue;
		row_by(open_wake[i].wake, a->row);
		open_wake[i].wake = 0;
	}
}

/* If A has not come back, the one before it is who it was, unless A succeeds
 * soon. */
static void keep_guess(const struct action *a, long wake)
{
	size_t i = guesses++ % RING;
	const struct action *other;
	struct action kept = *a;

	other = object_find(wants, n_wants, now->tid, now->from, kept.from);
	guess[i].wake = wake;
	guess[i].other = other && other->to != FOREVER ? other->row : 0;
	guess[i].action = kept;
	guess[i].end = *now;
	guess[i].pid = me->group->pid;
}

/* NOW has come back: was it the one that others took it for? */
static void check_guesses(void)
{
	for (size_t i = 0; i < RING && i < guesses; i++) {
		int right;

		if (!guess[i].wake || guess[i].action.tid != now->tid ||
		    guess[i].action.from != now->from)
			continue;
		right = now->has_value && now->value != -1 &&
			(now->to <= guess[i].end.to + SHORT_US ||
			 guess[i].action.is_sure) &&
			!(now->call->what == FUTEX && now->value == 0);
		if (!right)
			row_by(guess[i].wake, guess[i].other);
		else if (guess[i].action.row)
			json_arrow(&guess[i].action, &guess[i].end,
				   guess[i].pid);
		guess[i].wake = 0;
	}
}

/* At the end those that never came back were not the ones; but a write that
 * found room was. */
void relate_finish(void)
{
	for (size_t i = 0; i < RING && i < guesses; i++) {
		if (!guess[i].wake)
			continue;
		if (!guess[i].action.is_sure)
			row_by(guess[i].wake, guess[i].other);
		else if (guess[i].action.row)
			json_arrow(&guess[i].action, &guess[i].end,
				   guess[i].pid);
		guess[i].wake = 0;
	}
	guesses = open_wakes = 0;
}

/* ------------------------------------------------------------- the rows */

static int lane(void)
{
	if (me->lane < 0) {
		me->lane = lane_new(me->group->pid, me->tid, me->thread,
				    me->group->name, now->from);
		json_lane(now, me->group->pid, me->group->name, me->thread,
			  1);
	}
	return me->lane;
}

/* Calls on files on a disk are alike whatever the file. */
static struct likeness likeness(enum row_kind kind)
{
	struct piece a[1];
	struct likeness like = { 0, 0 };
	struct desc *d = NULL;

	if (now->kind != A_CALL || now->call->what == FORK ||
	    now->call->what == EXEC || now->call->what == EXIT)
		return like;
	if (split(now->args, a, 1) == 1)
		d = desc_of(me, a[0]);
	like.sort = hash_of("", now->name.s, now->name.len);
	if (d && d->kind != D_FILE)
		like.sort ^= hash_number("own", d->own);
	like.loose = like.sort ^ hash_number(now->err, (uint64_t)kind);
	if ((d && d->kind == D_FILE) || now->call->what == MMAP ||
	    (now->call->what == OPEN && has(now->args, "O_RDONLY")))
		like.loose |= LOOKS_AT_FILES;
	else
		like.loose &= ~LOOKS_AT_FILES;
	return like;
}

/* Is it a call in which NOW can wait for others, or for time? A file on a disk
 * is no such thing. */
static int can_wait(void)
{
	struct piece a[2];
	struct desc *d;
	size_t n = split(now->args, a, 2);

	if (!now->call->may_wait || now->call->what == FORK)
		return 0;
	if (now->to == FOREVER || n == 0)
		return 1;
	switch (now->call->what) {
	case READ: case WRITE:
		d = desc_of(me, a[0]);
		return !d || (d->kind != D_FILE && d->kind != D_CAPTURED &&
			      d->kind != D_DEVICE);
	case FCNTL: return n > 1 && has(a[1], "LKW");
	case FUTEX: return n > 1 && (has(a[1], "WAIT") || has(a[1], "LOCK"));
	case COPY: return 1;
	default: return 1;
	}
}

/* "call(...) = result" */
static void whole_text(char *buf, size_t size)
{
	char result[128];
	size_t len;
	int all = now->has_value && now->call->what == WRITE;
	int64_t size_of = -1;
	struct piece a[3];

	say_call(now, me, 0, buf, size);
	say_result(now, result, sizeof result);
	if (now->call->what == EXEC && now->value == 0)
		return;
	if (all && split(now->args, a, 3) == 3)
		all = number_of(a[2], &size_of) && size_of == now->value;
	if (!*result || (all && strncmp(buf, "says ", 5) == 0))
		return;
	len = strlen(buf);
	snprintf(buf + len, size - len, " = %s", result);
}

/* Who ended the wait NOW: IS_SURE if that is so whatever becomes of its call. A
 * copy, so nothing that is done to it stays. */
static struct action *by_state(int *is_sure)
{
	static struct action giver;
	struct piece a[1];
	enum given given = GIVEN_UNKNOWN;
	struct desc *d;
	int64_t id;

	*is_sure = 1;
	if (split(now->args, a, 1) == 1 && now->value != -1) {
		d = desc_of(me, a[0]);
		if (now->call->what != SEMOP)
			given = lock_given(lock_key(d, now->call->what ==
						    FLOCK), now->tid, &giver);
		else if (number_of(a[0], &id))
			given = sem_given(set_key(id), now->tid, &giver);
	}
	now->at_once = given == GIVEN_BEFORE;
	now->has_waited = given == GIVEN_LATER;
	return given == GIVEN_BY ? &giver : NULL;
}

static struct action *by_wake(int *is_sure)
{
	static struct action waker;
	struct piece a[2];
	size_t n = split(now->args, a, 2);

	*is_sure = 1;
	return now->value == 0 && futex_woken(futex_of(a, n), now->tid,
					      &waker) ? &waker : NULL;
}

static struct action *who_ended(int *is_sure)
{
	enum what what = now->call->what;
	struct action *found = what == FUTEX ? by_wake(is_sure) : NULL;

	if (found)
		return found;

	want_all();
	*is_sure = 0;
	if ((what == SEMOP || what == FLOCK || what == FCNTL) &&
	    strcmp(now->err, "EIDRM") != 0)
		return by_state(is_sure);
	/* A signal may have been there before. */
	found = object_find(wants, n_wants, now->tid,
			    now->signal ? 0 : now->from, now->to);
	/* Who looks only whether there is something takes nothing. */
	if (found && what != POLL && what != SELECT && what != EPOLL)
		found->wakes--;
	if (!now->signal)
		return found;
	me->group->told[now->signal] = now->to;
	now->at_once = found && object_moment(found) < now->from;
	return now->at_once ? NULL : found;
}

/* A call that finds a signal there takes it, so the next one gets another. */
static void take_signal(void)
{
	struct piece a[1];
	struct desc *d;
	int is_sure;

	if (now->call->what != SIGWAIT && now->call->what != READ)
		return;
	d = split(now->args, a, 1) == 1 ? desc_of(me, a[0]) : NULL;
	if (now->call->what == SIGWAIT || (d && d->kind == D_SIGNALFD))
		who_ended(&is_sure);
}

/* Change what there is. */
static void apply(void)
{
	model_apply(now, me);
	if (now->call->what == READ)
		passed_receive(now, me);
}

static void draw_call(int quiet)
{
	char text[TEXT_BYTES + 128], result[128];

	if (!quiet) {
		whole_text(text, sizeof text);
		my_row = row_add(lane(), R_CALL, now->from, text,
				 likeness(R_CALL));
		say_result(now, result, sizeof result);
		json_call(now, me->group->pid, text, result, 0);
	}
	now->drawn = now->to == FOREVER ? 3 : 1;
	now->row = my_row;
	take_signal();
	post_all();
	change_level();
	if (now->call->what == EXIT) {
		post_end(me, 1);
		me->group->ending = 1;
		if (now->source < SOURCES &&
		    first_pid[now->source] == me->group->pid)
			snprintf(end_text[now->source],
				 sizeof *end_text, "status %.*s",
				 (int)(now->args.len < 20 ? now->args.len : 20),
				 now->args.s);
	} else if (now->call->what == THREAD_EXIT) {
		post_end(me, me->group->tasks == 1);
	}
	apply();
	if (now->call->what == EXEC && me->lane >= 0) {
		lane_name(me->lane, me->group->name);
		json_lane(now, me->group->pid, me->group->name, me->thread,
			  0);
	}
}

static void draw_wait(void)
{
	char text[TEXT_BYTES];

	say_call(now, me, 1, text, TEXT_BYTES);
	my_row = row_add(lane(), R_WAIT, now->from, text, likeness(R_WAIT));
	now->drawn = 2;
	now->row = my_row;
	note_level();
	post_all();
	model_apply(now, me);
}

static void wake_text(char *buf, size_t size)
{
	char result[128], brought[TEXT_BYTES];

	say_result(now, result, sizeof result);
	say_brought(now, brought, sizeof brought);
	snprintf(buf, size, "= %s%s%s", *result ? result : "?",
		 *brought ? ", " : "", brought);
}

/* A wait that nobody seen here ended: was it one at all? A processor that is
 * busy with others makes a short call long; a call that returns what is there
 * already longer than one that is for waiting. */
static int was_none(void)
{
	int64_t took = now->to - now->from;
	struct piece path;
	int fd;

	if (now->at_once || now->has_waited)
		return now->at_once;
	switch (now->call->what) {
	case SLEEP: return 0;
	case WAIT:			/* the child's end may be told later */
		return now->value <= 0 || n_wants == 0 ||
		       object_find(wants, n_wants, now->tid, 0, now->to);
	case OPEN:
		return took < SHORT_US ||
		       (descriptor_of(now->result, &fd, &path) &&
			is_plain_file(path));
	case READ: case WRITE: case POLL: case SELECT: case EPOLL:
		return took < (has(now->result, "Timeout") ? SHORT_US :
			       NOBODY_US);
	default: return took < SHORT_US;
	}
}

static void draw_wake(void)
{
	char text[TEXT_BYTES + 160], whole[TEXT_BYTES + 128];
	struct action *found;
	int by_signal = strncmp(now->err, "ERESTART", 8) == 0 ||
			strcmp(now->err, "EINTR") == 0;
	int is_sure;
	long wake;

	found = who_ended(&is_sure);
	whole_text(whole, sizeof whole);
	json_call(now, me->group->pid, whole, "", 1);
	if (now->at_once && now->value != -1)
		found = NULL;
	if (!found && !by_signal && was_none() &&
	    row_join(now->row, whole, likeness(R_CALL)))
		return;
	wake_text(text, sizeof text);
	wake = row_add(lane(), R_WAKE, now->to, text, likeness(R_WAKE));
	if (found && found->row && (found->to != FOREVER || is_sure))
		json_arrow(found, now, me->group->pid);
	if (found)
		now->effect = object_moment(found);
	if (found && found->to == FOREVER && !is_sure)
		keep_guess(found, wake);
	else if (!found)
		keep_open(wake);
	row_wake(wake, found ? found->row : 0, now->to - now->from);
	me->interrupted = by_signal ? wake : 0;
}

/* ------------------------------------------------------------ the events */

static void signal_begun(void)
{
	char text[80];
	struct action *found;
	struct piece word = now->name;
	struct likeness like;
	long row;

	for (word.len = 0; word.len < now->name.len &&
	     word.s[word.len] != ' '; word.len++)
		;
	if (memchr(now->name.s, '{', now->name.len))
		snprintf(text, sizeof text, "%.*s arrives",
			 (int)(word.len < 30 ? word.len : 30), word.s);
	else
		snprintf(text, sizeof text, "%.*s",
			 (int)(now->name.len < 60 ? now->name.len : 60),
			 now->name.s);
	like.sort = hash_of("signal", text, strlen(text));
	like.loose = like.sort & ~LOOKS_AT_FILES;
	row = row_add(lane(), R_EVENT, now->from, text, like);
	json_mark(now, me->group->pid, text);
	n_wants = 0;
	want_sender(now->name);
	found = object_find(wants, n_wants, now->tid, 0, now->from + 1);
	if (found)
		found->wakes--;
	if (now->signal)
		me->group->told[now->signal] = now->from;
	if (found && found->row)
		row_by(me->interrupted ? me->interrupted : row, found->row);
	me->interrupted = 0;
}

static void process_ended(int killed)
{
	struct group *g = me->group;
	char text[80];
	int all = g->tasks == 1;

	if (killed && !g->ending) {
		snprintf(text, sizeof text, "%.*s",
			 (int)(now->name.len < 60 ? now->name.len : 60),
			 now->name.s);
		my_row = row_add(lane(), R_END, now->from, text,
				 (struct likeness){ 0, 0 });
		json_mark(now, g->pid, text);
		g->ending = 1;
		if (now->source < SOURCES && first_pid[now->source] == g->pid)
			snprintf(end_text[now->source], sizeof *end_text,
				 "%.60s", text);
		post_end(me, 1);
		look_back();
	} else if (me->lane >= 0 && all) {
		look_back();
	}
	if (all)
		object_ended(end_key(g->pid), now->from);
	if (me->lane >= 0)
		lane_end(me->lane, now->from);
	task_end(me);
}

static void call_begun(void)
{
	int quiet = is_noise(now, me);
	int goes_on = now->to == FOREVER && now->call->what != EXIT &&
		      now->call->what != FORK;

	if (!quiet && (goes_on || (now->is_long && can_wait())))
		draw_wait();
	else
		draw_call(quiet);
}

static void begun(struct event *e)
{
	pid_t other;

	now = e;
	my_row = 0;
	me = task_of(e->tid, e->source);
	if (e->source < SOURCES && !first_pid[e->source])
		first_pid[e->source] = me->group->pid;
	switch (e->kind) {
	case A_SIGNAL: signal_begun(); break;
	case A_KILL: process_ended(1); break;
	case AN_END: process_ended(0); break;
	case A_SWITCH:
		other = (pid_t)e->value;
		if (other > 0 && other != e->tid) {
			struct task *t = task_of(other, e->source);

			if (t->lane >= 0)
				lane_end(t->lane, e->from);
			task_end(t);
		}
		break;
	default:
		me->interrupted = 0;
		call_begun();
	}
}

/* For the JSON a call that never came back lasts until the end. */
static void left(struct event *e, int64_t last)
{
	char text[TEXT_BYTES];

	model_forget(e);
	if (e->drawn != 2)
		return;
	now = e;
	me = task_of(e->tid, e->source);
	say_call(e, me, 1, text, sizeof text);
	e->to = last > e->from ? last : e->from;
	json_call(e, me->group->pid, text, "", 1);
}

static void ended(struct event *e)
{
	now = e;
	me = task_of(e->tid, e->source);
	my_row = e->row;
	if (e->drawn == 2) {
		check_guesses();
		if (e->has_value || e->err[0])
			draw_wake();
		else
			left(e, e->to);
		my_row = e->row;
		done_all();
		change_level();
	}
	if (e->drawn != 1)
		apply();
	if (e->drawn != 1 && e->call->what == EXEC && me->lane >= 0)
		lane_name(me->lane, me->group->name);
}

static void closes(struct task *t, struct desc *d, int is_last)
{
	if (now)
		post_close(t, d, is_last);
}

const struct sink relate_sink = { begun, ended, left };

__attribute__((constructor)) static void begin(void)
{
	model_closes = closes;
}

const char *relate_end(int source)
{
	return end_text[source][0] ? end_text[source] : NULL;
}

void relate_free(void)
{
	now = NULL;
	passed_free();
	model_free();
	actions_free();
	sem_free();
	lock_free();
	futex_free();
	notice_free();
	memset(end_text, 0, sizeof end_text);
	memset(first_pid, 0, sizeof first_pid);
	memset(open_wake, 0, sizeof open_wake);
	memset(guess, 0, sizeof guess);
}
