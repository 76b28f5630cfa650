-- The product of two 50 by 50 matrices, size times over; prints the sum of its cells.
local size = tonumber(arg[1])
local n, a, b, c = 50, {}, {}, {}
for i = 0, n * n - 1 do
  a[i], b[i], c[i] = i % 7, i % 5, 0
end
for _ = 1, size do
  for i = 0, n - 1 do
    for j = 0, n - 1 do
      local sum = 0
      for k = 0, n - 1 do sum = sum + a[i * n + k] * b[k * n + j] end
      c[i * n + j] = sum
    end
  end
end
local sum = 0
for i = 0, n * n - 1 do sum = sum + c[i] end
print(sum)
