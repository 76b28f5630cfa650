local a, b = 1, 0
for _ = 1, 10000 do
  a = a * 6364136223846793005 + 1442695040888963407
  b = b ~ (a >> 29)
  b = b + (a << 7)
  b = b - ((b | 255) & a)
end
print(a)
print(b)
