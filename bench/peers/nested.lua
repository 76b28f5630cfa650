-- Three nested loops; size is the outermost count.
local size = tonumber(arg[1])
local sum = 0
for k = 0, size - 1 do
  for j = 0, 199 do
    for i = 0, 999 do sum = sum + ((i + j) & 1) end
  end
end
print(sum)
