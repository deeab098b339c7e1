/** Leases and watches end by the clock of the Redis server, so tests move their ends instead of waiting. */
import type { RedisServer } from './redis-server.ts';

/** Moves the ends of all leases and watches of the event logs with this prefix on one server. */
export async function passLogTime(server: RedisServer, prefix: string, byMs: number): Promise<void> {
  const find = (pattern: string) => server.run('KEYS', prefix + pattern) as Promise<string[]>; // what KEYS answers
  for (const key of await find(':{*}'))
    if ((await server.run('HEXISTS', key, 'until')) === 1) await server.run('HINCRBY', key, 'until', -byMs);
  for (const key of await find(':{*}:watches')) {
    const members = (await server.run('ZRANGE', key, 0, -1)) as string[]; // what ZRANGE answers
    for (const member of members) await server.run('ZINCRBY', key, -byMs, member);
  }
}
