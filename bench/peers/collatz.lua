-- The longest Collatz chain from a start up to size: its length, then the start.
local size = tonumber(arg[1])
local function length(n)
  local steps = 1
  while n > 1 do
    if n & 1 == 1 then n = 3 * n + 1 else n = n >> 1 end
    steps = steps + 1
  end
  return steps
end
local longest, start = 0, 0
for i = 1, size do
  local found = length(i)
  if found > longest then longest, start = found, i end
end
print(longest)
print(start)
