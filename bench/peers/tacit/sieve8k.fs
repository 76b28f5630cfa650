\ Bytes: the primes up to 8190.
8190 constant n
create flags n 1+ allot
: sieve ( -- count )
  flags n 1+ 1 fill 0
  n 1+ 2 do
    i flags + c@ if 1+ i 2* begin dup n <= while 0 over flags + c! i + repeat drop then
  loop ;
: main ( size -- ) 0 swap 0 do drop sieve loop 0 .r cr ;
next-arg s>number drop main bye
