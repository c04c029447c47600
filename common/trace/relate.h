/*
 * relate.h - what relate.c and the files under it share: gives.c, wants.c,
 * levels.c, keys.c; nobody else includes it
 */
#ifndef TRACE_RELATE_H
#define TRACE_RELATE_H

#include "trace.h"

/* The event that is looked at, its thread, and its row. */
extern struct event *now;
extern struct task *me;
extern long my_row;

/* What a wait wants, while that is found out. */
extern struct want wants[WANTS];
extern size_t n_wants;

/* keys.c: the keys of objects; which arguments of splice() and its like are
 * read and written. */
uint64_t set_key(int64_t id);
uint64_t semaphore_key(int64_t id, int64_t n);
uint64_t queue_key(int64_t id);
uint64_t end_key(int64_t pid);
uint64_t thread_key(int64_t tid);
uint64_t signal_key(int64_t pid);
uint64_t group_key(int64_t pgrp);
uint64_t notice_key(int64_t pid);	/* of whom a queue tells */
uint64_t lock_key(const struct desc *d, int by_flock);
uint64_t opened_key(const struct event *e);
void both_ways(const struct piece *a, size_t n, struct desc **in,
	       struct desc **out);
uint64_t futex_of(const struct piece *a, size_t n);	/* 0 if none */
int is_futex_wait(const struct piece *a, size_t n);

/* gives.c: everything that NOW does to others, or is about to do; that it has come back;
 * the end of T, or of its process; that T gives up a descriptor of D. */
void post_all(void);
void done_all(void);
void post_end(struct task *t, int all);
void post_close(struct task *t, struct desc *d, int is_last);

/* levels.c: was there data, or room, when NOW began? What lies in a pipe has
 * changed; D listens. */
void note_level(void);
void change_level(void);
void note_backlog(const struct piece *a, size_t n, const struct desc *d);

/* wants.c: what NOW waited for, into wants[]; who sent a signal, by what strace
 * says of it, is added there. */
void want_all(void);
void want_sender(struct piece info);

#endif
