/*
 * names.c - what strace calls a descriptor, and which object that is
 *
 * pipe:[7], a path, both ends of a socket: the name tells. An eventfd, a memfd
 * and their like have no name of their own: each one that is made is a new
 * object.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "trace.h"

static struct map fifos;		/* by the hash of their path */
static struct map masters;		/* numbers of terminals, see D_MASTER */
static uint64_t made;			/* objects without a name */

uint64_t object_new(const char *kind)
{
	return hash_number(kind, ++made);
}

/* What stands between the first [ and the last ] */
static struct piece bracket(struct piece p)
{
	const char *open = memchr(p.s, '[', p.len);
	const char *end = memrchr(p.s, ']', p.len);

	if (!open || !end || end < open)
		return (struct piece){ "", 0 };
	return (struct piece){ open + 1, (size_t)(end - open - 1) };
}

uint64_t key_of(const char *kind, struct piece p)
{
	return p.len ? hash_of(kind, p.s, p.len) : 0;
}

/* "127.0.0.1:80" and "[::1]:80": by the port, for one end may say 0.0.0.0. */
static uint64_t port_key(const char *kind, struct piece p)
{
	const char *colon = memrchr(p.s, ':', p.len);

	if (!colon)
		return 0;
	colon++;
	return key_of(kind, (struct piece){ colon, (size_t)(p.s + p.len -
							    colon) });
}

/* "A->B": 1, and both sides */
static int both_sides(struct piece p, struct piece *a, struct piece *b)
{
	const char *arrow = memmem(p.s, p.len, "->", 2);

	*a = p;
	*b = (struct piece){ "", 0 };
	if (!arrow)
		return 0;
	a->len = (size_t)(arrow - p.s);
	b->s = arrow + 2;
	b->len = (size_t)(p.s + p.len - b->s);
	return 1;
}

static void name_unix(struct desc *d, struct piece in)
{
	struct piece a, b;
	const char *comma;

	comma = memchr(in.s, ',', in.len);
	if (comma) {
		struct piece path = { comma + 1, 0 };

		path.len = (size_t)(in.s + in.len - path.s);
		d->address = key_of("unix address", path);
		in.len = (size_t)(comma - in.s);
	}
	both_sides(in, &a, &b);
	d->own = key_of("unix", a);
	d->peer = key_of("unix", b);
}

static void name_inet(struct desc *d, struct piece in, int is_datagram)
{
	struct piece a, b;
	char turned[256];
	int n;

	if (is_datagram) {
		both_sides(in, &a, &b);
		d->own = port_key("port", a);
		d->peer = b.len ? port_key("port", b) : 0;
		d->address = d->own;
		return;
	}
	d->own = key_of("tcp", in);
	if (!both_sides(in, &a, &b)) {
		d->address = port_key("port", a);
		return;
	}
	n = snprintf(turned, sizeof turned, "%.*s->%.*s", (int)b.len, b.s,
		     (int)a.len, a.s);
	if (n > 0 && n < (int)sizeof turned)
		d->peer = hash_of("tcp", turned, (size_t)n);
}

int is_socket_name(struct piece name)
{
	return begins(name, "UNIX") || begins(name, "TCP") ||
	       begins(name, "UDP") || begins(name, "socket:") ||
	       begins(name, "NETLINK") || begins(name, "SCTP");
}

void name_socket(struct desc *d, struct piece name)
{
	struct piece in = bracket(name);

	d->kind = D_SOCKET;
	d->is_datagram = begins(name, "UNIX-DGRAM") || begins(name, "UDP");
	if (begins(name, "UNIX"))
		name_unix(d, in);
	else if (begins(name, "TCP"))
		name_inet(d, in, 0);
	else if (begins(name, "UDP"))
		name_inet(d, in, 1);
	else if (begins(name, "socket:"))
		d->own = key_of("unix", in);
	else
		d->own = key_of("socket", name);
}

void name_terminal(struct desc *d, int64_t n, int is_master)
{
	d->kind = is_master ? D_MASTER : D_TERMINAL;
	d->own = hash_number(is_master ? "master" : "terminal", (uint64_t)n);
	d->peer = hash_number(is_master ? "terminal" : "master", (uint64_t)n);
}

/* The path of open() as a key: "/x", or the folder and "x". */
uint64_t path_key(const struct piece *a, size_t n)
{
	struct piece path, name;
	const char *open, *end;
	char whole[1024];
	int len;

	if (n < 1)
		return 0;
	if (*a[0].s == '"') {		/* open() has no folder */
		path = inside(a[0]);
		return hash_of("file", path.s, path.len);
	}
	if (n < 2)
		return 0;
	path = inside(a[1]);
	if (path.len && *path.s == '/')
		return hash_of("file", path.s, path.len);
	open = memchr(a[0].s, '<', a[0].len);
	if (!open)
		return 0;
	end = after_note(open, a[0].s + a[0].len);
	name = (struct piece){ open + 1, (size_t)(end - open - 1) };
	name.len -= name.len > 0;
	len = snprintf(whole, sizeof whole, "%.*s/%.*s", (int)name.len, name.s,
		       (int)path.len, path.s);
	return len > 0 && len < (int)sizeof whole ?
		hash_of("file", whole, (size_t)len) : 0;
}

