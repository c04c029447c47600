/*
 * fuzz - lines of strace, broken in every way, drawn again and again
 *
 *	fuzz SECONDS SEED FILE...	FILE: what strace -f -ttt -T -yy wrote
 *
 * Each turn takes one of the files, breaks it, and draws it as text, SVG and
 * JSON into /dev/null. Built with -fsanitize=address,undefined, whatever is
 * read or written out of place ends it; a turn that takes ten seconds does too.
 * It prints the number of turns. `make -C common/trace fuzz' is ten minutes.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../trace.h"

enum { MOST = 64 * 1024, TURN_S = 10 };

static uint64_t state;

static uint64_t any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static size_t below(size_t n)
{
	return n ? (size_t)(any() % n) : 0;
}

struct text {
	char s[MOST];
	size_t len;
};

static void replace(struct text *t, size_t at, size_t gone, const char *with,
		    size_t len)
{
	if (at > t->len)
		at = t->len;
	if (gone > t->len - at)
		gone = t->len - at;
	if (t->len - gone + len > MOST)
		return;
	memmove(t->s + at + len, t->s + at + gone, t->len - at - gone);
	memcpy(t->s + at, with, len);
	t->len = t->len - gone + len;
}

/* The line that AT is in: where it begins, and its length with the newline. */
static size_t line_at(const struct text *t, size_t at, size_t *len)
{
	size_t from = at, to = at;

	while (from > 0 && t->s[from - 1] != '\n')
		from--;
	while (to < t->len && t->s[to] != '\n')
		to++;
	*len = to - from + (to < t->len);
	return from;
}

static const char *const pieces[] = {
	"\"", "\\", "(", ")", "[", "]", "{", "}", "<", ">", "->", ", ", "= ",
	" = ?", " <unfinished ...>", "<... read resumed>", "<... ", " resumed>",
	"-1", "0", "99999999999999999999", "-9223372036854775808",
	"0xffffffffffffffff", "4294967296", "= -1 EAGAIN (x)",
	"= ? ERESTARTSYS",
	"+++ exited with 0 +++", "+++ killed by SIGKILL +++",
	"+++ superseded by execve in pid 7 +++", "--- SIGCHLD {si_pid=1} ---",
	"fork(", "clone(flags=CLONE_VM|CLONE_FILES|CLONE_THREAD) = ",
	"execve(\"",
	"futex(0x7f, FUTEX_WAIT, 2, NULL", "pipe:[1]",
	"</dev/pts/3<char 136:3>>",
	"poll([{fd=3, events=POLLIN}], 1, -1) = 1 ([{fd=3, revents=POLLIN}])",
	"semop(1, [{sem_num=0, sem_op=-1, sem_flg=0}], 1) = 0",
	"epoll_ctl(3, EPOLL_CTL_ADD, 4, {events=EPOLLIN, data={u64=4}}) = 0",
	"mmap(NULL, 4096, PROT_READ, MAP_SHARED, 3, 0) = 0x7f0000000000",
	"semctl(1, 0, SETVAL, 0x7) = 0", "semget(IPC_PRIVATE, 9, 0600) = 1",
	"semop(1, [{sem_num=31999, sem_op=32767, sem_flg=SEM_UNDO}], 1) = 0",
	"fcntl(3, F_SETLKW, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=9, "
	"l_len=-9223372036854775807}) = 0", "flock(3, LOCK_EX) = 0",
	"mq_notify(3, {sigev_signo=SIGUSR1, sigev_notify=SIGEV_THREAD}) = 0",
	"cmsg_type=SCM_RIGHTS, cmsg_data=[3, 4]",
	"read(3<anon_inode:[signalfd]>, \"\\n\\0\\0\", 128) = 128",
	"munmap(0x7f0000000000, 100) = 0", "mremap(0x7f0000000000, 1, 9) = 1",
	"close_range(0, 4294967295, 0) = 0", "dup2(3, 1048576) = 1048576",
	"\xff\xfe\x80", "\n", "1.000000", " 1700000000.5 ", "<0.000001>",
	"<999999999.9>",
};

