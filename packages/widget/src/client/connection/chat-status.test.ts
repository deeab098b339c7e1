import { expect, test } from 'vitest';
import { statusOf } from './chat-status.ts';

const attempt = { attempt: 1, dueAtMs: 1 };

test.each(['connecting', 'waiting'] as const)(
  'a chat that was never connected is %s as “connecting”, and unreachable after four failures (W61)',
  (kind) => {
    const statuses = [0, 1, 3, 4, 9].map((failures) =>
      statusOf({ kind, after: 'start', failures, ...attempt }),
    );
    expect(statuses).toEqual(['connecting', 'connecting', 'connecting', 'unreachable', 'unreachable']);
  },
);

test.each(['connecting', 'waiting'] as const)(
  'only a chat whose connection has worked is %s as “reconnecting” (W61)',
  (kind) => {
    expect(statusOf({ kind, after: 'loss', failures: 9, ...attempt })).toBe('reconnecting');
  },
);
