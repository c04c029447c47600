/* spin - works for ever */
int main(void)
{
	for (;;)
		;
}
