-- The primes up to 8190, size times over.
local size = tonumber(arg[1])
local limit, is_prime = 8190, {}
local function count()
  for i = 1, limit do is_prime[i] = 1 end
  local found = 0
  for i = 2, limit do
    if is_prime[i] ~= 0 then
      found = found + 1
      for j = i + i, limit, i do is_prime[j] = 0 end
    end
  end
  return found
end
local found
for _ = 1, size do found = count() end
print(found)
