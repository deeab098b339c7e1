/** Runs the `before-send` hooks of the page, which may change or stop a message. Loaded only if there are hooks. */
import type { UserPart } from '@rivulet/protocol';
import type { Hook, HookTypes, SendSource } from '../../shell/options.ts';

/**
 * Passes a message through every `before-send` hook in order.
 * @returns the content to send, or false if a hook returned false or threw
 */
export async function beforeSend(
  hooks: readonly Hook[],
  content: string | readonly UserPart[],
  source: SendSource,
): Promise<readonly UserPart[] | false> {
  let current: readonly UserPart[] =
    typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  for (const hook of hooks) {
    if (hook.name !== 'before-send') continue;
    const changed = await ask(hook.handler, { parts: current, source });
    if (changed === false) return false;
    current = changed ?? current;
  }
  return current;
}

async function ask(
  handler: HookTypes['before-send'],
  detail: Parameters<HookTypes['before-send']>[0],
): Promise<readonly UserPart[] | false | undefined> {
  try {
    return await handler(detail);
  } catch (error) {
    reportError(error); // a bug of the page, reported like any other
    return false;
  }
}
