/** The one global function: `rivulet('open')`, which works before anything is loaded. */
import type { HookName, HookTypes } from './options.ts';
import { ShellError } from './shell-error.ts';
import type { RivuletChat } from './rivulet-chat.ts';

type Arguments = readonly unknown[];

/** A call from before the loader ran. `settle` resolves and rejects the promise that the snippet has returned for it. */
type QueuedCall = Arguments & { settle?: [(value: unknown) => void, (error: unknown) => void] };

/** The function that the page's snippet defines until the loader runs; it queues its calls in `q`. */
interface Stub {
  (...args: unknown[]): unknown;
  q?: QueuedCall[];
}

declare global {
  var rivulet: Stub | undefined;
}

/** The commands that call the method of the same name with one argument. The element or the application checks it. */
const METHODS = [
  'open',
  'close',
  'toggle',
  'sendMessage',
  'stop',
  'requestPerson',
  'newConversation',
  'identify',
  'logout',
  'configure',
  'tool',
] as const;
type Method = (argument: unknown) => unknown;

const isHook = (name: string): name is HookName => name.startsWith('before-');

/** Adds or removes a handler of an event or a hook. @returns for `on` a function that removes it */
function listen(chat: RivuletChat, how: string, [given, handler]: Arguments): unknown {
  if (typeof handler !== 'function') return undefined;
  const name = String(given);
  const event = name.startsWith('rivulet-') ? name : `rivulet-${name}`;
  const listener = handler as EventListener;
  // The signature is documented; a function of the page cannot be checked further.
  let end = isHook(name) ? chat.hook(name, handler as HookTypes[HookName]) : undefined;
  end ??= () => {
    chat.removeEventListener(event, listener);
  };
  if (how === 'off') end();
  else if (!isHook(name)) chat.addEventListener(event, listener);
  return end;
}

/** Runs one call. Errors reject the call's promise, so that a bad call does not stop the queue. */
async function run(find: FindChat, [given, ...args]: Arguments): Promise<unknown> {
  const name = String(given);
  const method = METHODS.find((one) => one === name);
  if (method === undefined && name !== 'on' && name !== 'off')
    throw new ShellError(
      `rivulet('${name}'): no such command; there are ${[...METHODS, 'on', 'off'].join(', ')}`,
    );
  await Promise.resolve(); // calls of the queue run after the element was placed
  const chat = find(name);
  return method === undefined ? listen(chat, name, args) : (chat[method] as Method)(args[0]);
}

/** Finds the element that a command is for. */
export type FindChat = (command: string) => RivuletChat;

/**
 * Defines `rivulet(command, ...args)` on the page and runs the queued calls in order. Each call returns a promise, and settles the
 * one of the snippet. An earlier snippet queued the `arguments` object alone.
 */
export function installCommands(find: FindChat): void {
  const queued = globalThis.rivulet?.q ?? [];
  globalThis.rivulet = (...args: unknown[]) => run(find, args);
  for (const call of queued) void run(find, call).then(...(call.settle ?? []));
}
