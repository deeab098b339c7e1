/** The thread of a crowd: its viewers' work must not delay what a test measures. Node runs it without a build of its own. */
import { parentPort } from 'node:worker_threads';
import type { ConversationId } from '@rivulet/protocol';
import { CrowdViewer, type CrowdFaults, type Return } from './crowd-viewer.ts';
import type { Asked, Told } from './crowd.ts';

/** Viewers that connect at once, until all of them have joined. */
const JOINING_AT_ONCE = 50;
/** Those that lose their connections together come back within this time, as the widget spreads them. */
const RETURN_WITHIN_MS = 1_000;

const faults: CrowdFaults = { gaps: 0, shortened: 0, rejected: 0 };
const viewers: CrowdViewer[] = [];
const returns: Return[] = [];
let urls: readonly string[] = [];

const tell = (message: Told): void => {
  parentPort?.postMessage(message);
};

function comeBack(viewer: CrowdViewer): void {
  const url = urls[Math.floor(Math.random() * urls.length)] ?? '';
  setTimeout(() => {
    void viewer.connect(url).then((taken) => {
      returns.push(taken);
      if (returns.length === viewers.length) tell({ kind: 'resumed', returns });
    });
  }, Math.random() * RETURN_WITHIN_MS);
}

/** A question and its answer. */
const MESSAGES_EACH = 2;

/** Whether the viewer has all answers of its conversation, which has one, or two. */
function hasSettled({ conversation }: CrowdViewer, answers: number): boolean {
  const { messages = [] } = conversation ?? {};
  return messages.length === answers * MESSAGES_EACH && messages.every(({ run }) => run?.state !== 'running');
}

const HANDLE: { [Kind in Asked['kind']]: (asked: Extract<Asked, { kind: Kind }>) => Promise<void> | void } = {
  async join({ url, followed, viewersEach }) {
    for (const each of followed)
      for (let index = 0; index < viewersEach; index += 1)
        viewers.push(
          new CrowdViewer({
            ...each,
            faults,
            onLost: comeBack,
            // Every second one is a page that was reloaded, and has nothing.
            returns: index % 2 === 0 ? 'with-cursor' : 'without-cursor',
          }),
        );
    for (let from = 0; from < viewers.length; from += JOINING_AT_ONCE)
      await Promise.all(viewers.slice(from, from + JOINING_AT_ONCE).map((viewer) => viewer.connect(url)));
    tell({ kind: 'joined' });
  },
  'return-to'(asked) {
    ({ urls } = asked);
  },
  async settle({ answered }) {
    await Promise.all(
      viewers.map((viewer) =>
        viewer.until(() => hasSettled(viewer, answered.has(viewer.conversationId) ? 2 : 1)),
      ),
    );
    const states = viewers.map(({ conversationId, conversation }): [ConversationId, string] => [
      conversationId,
      JSON.stringify(conversation?.messages),
    ]);
    tell({ kind: 'settled', faults, states });
  },
};

parentPort?.on('message', (asked: Asked) => {
  // The handler of the kind of the message, which the compiler cannot correlate.
  void (HANDLE[asked.kind] as (asked: Asked) => Promise<void> | void)(asked);
});
