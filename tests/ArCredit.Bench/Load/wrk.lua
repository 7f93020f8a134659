-- Sends one kind of request for ever. Everything that does not change is put together once, so that a request costs
-- two concatenations. Arguments: path before the account, path after it, accounts, bearer key, prefix of the
-- idempotency keys, body.
local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

local heads = {}
local tail, accounts
sent = 0
local random = math.random

function init(args)
  local before, after, key, prefix, body = args[1], args[2], args[4], args[5], args[6]
  accounts = tonumber(args[3])
  math.randomseed(os.time() * 31 + number)
  for i = 1, accounts do
    heads[i] = "POST " .. before .. (100000 + i - 1) .. after .. " HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer " .. key ..
      "\r\nContent-Type: application/json\r\nContent-Length: " .. #body .. "\r\nIdempotency-Key: " .. prefix .. number .. "-"
  end
  tail = "\r\n\r\n" .. body
end

function request()
  sent = sent + 1
  return heads[random(accounts)] .. sent .. tail
end

function done(summary, latency, requests)
  local errors, all = summary.errors, 0
  for _, thread in ipairs(threads) do
    all = all + thread:get("sent")
  end
  print(string.format("RESULT sent=%d requests=%d micros=%d connect=%d read=%d write=%d status=%d timeout=%d p50=%d p99=%d p999=%d",
    all, summary.requests, summary.duration, errors.connect, errors.read, errors.write, errors.status, errors.timeout,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
