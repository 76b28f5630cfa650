\ Bubble sort of 3000 numbers, size times over, with a generator that 32-bit floats can follow.
3000 constant n
create numbers n cells allot
variable seed
: random ( -- u ) seed @ 37 * 29 + 9973 mod dup seed ! ;
: init ( -- ) 42 seed ! n 0 do random numbers i cells + ! loop ;
: step ( addr -- ) dup @ over cell+ @ 2dup > if 2 pick ! swap cell+ ! else 2drop drop then ;
: pass ( k -- ) numbers swap 0 do dup step cell+ loop drop ;
: bubble ( -- ) 1 n 1- do i pass -1 +loop ;
: sum ( -- u ) 0 n 0 do numbers i cells + @ i 1+ 7 mod * + 1000007 mod loop ;
: main ( size -- ) 0 do init bubble loop sum 0 .r cr ;
next-arg s>number drop main bye
