/** Runs the functions of the page that may change or stop what is about to be sent. Fetched where there are some. */
import type { UserPart } from '@rivulet/protocol';
import type { Hook, HookTypes, SendSource } from '../../shell/options.ts';

/**
 * What is to be sent once every `before-send` has seen it, each what the one before it left; false: one of them stopped it.
 * One that throws has not let it pass either.
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
    reportError(error); // the page's own mistake, told where the page's mistakes are told
    return false;
  }
}
