/*
 * json.c - the same in the Trace Event Format, for Perfetto and its like
 *
 * Every call is a slice ("X"), a wait too, under another category; a signal is
 * an instant ("i"); an arrow is a pair of flow events ("s", "f") that
 * stand inside the slices of both calls. Times are microseconds since the first
 * event. Nothing is folded here, but there is a bound; what is beyond it is
 * counted at the end.
 *
 * A reader sorts by time, and looks which slice is open when it comes to the
 * end of an arrow. So each slice lasts a microsecond at least, and an arrow's
 * ends lie half a microsecond inside.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

static FILE *to;
static unsigned long long written, left_out, flows;
static unsigned lanes;
static int64_t first;
static const char *between;		/* events */

int json_open(const char *path)
{
	to = fopen(path, "w");
	written = left_out = flows = 0;
	lanes = 0;
	first = 0;
	between = "\n";
	if (!to)
		return -1;
	fputs("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[", to);
	return 0;
}

/* What is not ASCII was written by strace as an escape; a file's own bytes are
 * made harmless even so. */
static void string(const char *s, size_t len)
{
	fputc('"', to);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '"' || c == '\\')
			fprintf(to, "\\%c", c);
		else if (c < ' ' || c > '~')
			fprintf(to, "\\u%04x", c);
		else
			fputc(c, to);
	}
	fputc('"', to);
}

static double since(int64_t time)
{
	if (!first)
		first = time;
	return (double)(time - first);
}

/* The beginning of an event, up to what KIND has of its own. */
static void begin(const char *name, size_t len, const char *cat,
		  const char *kind)
{
	fprintf(to, "%s{\"name\":", between);
	string(name, len);
	fprintf(to, ",\"cat\":\"%s\",%s,", cat, kind);
	between = ",\n";
}

static int is_room(void)
{
	if (!to)
		return 0;
	if (written < JSON_EVENTS) {
		written++;
		return 1;
	}
	left_out++;
	return 0;
}

static void who(pid_t pid, pid_t tid)
{
	fprintf(to, "\"pid\":%d,\"tid\":%d", (int)pid, (int)tid);
}

static void metadata(const char *what, const struct event *e, pid_t pid)
{
	fprintf(to, "%s{\"name\":\"%s\",\"ph\":\"M\",", between, what);
	who(pid, e->tid);
	fputs(",\"args\":{", to);
	between = ",\n";
}

static void named(const char *what, const struct event *e, pid_t pid,
		  const char *name)
{
	metadata(what, e, pid);
	fputs("\"name\":", to);
	string(name, strlen(name));
	fputs("}}", to);
}

static void sorted(const char *what, const struct event *e, pid_t pid)
{
	metadata(what, e, pid);
	fprintf(to, "\"sort_index\":%u}}", lanes);
}

void json_lane(const struct event *e, pid_t pid, const char *name,
	       unsigned thread, int is_new)
{
	char label[80];

	if (!to)
		return;
	snprintf(label, sizeof label, thread == 1 ? "%s" : "%s thread %u",
		 name, thread);
	if (thread == 1)
		named("process_name", e, pid, name);
	named("thread_name", e, pid, label);
	if (!is_new)			/* it has another name now */
		return;
	lanes++;
	if (thread == 1)
		sorted("process_sort_index", e, pid);
	sorted("thread_sort_index", e, pid);
}

void json_call(const struct event *e, pid_t pid, const char *text,
	       const char *result, int waited)
{
	int64_t took = e->to == FOREVER || e->to <= e->from ? 1 :
		e->to - e->from;

	if (!is_room())
		return;
	begin(e->name.s, e->name.len, waited ? "wait" : "call",
	      "\"ph\":\"X\"");
	fprintf(to, "\"ts\":%.0f,\"dur\":%lld,", since(e->from),
		(long long)took);
	who(pid, e->tid);
	fputs(",\"args\":{\"call\":", to);
	string(text, strlen(text));
	if (*result) {
		fputs(",\"result\":", to);
		string(result, strlen(result));
	}
	fputs("}}", to);
}

void json_mark(const struct event *e, pid_t pid, const char *text)
{
	if (!is_room())
		return;
	/* An arrow may begin at the end of a process, and has to lie in a
	 * slice there. */
	begin(text, strlen(text), "signal", e->kind == A_KILL ?
	      "\"ph\":\"X\",\"dur\":1" : "\"ph\":\"i\",\"s\":\"t\"");
	fprintf(to, "\"ts\":%.0f,", since(e->from));
	who(pid, e->tid);
	fputs(",\"args\":{}}", to);
}

static void flow(const char *kind, double ts, pid_t pid, pid_t tid)
{
	static const char name[] = "ends the wait";

	begin(name, sizeof name - 1, "arrow", kind);
	fprintf(to, "\"id\":%llu,\"ts\":%.1f,", flows, ts);
	who(pid, tid);
	fputs("}", to);
}

/* FROM ended the wait END. Its end is bound to the slice that encloses it. */
void json_arrow(const struct action *from, const struct event *end, pid_t pid)
{
	if (!is_room())
		return;
	flows++;
	flow("\"ph\":\"s\"", since(from->from) + 0.5, from->pid, from->tid);
	flow("\"ph\":\"f\",\"bp\":\"e\"", since(end->to) - 0.5, pid,
	     end->tid);
}

int json_close(void)
{
	int err = 0;

	if (!to)
		return 0;
	fprintf(to, "\n],\"otherData\":{\"events_left_out\":\"%llu\"}}\n",
		left_out);
	if (ferror(to))
		err = errno ? errno : EIO;
	if (fclose(to) == EOF && !err)
		err = errno;
	to = NULL;
	errno = err;
	return err ? -1 : 0;
}
