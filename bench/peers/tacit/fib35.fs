\ Calls: the Fibonacci numbers by their definition.
: fib ( n -- f ) dup 2 < if exit then dup 1- recurse swap 2 - recurse + ;
next-arg s>number drop fib 0 .r cr bye