static void break_once(struct text *t)
{
	size_t at = below(t->len), len, from = line_at(t, at, &len);
	const char *piece = pieces[below(sizeof pieces / sizeof *pieces)];
	char copy[512];
	char byte = (char)any();

	switch (below(8)) {
	case 0: replace(t, at, 1, &byte, 1); break;
	case 1: replace(t, at, below(20), "", 0); break;
	case 2: replace(t, at, 0, piece, strlen(piece)); break;
	case 3: replace(t, at, below(8), piece, strlen(piece)); break;
	case 4: replace(t, from, len, "", 0); break;
	case 5:				/* a line comes again, elsewhere */
		if (len > sizeof copy)
			len = sizeof copy;
		memcpy(copy, t->s + from, len);
		from = line_at(t, below(t->len), &(size_t){ 0 });
		replace(t, from, 0, copy, len);
		break;
	case 6:				/* another thread's */
		byte = (char)('1' + below(9));
		replace(t, from + below(3), 1, &byte, 1);
		break;
	default:			/* from here on nothing, or no end */
		if (below(10) == 0)
			t->len = at;
		else
			replace(t, from + len - 1, 1, "", 0);
	}
}

/* Some lines of FILE, from anywhere in it. */
static void load(struct text *t, const char *path)
{
	FILE *f = fopen(path, "r");
	long size;

	t->len = 0;
	if (!f || fseek(f, 0, SEEK_END) == -1 || (size = ftell(f)) <= 0) {
		fprintf(stderr, "fuzz: %s cannot be read\n", path);
		exit(2);
	}
	fseek(f, below(3) ? (long)below((size_t)size) : 0, SEEK_SET);
	t->len = fread(t->s, 1, 1000 + below(MOST - 2000), f);
	fclose(f);
}

static void turn(struct text *t, struct text *other)
{
	static const struct text nothing = { .s = "\n", .len = 1 };
	FILE *null = fopen("/dev/null", "w");
	FILE *file[2];
	struct read_result r;

	file[0] = fmemopen(t->len ? t->s : (char *)nothing.s,
			   t->len ? t->len : 1, "r");
	file[1] = fmemopen(other->len ? other->s : (char *)nothing.s,
			   other->len ? other->len : 1, "r");
	if (!file[0] || !file[1] || !null || json_open("/dev/null") == -1)
		exit(2);
	r = read_files(file, 1 + below(2), below(4) ? FOREVER :
		       (int64_t)1796045238 * 1000000, &relate_sink);
	relate_finish();
	picture.first = r.first;
	picture.unknown = r.unknown;
	picture.title = "fuzz";
	picture.foot = "";
	json_close();
	svg_draw("/dev/null");
	text_draw(null, 60 + below(100));
	relate_free();
	rows_free();
	fclose(file[0]);
	fclose(file[1]);
	fclose(null);
}

int main(int argc, char **argv)
{
	static struct text t, other;
	unsigned long turns = 0;
	time_t end;

	if (argc < 4) {
		fprintf(stderr, "usage: fuzz SECONDS SEED FILE...\n");
		return 2;
	}
	end = time(NULL) + atol(argv[1]);
	while (time(NULL) < end) {
		size_t n;

		/* A turn is known by its number: SEED again finds it. */
		state = (strtoull(argv[2], NULL, 10) + turns) *
			0x9e3779b97f4a7c15u + 1;
		any();
		load(&t, argv[3 + below((size_t)argc - 3)]);
		load(&other, argv[3 + below((size_t)argc - 3)]);
		for (n = below(60); n > 0 && t.len; n--)
			break_once(&t);
		alarm(TURN_S);
		if (getenv("FUZZ_SAY"))
			fprintf(stderr, "turn %lu\n", turns);
		turn(&t, &other);
		alarm(0);
		turns++;
	}
	printf("%lu turns\n", turns);
	return 0;
}
