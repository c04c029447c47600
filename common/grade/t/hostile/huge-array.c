// EXPECT: does-not-compile - what is linked has 100 GB
char array[100000000000] = { 1 };

int main(void)
{
	return array[5];
}