/* The kind of file that NAME is; 0 if it is gone. */
static mode_t kind_of_file(struct piece name)
{
	char path[4096];
	struct stat st;

	if (map_get(&fifos, key_of("file", name)))
		return S_IFIFO;
	if (name.len >= sizeof path)
		return 0;
	memcpy(path, name.s, name.len);
	path[name.len] = '\0';
	return stat(path, &st) == 0 ? st.st_mode & S_IFMT : 0;
}

int is_plain_file(struct piece name)
{
	return kind_of_file(name) == S_IFREG;
}

static void name_path(struct desc *d, struct piece name)
{
	int64_t n;

	d->file = key_of("file", name);
	d->own = d->peer = d->file;
	d->kind = D_FILE;
	if (begins(name, "/dev/pts/")) {
		struct piece number = { name.s + 9, name.len - 9 };

		if (number_of(number, &n))
			name_terminal(d, n, 0);
		return;
	}
	if (begins(name, "/memfd:output"))	/* stage's, see said.c there */
		d->kind = D_CAPTURED;
	else if (begins(name, "/dev/ptmx"))
		d->kind = D_MASTER;
	else if (memmem(name.s, name.len, "<char ", 6))
		d->kind = D_DEVICE;
	if (begins(name, "/memfd:"))	/* many may have one name */
		d->own = d->peer = d->file = object_new("memfd");
	if (d->kind == D_FILE && kind_of_file(name) == S_IFIFO)
		d->kind = D_FIFO;
}

static enum desc_kind kind_of_anonymous(struct piece in)
{
	static const struct {
		const char *word;
		enum desc_kind kind;
	} kinds[] = {
		{ "eventfd", D_EVENTFD }, { "timerfd", D_TIMERFD },
		{ "signalfd", D_SIGNALFD }, { "eventpoll", D_EPOLL },
		{ "pidfd", D_PIDFD },
	};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (has(in, kinds[i].word))
			return kinds[i].kind;
	return D_DEVICE;
}

/* What is after the brackets of a name may change: "(deleted)". */
uint64_t name_hash(struct piece name)
{
	const char *gone = memmem(name.s, name.len, " (deleted)", 10);

	if (gone)
		name.len = (size_t)(gone - name.s);
	return hash_of("name", name.s, name.len);
}

void name_desc(struct desc *d, struct piece name)
{
	d->name = name_hash(name);
	if (begins(name, "pipe:")) {
		d->kind = D_PIPE;
		d->own = d->peer = key_of("pipe", bracket(name));
	} else if (begins(name, "anon_inode:")) {
		d->kind = kind_of_anonymous(bracket(name));
		d->own = d->peer = object_new("anonymous");
	} else if (begins(name, "/")) {
		name_path(d, name);
	} else {
		name_socket(d, name);
	}
}

uint64_t queue_name_key(struct piece name)
{
	name = inside(name);
	if (name.len && *name.s == '/') {
		name.s++;
		name.len--;
	}
	return key_of("queue", name);
}

/* In the words of a call: {sa_family=AF_INET, sin_port=htons(80), ...} */
uint64_t address_key(struct piece p)
{
	struct piece value;
	const char *s;

	if (field(p, "sun_path", &value))
		return key_of("unix address", value);
	if (!field(p, "sin_port", &value) && !field(p, "sin6_port", &value))
		return 0;
	s = memchr(value.s, '(', value.len);
	if (!s)
		return 0;
	value.len -= (size_t)(s + 1 - value.s);
	value.s = s + 1;
	if (value.len && value.s[value.len - 1] == ')')
		value.len--;
	return key_of("port", value);
}

/* A FIFO may be gone when its name is read, so stat() is not enough. */
void name_fifo(uint64_t path)
{
	static int yes;

	map_put(&fifos, path, &yes);
}

/* D is the master of terminal N, which is one of this run's own. */
void name_master(struct desc *d, int64_t n)
{
	name_terminal(d, n, 1);
	map_put(&masters, hash_number("terminal", (uint64_t)n), d);
}

int goes_to_people(const struct desc *d)
{
	return d && (d->kind == D_CAPTURED ||
		     (d->kind == D_TERMINAL && !map_get(&masters, d->own)));
}

void names_free(void)
{
	free(masters.v);
	free(fifos.v);
	masters = fifos = (struct map){ 0 };
}
