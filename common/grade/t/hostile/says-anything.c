/* EXPECT: some - a line of 1 MiB, control characters, bytes that are no text,
 * and what each format of the grader has a meaning for */
#include <stdio.h>

int main(void)
{
	static const char said[] =
		"\033]0;title\007\033[31m\r\b\001wrong: x\002\t\v\f\177"
		"\300\257\355\240\200\364\220\200\200\377\376"
		"\302\205\342\200\256\342\200\250\357\277\277"
		"]]>&lt;&amp;<!--</testcase></failure><failure>\"',;=1+1\n"
		"not ok 1 - x\n1..0 # SKIP\nBail out!\n  ...\n  ---\n"
		"ok 99 # TODO\n```\n| a | b |\n# 9 of 9 points\n<script>\n";

	for (int i = 0; i < 1 << 20; i++)
		fputc('=', stdout);
	fputs(said, stdout);
	fputs(said, stderr);
	for (int i = 0; i < 1 << 20; i++)
		fputc("\"\\<\001\377"[i % 5], stderr);
	return 1;
}
