/*
 * wrap.c - a long line as several
 */
#include <string.h>

#include "trace.h"

enum { MARGIN = 2 };

void wrap(const char *text, size_t width,
	  void (*put)(void *to, const char *line, size_t len, int is_first),
	  void *to)
{
	size_t left = strlen(text);
	int is_first = 1;

	if (width < 8)
		width = 8;
	for (;;) {
		size_t room = width - (is_first ? 0 : MARGIN);
		size_t cut = room;

		if (left <= room) {
			put(to, text, left, is_first);
			return;
		}
		while (cut > room / 2 && text[cut] != ' ' &&
		       text[cut - 1] != '|')
			cut--;
		if (cut <= room / 2)
			cut = room;
		put(to, text, cut, is_first);
		text += cut;
		left -= cut;
		while (*text == ' ') {
			text++;
			left--;
		}
		is_first = 0;
	}
}
