\ Loops in loops.
: nested ( size -- n ) 0 swap 0 do 200 0 do 1000 0 do i j + 1 and + loop loop loop ;
next-arg s>number drop nested 0 .r cr bye
