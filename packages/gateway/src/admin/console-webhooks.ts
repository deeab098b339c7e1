/** The webhooks in the console: how the endpoints are, what was given up, and sending one of those again. */
import { ChatError } from '@rivulet/protocol';
import type { RequestHandler } from 'express';
import * as v from 'valibot';
import { checkSchema } from '../http/body.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';
import type { createConsoleGuard, ConsoleRequest } from './console-guard.ts';

/** What the routes need. */
export interface ConsoleWebhooksOptions {
  webhooks: Pick<Webhooks, 'listEndpoints' | 'listDead' | 'redeliver'>;
}

const whole = v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number));
const PageSchema = v.object({
  limit: v.optional(v.pipe(whole, v.minValue(1), v.maxValue(100)), '50'),
  after: v.optional(whole, '0'),
});

/** The routes. A dead letter may have what a visitor wrote, so that reading them is in the audit log. */
export function webhookRoutes(
  { webhooks }: ConsoleWebhooksOptions,
  guard: ReturnType<typeof createConsoleGuard>,
): Record<'GET /admin/api/webhooks' | 'POST /admin/api/webhooks/:id/redeliver', RequestHandler> {
  return {
    'GET /admin/api/webhooks': guard('console-list-webhooks', async (asked) => {
      const page = checkSchema(PageSchema, asked.request.query, 'query');
      await asked.touch({ target: '', siteId: '' });
      const [endpoints, deadLetters] = [await webhooks.listEndpoints(), await webhooks.listDead(page)];
      const last = deadLetters.length === page.limit ? deadLetters.at(-1) : undefined;
      asked.response.json({ endpoints, deadLetters, next: last === undefined ? null : `${last.position}` });
    }),
    'POST /admin/api/webhooks/:id/redeliver': guard('console-redeliver-webhook', (asked) =>
      redeliver(webhooks, asked),
    ),
  };
}

async function redeliver(
  webhooks: ConsoleWebhooksOptions['webhooks'],
  { request, response, touch }: ConsoleRequest,
): Promise<void> {
  const id = String(request.params.id).slice(0, 64);
  await touch({ target: id, siteId: '' });
  if ((await webhooks.redeliver([id])) === 0) throw new ChatError('not-found');
  response.status(204).end();
}
