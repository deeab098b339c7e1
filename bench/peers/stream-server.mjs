// One server for all pages: their files, and the same deltas at the same pace in the form that each widget reads.
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const TICK_MS = 20;
const TYPES = { js: 'text/javascript', mjs: 'text/javascript', css: 'text/css', html: 'text/html' };

const sse = (value) => `data: ${JSON.stringify(value)}\n\n`;
const line = (type, content) =>
  `${JSON.stringify({ type, content, metadata: { nodeId: 'n', nodeName: 'n', timestamp: 0, runIndex: 0, itemIndex: 0 } })}\n`;
const completion = (delta, finish_reason = null) =>
  sse({
    id: 'x',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason }],
  });

/** How each widget wants its stream: what comes first, a delta, what comes last. */
const FORMS = {
  '/stream/plain': { type: 'text/event-stream', begin: '', delta: (text) => sse({ text }), end: '' },
  '/stream/deep-chat': { type: 'text/event-stream', begin: '', delta: (text) => sse({ text }), end: '' },
  '/stream/n8n': {
    type: 'application/json',
    begin: line('begin'),
    delta: (text) => line('item', text),
    end: line('end'),
  },
  '/v1/chat/completions': {
    type: 'text/event-stream',
    begin: completion({ role: 'assistant', content: '' }),
    delta: (content) => completion({ content }),
    end: `${completion({}, 'stop')}data: [DONE]\n\n`,
  },
};

/**
 * @param {{ pages: Record<string, string>, folders: Record<string, string>, deltas: string[], deltasPerSecond: number }} options
 * @returns {Promise<{ url: string, lastDeltaAtMs: () => number, close: () => void }>}
 */
export async function startStreamServer({ pages, folders, deltas, deltasPerSecond }) {
  let lastDeltaAtMs = 0;
  const stream = (form, response) => {
    response.writeHead(200, { 'content-type': form.type, 'cache-control': 'no-store' });
    response.write(form.begin);
    const startMs = performance.now();
    let sent = 0;
    const timer = setInterval(() => {
      const due = Math.min(
        deltas.length,
        Math.floor(((performance.now() - startMs) / 1000) * deltasPerSecond),
      );
      if (due > sent) response.write(deltas.slice(sent, due).map(form.delta).join(''));
      sent = due;
      if (sent < deltas.length) return;
      clearInterval(timer);
      lastDeltaAtMs = Date.now();
      response.end(form.end);
    }, TICK_MS);
    response.once('close', () => clearInterval(timer));
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const form = FORMS[pathname];
    request.resume();
    if (form !== undefined && request.method === 'POST') request.once('end', () => stream(form, response));
    else if (pathname in pages) response.writeHead(200, { 'content-type': TYPES.html }).end(pages[pathname]);
    else sendFile(pathname, folders, response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    lastDeltaAtMs: () => lastDeltaAtMs,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function sendFile(pathname, folders, response) {
  const folder = Object.keys(folders).find((prefix) => pathname.startsWith(prefix));
  const file =
    folder === undefined || pathname.includes('..') ? '' : folders[folder] + pathname.slice(folder.length);
  if (!existsSync(file)) return response.writeHead(404).end();
  response.setHeader('content-type', TYPES[file.split('.').at(-1)] ?? 'application/octet-stream');
  return createReadStream(file).pipe(response);
}

/** @param {string} path @returns {string} the bytes of a file, for a page that has it inside */
export const textOfFile = (path) => readFileSync(path, 'utf8');
