/*
 * futexes.c - who waits at which futex, and whose wake was for whom
 *
 * The kernel wakes them in the order in which they came. Who was woken first may
 * come back last.
 */
#include <stdlib.h>
#include <string.h>

#include "trace.h"

enum { FUTEXES = 100000, WAITERS = 4096 };

struct waiter {
	pid_t tid;
	int is_woken;
	struct action by;
};

struct futex {
	struct waiter *w;		/* in the order in which they came */
	size_t n;
};

static struct map futexes;

void futex_free(void)
{
	for (size_t i = 0; i < futexes.size; i++)
		if (futexes.v[i].key) {
			struct futex *f = futexes.v[i].value;

			free(f->w);
			free(f);
		}
	free(futexes.v);
	futexes = (struct map){ 0 };
}

static struct waiter *waiter_of(const struct futex *f, pid_t tid)
{
	for (size_t i = 0; f && i < f->n; i++)
		if (f->w[i].tid == tid)
			return &f->w[i];
	return NULL;
}

void futex_wait(uint64_t key, pid_t tid)
{
	struct futex *f = map_get(&futexes, key);

	if (!f) {
		if (futexes.n >= FUTEXES)	/* fewer arrows, none wrong */
			futex_free();
		f = get(sizeof *f);
		map_put(&futexes, key, f);
	}
	if (f->n == WAITERS || waiter_of(f, tid))
		return;
	f->w = must_have(realloc(f->w, (f->n + 1) * sizeof *f->w));
	f->w[f->n++] = (struct waiter){ .tid = tid };
}

void futex_wake(uint64_t key, int64_t count, const struct action *a)
{
	struct futex *f = map_get(&futexes, key);

	for (size_t i = 0; f && i < f->n && count > 0; i++) {
		struct waiter *w = &f->w[i];

		if (w->is_woken || w->tid == a->tid)
			continue;
		w->is_woken = 1;
		w->by = *a;
		count--;
	}
}

int futex_woken(uint64_t key, pid_t tid, struct action *by)
{
	const struct waiter *w = waiter_of(map_get(&futexes, key), tid);

	if (!w || !w->is_woken)
		return 0;
	*by = w->by;
	return 1;
}

void futex_end(uint64_t key, pid_t tid)
{
	struct futex *f = map_get(&futexes, key);
	struct waiter *w = waiter_of(f, tid);
	size_t behind;

	if (!w)
		return;
	behind = f->n - (size_t)(w - f->w) - 1;
	memmove(w, w + 1, behind * sizeof *w);
	if (--f->n > 0)
		return;
	map_drop(&futexes, key);
	free(f->w);
	free(f);
}
