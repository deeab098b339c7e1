/** Builds the `hello` command, which opens every connection. @see PROTOCOL.md §2 */
import { PROTOCOL_VERSION, type CommandOf, type Subscription } from '@rivulet/protocol';

const CLIENT = { name: '@rivulet/widget', version: '0.1.0' };

/** Builds a hello. Absent tokens are left out of the frame. */
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
