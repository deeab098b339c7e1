// Serves all pages and their files, and streams the same deltas at the same rate in the format that each widget reads.
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';

const TICK_MS = 20;
const TYPES = { js: 'text/javascript', mjs: 'text/javascript', css: 'text/css', html: 'text/html' };

const sse = (value) => `data: ${JSON.stringify(value)}\n\n`;
const n8nLine = (type, content) =>
  `${JSON.stringify({ type, content, metadata: { nodeId: 'n', nodeName: 'n', timestamp: 0, runIndex: 0, itemIndex: 0 } })}\n`;
const completion = (delta, finish_reason = null) =>
  sse({
    id: 'x',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason }],
  });

/** The stream format of each path: the text before the deltas, the text of a delta, and the text after the deltas. */
const FORMATS = {
  '/stream/plain': { type: 'text/event-stream', begin: '', delta: (text) => sse({ text }), end: '' },
  '/stream/deep-chat': { type: 'text/event-stream', begin: '', delta: (text) => sse({ text }), end: '' },
  '/stream/n8n': {
    type: 'application/json',
    begin: n8nLine('begin'),
    delta: (text) => n8nLine('item', text),
    end: n8nLine('end'),
  },
  '/v1/chat/completions': {
    type: 'text/event-stream',
    begin: completion({ role: 'assistant', content: '' }),
    delta: (content) => completion({ content }),
    end: `${completion({}, 'stop')}data: [DONE]\n\n`,
  },
};

/**
 * Starts the server on a free port. `pages` maps a path to its HTML and may be filled later; `folders` maps a path prefix to a
 * folder; `lastDeltaAtMs` is when the last stream ended, in milliseconds since 1970.
 * @param {{ pages: Record<string, string>, folders: Record<string, string>, deltas: string[], deltasPerSecond: number }} options
 * @returns {Promise<{ url: string, lastDeltaAtMs: () => number, close: () => void }>}
 */
export async function startStreamServer({ pages, folders, deltas, deltasPerSecond }) {
  let lastDeltaAtMs = 0;
  const stream = (format, response) => {
    response.writeHead(200, { 'content-type': format.type, 'cache-control': 'no-store' });
    response.write(format.begin);
    const startMs = performance.now();
    let sent = 0;
    const timer = setInterval(() => {
      const due = Math.min(
        deltas.length,
        Math.floor(((performance.now() - startMs) / 1000) * deltasPerSecond),
      );
      if (due > sent) response.write(deltas.slice(sent, due).map(format.delta).join(''));
      sent = due;
      if (sent < deltas.length) return;
      clearInterval(timer);
      lastDeltaAtMs = Date.now();
      response.end(format.end);
    }, TICK_MS);
    response.once('close', () => clearInterval(timer));
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const format = FORMATS[pathname];
    request.resume();
    if (format !== undefined && request.method === 'POST')
      request.once('end', () => stream(format, response));
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
