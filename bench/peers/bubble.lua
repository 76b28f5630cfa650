-- Bubble sort of 3000 numbers, size times over; prints a checksum of the sorted numbers.
local size = tonumber(arg[1])
local count, list, seed = 3000, {}, 42
local function random()
  seed = (seed * 3877 + 29573) % 139968
  return seed
end
for _ = 1, size do
  seed = 42
  for i = 1, count do list[i] = random() end
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
for i = 1, count do sum = (sum + list[i] * i) % 1000007 end
print(sum)
