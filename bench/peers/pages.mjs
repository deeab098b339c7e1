import { END_MARK } from './answer.mjs';

// A page for each widget, as its own documentation says, and how a person asks it something.

const page = (
  body,
) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"></head>
<body style="margin:0">${body}</body></html>`;

/** Appends the words of each paragraph to one text node: what drawing an answer costs at least. Or draws nothing but its end: what only the measuring costs. */
// Letter by letter: the page is searched for these words, its script too.
const plain = (drawn) => `
const box = document.querySelector('#box');
document.querySelector('button').addEventListener('click', async () => {
  const { body } = await fetch('/stream/plain', { method: 'POST' });
  const isDrawn = ${drawn === 'all'};
  let rest = '', node, isGap = true;
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + chunk).split('\\n\\n');
    rest = blocks.pop();
    for (const block of blocks) for (const [index, words] of JSON.parse(block.slice(6)).text.split('\\n').entries()) {
      if (!isDrawn) continue;
      if (index > 0) isGap = true;
      if (words === '') continue;
      if (isGap) { const p = document.createElement('p'); p.append((node = document.createTextNode(''))); box.append(p); isGap = false; }
      node.appendData(words);
    }
    if (isDrawn) box.scrollTop = box.scrollHeight;
  }
  if (!isDrawn) box.append(${JSON.stringify([...END_MARK])}.join(""));
});`;

/** @param {{ gateway: string }} where @returns {Record<string, { path: string, html: string, ask: (page: import('playwright').Page) => Promise<void> }>} */
export function pagesOf({ gateway }) {
  const deepChat = (stream) => ({
    html: page(`<script type="module" src="/deep-chat/deepChat.bundle.js"></script>
<deep-chat style="width:408px;height:700px" connect='{"url":"/stream/deep-chat","stream":${stream}}'></deep-chat>`),
    ask: async (tab) => {
      const input = tab.locator('#text-input');
      await input.fill('Tell me everything');
      await input.press('Enter');
    },
  });
  const plainText = (path, drawn) => ({
    path,
    html: page(`<button>Ask</button><div id="box" style="width:408px;height:660px;overflow:auto;font:15px/24px system-ui"></div>
<script type="module">${plain(drawn)}</script>`),
    ask: (tab) => tab.getByRole('button', { name: 'Ask' }).click(),
  });
  return {
    'nothing drawn': plainText('/nothing', 'the end'),
    'plain text': plainText('/plain', 'all'),
    rivulet: {
      path: '/rivulet',
      html: page(`<script src="${gateway}/rivulet.js" data-site="demo"></script>`),
      ask: async (tab) => {
        await tab.getByRole('button', { name: 'Open chat' }).click();
        await tab.getByRole('textbox').fill('Tell me everything');
        await tab.getByRole('textbox').press('Enter');
      },
    },
    'deep-chat with partialRender': { path: '/deep-chat-partial', ...deepChat('{"partialRender":true}') },
    'deep-chat as it comes': { path: '/deep-chat-plain', ...deepChat('true') },
    '@n8n/chat': {
      path: '/n8n-page',
      html: page(`<link rel="stylesheet" href="/n8n/style.css"><div id="n8n-chat" style="width:408px;height:700px"></div>
<script type="module">import { createChat } from '/n8n/chat.bundle.es.js';
createChat({ webhookUrl: '/stream/n8n', mode: 'fullscreen', enableStreaming: true, loadPreviousSession: false, initialMessages: [] });</script>`),
      ask: async (tab) => {
        const input = tab.locator('textarea').first();
        await input.fill('Tell me everything');
        await input.press('Enter');
      },
    },
  };
}
