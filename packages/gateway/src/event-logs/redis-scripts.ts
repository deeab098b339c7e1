/**
 * The atomic operations of the Redis event log, as Lua scripts. The keys of a conversation share a hash tag, so that they are
 * on one node of a cluster; its channel has the same tag (sharded pub/sub, Redis 7):
 * - a hash: `epoch`, `seq`, `bytes`, the lease, the last command of each writer;
 * - a list of the newest events, each as the JSON that viewers are sent; after a restoration, the older ones are merged;
 * - a sorted set of the watches by their end time, when there are any.
 */

/**
 * `open` finds the log, or starts a new one with the epoch `fresh` when:
 * - the hash is missing (new, expired, evicted or lost): a list that still exists belongs to an older epoch;
 * - the head is before a position of the same epoch that the caller has seen: after a failover, or a restart from disk, the
 *   server has lost the newest events. Their sequence numbers must not be reused under the same epoch.
 * A log that was erased keeps its last fence. When only the list was evicted, the window is empty and the epoch stays. `touch` never shortens an expiry; it adds a minute,
 * so that not every append has to set the expiry.
 */
const PRELUDE = `
local meta, list, channel, watches = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local function touch(ms)
  for _, key in ipairs({ meta, list }) do
    if redis.call('PTTL', key) < ms then redis.call('PEXPIRE', key, ms + 60000) end
  end
end
local function open(fresh, seenEpoch, seenSeq)
  local epoch, seq = unpack(redis.call('HMGET', meta, 'epoch', 'seq'))
  seq = tonumber(seq or 0)
  if epoch and not (epoch == seenEpoch and seq < tonumber(seenSeq)) then return epoch, seq end
  local last = redis.call('HGET', meta, 'erased')
  redis.call('DEL', meta, list)
  redis.call('HSET', meta, 'epoch', fresh, 'seq', 0, 'bytes', 0)
  if last then redis.call('HSET', meta, 'erased', last, 'lastFence', last) end
  return fresh, 0
end
local function micros()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
`;

/**
 * Everything that a gateway writes to a conversation at one time: it acquires the lease, appends events, and releases the lease, each if
 * it is asked to, in this order.
 *
 * ARGV: fresh epoch, seen epoch, seen seq, idle ms, fence or '', writer, its number, max events, max bytes, the epoch and the first seq
 * that the writer has told its viewers or '', ttl ms of the lease to acquire or 0, 1 to release or 0, 1 to put off
 * the expiry or 0, then the events.
 *
 * The fence is the server's time in microseconds, which also grows when the server has lost its data. A counter would start again, and
 * the fence of an old holder could become valid.
 *
 * A number that this writer has already used is a command that was sent again after a reconnect: it gets the first reply again.
 *
 * The holder of a lease shows events to its viewers before Redis has them. So nobody else may use the sequence numbers after the head
 * under the same epoch: the epoch is replaced, and all viewers get a reset, when another writer appends while the lease is held, and
 * when a lease is acquired that its holder has not released.
 * @returns epoch, first seq (last + 1 when there are no events), the acquired fence or '', how many gateways were told, the run to stop
 *   or ''; the error LOST when Redis no longer has what the writer has told its viewers, STALE when another one holds the lease
 */
