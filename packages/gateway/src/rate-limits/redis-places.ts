/** The script that counts places in Redis. A place that is not renewed ends by itself: its gateway has died. */

/**
 * KEYS: a sorted set of occupants by the time at which their place ends.
 * ARGV: the occupant, the limit (0: no limit, for a renewal), the lifetime in milliseconds. Returns 1, or 0 when all places are taken.
 */
const OCCUPY = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local limit = tonumber(ARGV[2])
local isFull = limit > 0 and redis.call('ZCARD', KEYS[1]) >= limit
if isFull and not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`;

/** The scripts of the client of the rate limiter, by the name of their method. */
export const PLACE_SCRIPTS = { placeOccupy: { lua: OCCUPY, numberOfKeys: 1 } } as const;

/** The library's script, which a use that is given back after its window must not leave below zero. */
export const COUNT_SCRIPT = `
redis.call('SET', KEYS[1], 0, 'EX', ARGV[2], 'NX')
local used = redis.call('INCRBY', KEYS[1], ARGV[1])
if used < 0 then used = redis.call('INCRBY', KEYS[1], -used) end
local ttl = redis.call('PTTL', KEYS[1])
if ttl == -1 then
  redis.call('EXPIRE', KEYS[1], ARGV[2])
  ttl = 1000 * ARGV[2]
end
return {used, ttl}`;
