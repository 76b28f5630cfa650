local composite, count, sum = {}, 0, 0
for n = 2, 19999 do
  if not composite[n] then
    count, sum = count + 1, sum + n
    for m = n * n, 19999, n do composite[m] = true end
  end
end
print(count)
print(sum)
