-- Bubble sort of 3000 numbers, size times over, with a generator that 32-bit floats can follow.
local size = tonumber(arg[1])
local count, list, seed = 3000, {}, 42
for _ = 1, size do
  seed = 42
  for i = 1, count do
    seed = (seed * 37 + 29) % 9973
    list[i] = seed
  end
  for last = count - 1, 1, -1 do
    for i = 1, last do
      local a, b = list[i], list[i + 1]
      if a > b then
        list[i] = b
        list[i + 1] = a
      end
    end
  end
end
local sum = 0
for i = 1, count do sum = (sum + list[i] * (i % 7)) % 1000007 end
print(sum)
