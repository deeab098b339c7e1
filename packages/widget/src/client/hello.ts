/** The first words on every line. */
import { PROTOCOL_VERSION, type CommandOf, type Subscription } from '@rivulet/protocol';

const CLIENT = { name: '@rivulet/widget', version: '0.1.0' };

export function helloOf(who: {
  id: CommandOf<'hello'>['id'];
  site: string;
  token: string | undefined;
  subscriptions: Subscription[];
}): CommandOf<'hello'> {
  const { token, ...rest } = who;
  const hello = { protocol: PROTOCOL_VERSION, client: CLIENT, capabilities: [], ...rest };
  return { type: 'hello', ...hello, ...(token === undefined ? {} : { token }) };
}
