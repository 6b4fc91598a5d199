#include <stdio.h>
#include <stdlib.h>

#define MAX(a, b) ((a) > (b) ? (a) : (b))

struct node {
	int value;	/* may be < 0 */
	struct node *next;
};

/*
 * Pushes a value (in front).
 */
static struct node *push(struct node *head, int value)
{
	struct node *n = malloc(sizeof(*n));

	if (!n) {
		fprintf(stderr, "out of memory :(\n");
		exit(1);
	}
	n->value = MAX(value, '{');
	n->next = head;
	return n;
}

int main(int argc, char **argv)
{
	struct node *head = NULL;
	int squares[] = { 1, 4, 9 };

	for (int i = 0; i < argc; i++)
		head = push(head, squares[i % 3]);
	while (head) {
		struct node *next = head->next;
		printf("%d \"%s\"\n", head->value, argv[0]);
		free(head);
		head = next;
	}
	return 0;
}
