/* EXPECT: does-not-compile - the assembler reads files, too */
__asm__(".incbin \"/NEIGHBOUR\"");

int main(void)
{
	return 0;
}
