\ Arrays of 50 by 50, multiplied.
50 constant n
create a n n * cells allot
create b n n * cells allot
create c n n * cells allot
: init ( -- ) n n * 0 do i 7 mod a i cells + ! i 5 mod b i cells + ! loop ;
: inner ( row col -- sum )
  cells b + swap n * cells a + 0
  n 0 do over @ 3 pick @ * + rot n cells + rot cell+ rot loop nip nip ;
: product ( -- ) n 0 do n 0 do j i inner c j n * i + cells + ! loop loop ;
: sum ( -- u ) 0 n n * 0 do c i cells + @ + loop ;
: main ( size -- ) init 0 do product loop sum 0 .r cr ;
next-arg s>number drop main bye
