/*
 * json.c - the same in the Trace Event Format, for Perfetto and its like
 *
 * Every call is a slice ("X"), a wait too, under another category; a signal is
 * an instant ("i"); an arrow is a pair of flow events ("s", "f") that
 * stand inside the slices of both calls. Times are microseconds since the first
 * event. Nothing is folded here, but there is a bound; what is beyond it is
 * counted at the end.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

static FILE *to;
static unsigned long long written, left_out, flows;
static int64_t first;

int json_open(const char *path)
{
	to = fopen(path, "w");
	written = left_out = flows = 0;
	first = 0;
	if (!to)
		return -1;
	fputs("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n"
	      "{\"name\":\"process_sort_index\",\"ph\":\"M\",\"pid\":0,"
	      "\"tid\":0,\"args\":{\"sort_index\":0}}", to);
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

void json_lane(const struct event *e, pid_t pid, const char *name,
	       unsigned thread)
{
	char label[80];

	if (!to)
		return;
	if (thread == 1) {
		fputs(",\n{\"name\":\"process_name\",\"ph\":\"M\",", to);
		who(pid, e->tid);
		fputs(",\"args\":{\"name\":", to);
		string(name, strlen(name));
		fputs("}}", to);
	}
	snprintf(label, sizeof label, thread == 1 ? "%s" : "%s thread %u",
		 name, thread);
	fputs(",\n{\"name\":\"thread_name\",\"ph\":\"M\",", to);
	who(pid, e->tid);
	fputs(",\"args\":{\"name\":", to);
	string(label, strlen(label));
	fputs("}}", to);
}

void json_call(const struct event *e, pid_t pid, const char *text,
	       const char *result, int waited)
{
	int64_t took = e->to == FOREVER ? 0 : e->to - e->from;

	if (!is_room())
		return;
	fputs(",\n{\"name\":", to);
	string(e->name.s, e->name.len);
	fprintf(to, ",\"cat\":\"%s\",\"ph\":\"X\",\"ts\":%.0f,\"dur\":%lld,",
		waited ? "wait" : "call", since(e->from), (long long)took);
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
	fputs(",\n{\"name\":", to);
	string(text, strlen(text));
	/* An arrow may begin at the end of a process, and has to lie in a
	 * slice there. */
	fprintf(to, ",\"cat\":\"signal\",%s,\"ts\":%.0f,",
		e->kind == A_KILL ? "\"ph\":\"X\",\"dur\":1,\"args\":{}" :
		"\"ph\":\"i\",\"s\":\"t\"", since(e->from));
	who(pid, e->tid);
	fputs("}", to);
}

/* FROM ended the wait TO. The end is bound to the slice that encloses it. */
void json_arrow(const struct action *from, const struct event *end, pid_t pid)
{
	if (!is_room())
		return;
	flows++;
	fprintf(to, ",\n{\"name\":\"ends the wait\",\"cat\":\"arrow\","
		"\"ph\":\"s\",\"id\":%llu,\"ts\":%.0f,", flows,
		since(from->from));
	who(from->pid, from->tid);
	fprintf(to, "},\n{\"name\":\"ends the wait\",\"cat\":\"arrow\","
		"\"ph\":\"f\",\"bp\":\"e\",\"id\":%llu,\"ts\":%.0f,", flows,
		since(end->to > end->from ? end->to - 1 : end->to));
	who(pid, end->tid);
	fputs("}", to);
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
