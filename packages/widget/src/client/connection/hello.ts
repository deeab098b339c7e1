/** The first words on every line. */
import { PROTOCOL_VERSION, type CommandOf, type Subscription } from '@rivulet/protocol';

const CLIENT = { name: '@rivulet/widget', version: '0.1.0' };

export function helloOf(who: {
  id: CommandOf<'hello'>['id'];
  site: string;
  token: string | undefined;
  previousToken: string | undefined;
  subscriptions: Subscription[];
}): CommandOf<'hello'> {
  const { token, previousToken, ...rest } = who;
  return {
    type: 'hello',
    protocol: PROTOCOL_VERSION,
    client: CLIENT,
    capabilities: [],
    ...rest,
    ...(token === undefined ? {} : { token }),
    ...(previousToken === undefined ? {} : { previousToken }),
  };
}