const WRITE = `${PRELUDE}
local fresh, idle, fence, number = ARGV[1], tonumber(ARGV[4]), ARGV[5], ARGV[7]
local maxEvents, maxBytes, writer = tonumber(ARGV[8]), tonumber(ARGV[9]), 'writer:' .. ARGV[6]
local toldEpoch, toldFirst, ttl = ARGV[10], tonumber(ARGV[11]), tonumber(ARGV[12])
local isReleased, isTouched = ARGV[13] == '1', ARGV[14] == '1'
local epoch, seq, bytes, before, held, holder, ends, last, stop =
  unpack(redis.call('HMGET', meta, 'epoch', 'seq', 'bytes', writer, 'fence', 'holder', 'until', 'lastFence', 'stop'))
stop = stop or ''
if before then
  local earlier, first, acquired = string.match(before, '^(%d+) (%d+) ?(%d*)$')
  if earlier == number then return { epoch, tonumber(first), acquired, 0, stop } end
end
if toldEpoch ~= '' then
  local isBehind = epoch == toldEpoch and tonumber(seq) < toldFirst - 1
  if not epoch or isBehind or not last then return redis.error_reply('LOST the newest events') end
end
if fence ~= '' and not last and #ARGV > 14 then return redis.error_reply('LOST the lease') end
if fence ~= '' and held ~= fence and (#ARGV > 14 or not isReleased) then
  return redis.error_reply('STALE the lease was lost')
end
seq = tonumber(seq or 0)
if not epoch or (epoch == ARGV[2] and seq < tonumber(ARGV[3])) then
  epoch, seq = open(fresh, ARGV[2], ARGV[3])
  held, holder, bytes = false, false, 0
  isTouched = true
end
local first, acquired, isRenamed = seq + 1, '', false
local changes = {}
if ttl > 0 then
  local now = micros()
  if not (held and tonumber(ends) > now / 1000) then
    isRenamed = held
    acquired = string.format('%.0f', math.max(now, tonumber(last or 0) + 1))
    held, holder = acquired, ARGV[6]
    local untilMs = string.format('%.0f', math.floor(now / 1000) + ttl)
    changes = { 'fence', held, 'lastFence', held, 'until', untilMs, 'holder', holder }
    idle, isTouched = math.max(idle, ttl), true
  end
end
local isForeign = fence == '' and #ARGV > 14 and held and holder and holder ~= ARGV[6]
local isApart = toldEpoch == epoch and first ~= toldFirst
if isRenamed or isForeign or isApart then
  epoch = fresh
  changes[#changes + 1] = 'epoch'
  changes[#changes + 1] = epoch
end
local told = 0
if #ARGV > 14 then
  local added = {}
  bytes = tonumber(bytes)
  for index = 15, #ARGV do
    seq = seq + 1
    local event = '{"seq":' .. seq .. ',' .. string.sub(ARGV[index], 2)
    added[#added + 1] = event
    bytes = bytes + #event
  end
  local count = redis.call('RPUSH', list, unpack(added))
  if count == #added and count < seq then -- the list is new: it may have been evicted
    bytes = 0
    for _, event in ipairs(added) do bytes = bytes + #event end
  end
  while count > 1 and (count > maxEvents or bytes > maxBytes) do
    bytes = bytes - #redis.call('LPOP', list)
    count = count - 1
  end
  changes[#changes + 1] = 'bytes'
  changes[#changes + 1] = bytes
  local place = epoch .. ' ' .. first .. ' ' .. seq .. ' '
  told = redis.call('SPUBLISH', channel, place .. '[' .. table.concat(added, ',') .. ']')
  if count == #added then isTouched = true end
end
redis.call('HSET', meta, 'seq', seq, writer, number .. ' ' .. first .. ' ' .. acquired, unpack(changes))
if isReleased and held == fence then redis.call('HDEL', meta, 'fence', 'until', 'holder') end
if isTouched then touch(idle) end
return { epoch, first, acquired, told, stop }`;

/**
 * Writes the kept window of the holder of the lease, after Redis has lost it, or may have. ARGV: fence, ttl ms, writer, idle ms, the
 * epoch of the window, a fresh epoch, its last seq, then its events. The epoch is the fresh one when somebody has appended meanwhile.
 * @returns the epoch; the error STALE when the lease was released, or another one has acquired it
 */
const RESTORE = `${PRELUDE}
local fence, ttl, own = ARGV[1], tonumber(ARGV[2]), ARGV[5]
local epoch, seq, held, last = unpack(redis.call('HMGET', meta, 'epoch', 'seq', 'fence', 'lastFence'))
if last and held ~= fence then return redis.error_reply('STALE the lease was lost') end
if epoch and epoch ~= own and tonumber(seq) > 0 then own = ARGV[6] end
redis.call('DEL', meta, list)
local bytes = 0
for index = 8, #ARGV do
  bytes = bytes + #ARGV[index]
  redis.call('RPUSH', list, ARGV[index])
end
local untilMs = string.format('%.0f', math.floor(micros() / 1000) + ttl)
redis.call('HSET', meta, 'epoch', own, 'seq', ARGV[7], 'bytes', bytes)
redis.call('HSET', meta, 'fence', fence, 'lastFence', fence, 'until', untilMs, 'holder', ARGV[3])
touch(math.max(tonumber(ARGV[4]), ttl))
redis.call('SPUBLISH', channel, '')
return own`;

/** ARGV: fresh epoch, seen epoch, seen seq, idle ms. @returns epoch, seq, the kept events after the seen position, or all */
const READ = `${PRELUDE}
local epoch, seq = open(ARGV[1], ARGV[2], ARGV[3])
touch(tonumber(ARGV[4]))
local kept, from = redis.call('LLEN', list), 0
if epoch == ARGV[2] then from = math.max(0, kept - (seq - tonumber(ARGV[3]))) end
return { epoch, seq, '[' .. table.concat(redis.call('LRANGE', list, from, -1), ',') .. ']' }`;

/** ARGV: fresh epoch, seen epoch, seen seq, idle ms. @returns epoch, seq */
const HEAD = `${PRELUDE}
local epoch, seq = open(ARGV[1], ARGV[2], ARGV[3])
touch(tonumber(ARGV[4]))
return { epoch, seq }`;

/** ARGV: fence, ttl ms. @returns 1, epoch and seq; 0 when the lease was lost, -1 when Redis has lost all that was known of the log */
const RENEW = `${PRELUDE}
local held, last, epoch, seq = unpack(redis.call('HMGET', meta, 'fence', 'lastFence', 'epoch', 'seq'))
if not last then return { -1, '', 0 } end
if held ~= ARGV[1] then return { 0, '', 0 } end
redis.call('HSET', meta, 'until', string.format('%.0f', math.floor(micros() / 1000) + tonumber(ARGV[2])))
touch(tonumber(ARGV[2]))
return { 1, epoch, tonumber(seq) }`;

