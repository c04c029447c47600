/*
 * passed.c - descriptors that are on their way in a message: SCM_RIGHTS
 *
 * Whoever receives one has the same open file description as the sender, also
 * if strace has no name for it. Until then it is open, even when the sender has
 * closed it. A receiver that does not ask for it throws it away.
 */
#define _GNU_SOURCE
#include <string.h>

#include "trace.h"

enum { MOST = 256 };

static struct {
	uint64_t to;			/* the socket that it lies in */
	struct desc *desc;		/* counted in refs */
	int64_t ahead;			/* bytes that are read before it */
} passing[MOST];
static size_t n;

static struct desc *take(size_t i)
{
	struct desc *d = passing[i].desc;

	n--;
	memmove(passing + i, passing + i + 1, (n - i) * sizeof *passing);
	return d;
}

/* "[{cmsg_len=20, ..., cmsg_type=SCM_RIGHTS, cmsg_data=[3, 4]}]": "[3, 4]" */
static int find_list(struct piece args, struct piece *list)
{
	static const char word[] = "cmsg_type=SCM_RIGHTS, cmsg_data=";
	const char *s = args.len ? memmem(args.s, args.len, word,
					  sizeof word - 1) : NULL;
	struct piece rest;

	if (!s)
		return 0;
	s += sizeof word - 1;
	rest = (struct piece){ s, (size_t)(args.s + args.len - s) };
	if (!next_piece(&rest, list))
		return 0;
	*list = inside(*list);
	return 1;
}

void passed_send(const struct event *e, const struct task *t, int64_t ahead)
{
	struct piece a[1], list, one;
	struct desc *by = split(e->args, a, 1) == 1 ? desc_of(t, a[0]) : NULL;

	if (!by || !by->peer || !find_list(e->args, &list))
		return;
	while (n < MOST && next_piece(&list, &one)) {
		struct desc *d = desc_of(t, one);

		if (!d)
			continue;
		d->refs++;
		passing[n].to = by->peer;
		passing[n].desc = d;
		passing[n++].ahead = ahead;
	}
}

/* The next one that lies in TO, if it is called NAME. The caller has its
 * reference. */
static struct desc *next_of(uint64_t to, struct piece name)
{
	for (size_t i = 0; i < n; i++) {
		struct desc *d = passing[i].desc;

		if (passing[i].to != to)
			continue;
		if (d->name != name_hash(name) &&
		    !(d->kind == D_SOCKET && is_socket_name(name)))
			return NULL;
		return take(i);
	}
	return NULL;
}

/* COUNT bytes were read from TO: what came with them and was not taken is
 * gone. */
static void read_on(struct task *t, uint64_t to, int64_t count)
{
	for (size_t i = 0; i < n; i++)
		if (passing[i].to == to) {
			passing[i].ahead -= count;
			if (passing[i].ahead < 0)
				desc_release(t, take(i--));
		}
}

void passed_receive(const struct event *e, struct task *t)
{
	struct piece a[1], list, one, name;
	struct desc *by, *d;
	uint64_t from;
	int fd;

	if (e->value <= 0 || !e->has_value || has(e->args, "MSG_PEEK") ||
	    split(e->args, a, 1) < 1)
		return;
	by = desc_of(t, a[0]);
	if (!by || by->kind != D_SOCKET)
		return;
	from = by->own;
	if (find_list(e->args, &list))
		while (next_piece(&list, &one)) {
			if (!descriptor_of(one, &fd, &name))
				continue;
			d = next_of(from, name);
			if (d) {
				fd_put(t, fd, d, has(e->args, "CLOEXEC"));
				desc_drop(d);
			} else {
				fd_make(t, fd, name, has(e->args, "CLOEXEC"));
			}
		}
	read_on(t, from, e->value);
}

/* The socket is gone, with all that lies in it. */
void passed_close(struct task *t, uint64_t socket)
{
	for (size_t i = 0; i < n; i++)
		if (passing[i].to == socket) {
			desc_release(t, take(i));
			i = (size_t)-1;	/* more of them may be gone now */
		}
}

void passed_free(void)
{
	while (n)
		desc_drop(take(n - 1));
}
