/* The loops of nested.pvm: the arguments are the two outer counts, 500 and 200 there. */
#include <stdio.h>
#include <stdlib.h>

volatile long result;

__attribute__((noinline)) void finished(void) { result += 0; }

__attribute__((noinline)) void never(void) { result += 1; }

__attribute__((noinline)) long work(long size, long middle) {
    long sum = 0;
    for (long k = 0; k < size; k++)
        for (long j = 0; j < middle; j++)
            for (long i = 0; i < 1000; i++)
                sum += (i + j) & 1;
    return sum;
}

int main(int count, char **arguments) {
    long size = count > 1 ? atol(arguments[1]) : 1;
    long middle = count > 2 ? atol(arguments[2]) : 200;
    result = work(size, middle);
    finished();
    if (size < 0)
        never();
    printf("%ld\n", result);
    return 0;
}