/** The answer to the next append tells the writer of the run. ARGV: the run. */
const STOP = `${PRELUDE}
if redis.call('EXISTS', meta) == 1 then redis.call('HSET', meta, 'stop', ARGV[1]) end
return 0`;

/**
 * Subscribers read again after the empty message and find another epoch. The last fence stays, so that a holder of the lease does not take
 * the log for lost, and restore it. ARGV: how long it stays in ms.
 */
const ERASE = `${PRELUDE}
local last = redis.call('HGET', meta, 'lastFence')
redis.call('DEL', meta, list, watches)
if last then
  redis.call('HSET', meta, 'erased', last, 'lastFence', last)
  redis.call('PEXPIRE', meta, ARGV[1])
end
redis.call('SPUBLISH', channel, '')
return 0`;

/**
 * ARGV: the watch, ttl ms, how long its end is remembered in ms. Watches that have already ended are removed, because this one
 * ends later.
 */
const WATCH = `${PRELUDE}
local now = math.floor(micros() / 1000)
redis.call('ZADD', watches, string.format('%.0f', now + tonumber(ARGV[2])), ARGV[1])
redis.call('ZREMRANGEBYSCORE', watches, '-inf', '(' .. string.format('%.0f', now))
redis.call('PEXPIRE', watches, ARGV[2] + ARGV[3])
return 0`;

/** ARGV: the watch. One that has ended, or was never held, is left unchanged. */
const UNWATCH = `${PRELUDE}
local now = math.floor(micros() / 1000)
local ends = redis.call('ZSCORE', watches, ARGV[1])
if ends and tonumber(ends) > now then redis.call('ZADD', watches, string.format('%.0f', now), ARGV[1]) end
return 0`;

/** @returns ms since the last watch ended, 0 while one is held, -1 when none is remembered */
const UNWATCHED = `${PRELUDE}
local last = redis.call('ZREVRANGE', watches, 0, 0, 'WITHSCORES')[2]
if not last then return -1 end
return math.max(0, math.floor(micros() / 1000) - tonumber(last))`;

/**
 * KEYS: the stream of kept messages. ARGV: the channel, the message, how long messages are kept in ms, how many at most. The
 * name of a message is the id that Redis gives its stream entry.
 */
const PUBLISH = `
local name = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[4], '*', 'note', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('SPUBLISH', ARGV[1], name .. ' ' .. ARGV[2])
return 0`;

/**
 * KEYS: the stream of kept messages. ARGV: how long they are kept in ms, the name of the last one that was read or ''. After a failover to
 * a server whose clock is behind, that name is in the future: then all that are kept are read.
 * @returns name, message, name, message, …
 */
const BROADCASTS = `
local now = redis.call('TIME')[1] * 1000
local from = string.format('%.0f', now - ARGV[1])
local lastMs = tonumber(string.match(ARGV[2], '^%d+'))
if lastMs and lastMs < now + 1000 then from = '(' .. ARGV[2] end
local found = {}
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], from, '+')) do
  found[#found + 1] = entry[1]
  found[#found + 1] = entry[2][2]
end
return found`;

const NUMBER_OF_KEYS = 4;

/** The scripts of a conversation, for ioredis. It sends the text once per connection, and the hash after that. */
export const SCRIPTS = {
  logWrite: { lua: WRITE, numberOfKeys: NUMBER_OF_KEYS },
  logRead: { lua: READ, numberOfKeys: NUMBER_OF_KEYS },
  logHead: { lua: HEAD, numberOfKeys: NUMBER_OF_KEYS },
  logRestore: { lua: RESTORE, numberOfKeys: NUMBER_OF_KEYS },
  logRenew: { lua: RENEW, numberOfKeys: NUMBER_OF_KEYS },
  logStop: { lua: STOP, numberOfKeys: NUMBER_OF_KEYS },
  logErase: { lua: ERASE, numberOfKeys: NUMBER_OF_KEYS },
  logWatch: { lua: WATCH, numberOfKeys: NUMBER_OF_KEYS },
  logUnwatch: { lua: UNWATCH, numberOfKeys: NUMBER_OF_KEYS },
  logUnwatched: { lua: UNWATCHED, numberOfKeys: NUMBER_OF_KEYS },
} as const;

/** The scripts for broadcast messages, which belong to no conversation. */
export const BROADCAST_SCRIPTS = {
  broadcastsPublish: { lua: PUBLISH, numberOfKeys: 1 },
  broadcastsRead: { lua: BROADCASTS, numberOfKeys: 1 },
} as const;

/** Name of a script of a conversation: the method that ioredis adds to the client. */
export type ScriptName = keyof typeof SCRIPTS;
/** Name of a script for broadcast messages. */
export type BroadcastScriptName = keyof typeof BROADCAST_SCRIPTS;
