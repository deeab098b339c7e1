/**
 * The atomic operations of the Redis event log, as Lua scripts. The keys of a conversation share a hash tag, so that they are
 * on one node of a cluster; its channel has the same tag (sharded pub/sub, Redis 7):
 * - a hash: `epoch`, `seq`, `bytes`, the lease, the last append of each writer;
 * - a list of the newest events, each as the JSON that viewers are sent;
 * - a sorted set of the watches by their end time, when there are any.
 */

/**
 * `open` finds the log, or starts a new one with the epoch `fresh` when:
 * - the hash is missing (new, expired, evicted or lost): a list that still exists belongs to an older epoch;
 * - the head is before a position of the same epoch that the caller has seen: after a failover, or a restart from disk, the
 *   server has lost the newest events. Their sequence numbers must not be reused under the same epoch.
 * When only the list was evicted, the window is empty and the epoch stays. `touch` never shortens an expiry; it adds a minute,
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
  redis.call('DEL', meta, list)
  redis.call('HSET', meta, 'epoch', fresh, 'seq', 0, 'bytes', 0)
  return fresh, 0
end
local function micros()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
`;

/**
 * ARGV: fresh epoch, seen epoch, seen seq, idle ms, fence or '', writer, its number, max events, max bytes, then the events.
 * A number that this writer has already used is an append that was sent again after a reconnect: it gets the first reply again.
 * @returns epoch, first seq (last + 1 when there are no events)
 */
const APPEND = `${PRELUDE}
local idle, fence, writer, number = tonumber(ARGV[4]), ARGV[5], 'writer:' .. ARGV[6], tonumber(ARGV[7])
local maxEvents, maxBytes = tonumber(ARGV[8]), tonumber(ARGV[9])
local epoch, seq = open(ARGV[1], ARGV[2], ARGV[3])
local before, at = string.match(redis.call('HGET', meta, writer) or '', '^(%d+) (%d+)$')
if before and tonumber(before) == number then return { epoch, tonumber(at) } end
if fence ~= '' and redis.call('HGET', meta, 'fence') ~= fence then
  touch(idle)
  return redis.error_reply('STALE the lease was lost')
end
local first = seq + 1
local count = redis.call('LLEN', list)
local bytes = count > 0 and tonumber(redis.call('HGET', meta, 'bytes')) or 0
local added = {}
for index = 10, #ARGV do
  seq = seq + 1
  local event = '{"seq":' .. seq .. ',' .. string.sub(ARGV[index], 2)
  added[#added + 1] = event
  bytes = bytes + #event
  count = count + 1
  redis.call('RPUSH', list, event)
end
while count > 1 and (count > maxEvents or bytes > maxBytes) do
  bytes = bytes - #redis.call('LPOP', list)
  count = count - 1
end
redis.call('HSET', meta, 'seq', seq, 'bytes', bytes, writer, ARGV[7] .. ' ' .. first)
touch(idle)
if seq >= first then
  local place = epoch .. ' ' .. first .. ' ' .. seq .. ' '
  redis.call('SPUBLISH', channel, place .. '[' .. table.concat(added, ',') .. ']')
end
return { epoch, first }`;

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

/**
 * ARGV: fresh epoch, idle ms, ttl ms. The fence is the server's time in microseconds, which also grows when the server has
 * lost its data. A counter would start again, and the fence of an old holder could become valid.
 * @returns the fence, or nil while another holder has the lease
 */
const ACQUIRE = `${PRELUDE}
open(ARGV[1], '', 0)
local now = micros()
local fence, ends, last = unpack(redis.call('HMGET', meta, 'fence', 'until', 'lastFence'))
touch(math.max(tonumber(ARGV[2]), tonumber(ARGV[3])))
if fence and tonumber(ends) > now / 1000 then return false end
local next = string.format('%.0f', math.max(now, tonumber(last or 0) + 1))
local untilMs = string.format('%.0f', math.floor(now / 1000) + tonumber(ARGV[3]))
redis.call('HSET', meta, 'fence', next, 'lastFence', next, 'until', untilMs)
return next`;

/** ARGV: fence, ttl ms. @returns 1 or 0 */
const RENEW = `${PRELUDE}
if redis.call('HGET', meta, 'fence') ~= ARGV[1] then return 0 end
redis.call('HSET', meta, 'until', string.format('%.0f', math.floor(micros() / 1000) + tonumber(ARGV[2])))
touch(tonumber(ARGV[2]))
return 1`;

/** ARGV: fence. */
const RELEASE = `${PRELUDE}
if redis.call('HGET', meta, 'fence') == ARGV[1] then redis.call('HDEL', meta, 'fence', 'until') end
return 0`;

/** Subscribers read again after the empty message and find another epoch. */
const ERASE = `${PRELUDE}
redis.call('DEL', meta, list, watches)
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

/** KEYS: the stream of kept messages. ARGV: how long they are kept in ms. @returns name, message, name, message, … */
const BROADCASTS = `
local from = redis.call('TIME')[1] * 1000 - ARGV[1]
local found = {}
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], string.format('%.0f', from), '+')) do
  found[#found + 1] = entry[1]
  found[#found + 1] = entry[2][2]
end
return found`;

const NUMBER_OF_KEYS = 4;

/** The scripts of a conversation, for ioredis. It sends the text once per connection, and the hash after that. */
export const SCRIPTS = {
  logAppend: { lua: APPEND, numberOfKeys: NUMBER_OF_KEYS },
  logRead: { lua: READ, numberOfKeys: NUMBER_OF_KEYS },
  logHead: { lua: HEAD, numberOfKeys: NUMBER_OF_KEYS },
  logAcquire: { lua: ACQUIRE, numberOfKeys: NUMBER_OF_KEYS },
  logRenew: { lua: RENEW, numberOfKeys: NUMBER_OF_KEYS },
  logRelease: { lua: RELEASE, numberOfKeys: NUMBER_OF_KEYS },
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
