// A page for each widget, set up as in the widget's own documentation, and the steps that send a message on it.
import { END_MARK } from './answer.mjs';

const page = (
  body,
) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"></head>
<body style="margin:0">${body}</body></html>`;

/**
 * The script of a baseline page. It appends the text of each paragraph to one text node, which is the least that rendering an
 * answer can cost; or it renders only the end mark, which costs no more than measuring does. The end mark is spelled letter by
 * letter, because the text of the page is searched for it, including this script.
 */
const plain = (rendered) => `
const box = document.querySelector('#box');
document.querySelector('button').addEventListener('click', async () => {
  const { body } = await fetch('/stream/plain', { method: 'POST' });
  const isRendered = ${rendered === 'all'};
  let rest = '', node, isGap = true;
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + chunk).split('\\n\\n');
    rest = blocks.pop();
    for (const block of blocks) for (const [index, words] of JSON.parse(block.slice(6)).text.split('\\n').entries()) {
      if (!isRendered) continue;
      if (index > 0) isGap = true;
      if (words === '') continue;
      if (isGap) { const p = document.createElement('p'); p.append((node = document.createTextNode(''))); box.append(p); isGap = false; }
      node.appendData(words);
    }
    if (isRendered) box.scrollTop = box.scrollHeight;
  }
  if (!isRendered) box.append(${JSON.stringify([...END_MARK])}.join(""));
});`;

/**
 * Creates the pages, by the name of the widget. `path` is where the page is served; `ask` sends a message on it.
 * @param {{ gateway: string }} options the URL of the gateway, for Rivulet's page
 * @returns {Record<string, { path: string, html: string, ask: (page: import('playwright').Page) => Promise<void> }>}
 */
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
  const plainText = (path, rendered) => ({
    path,
    html: page(`<button>Ask</button><div id="box" style="width:408px;height:660px;overflow:auto;font:15px/24px system-ui"></div>
<script type="module">${plain(rendered)}</script>`),
    ask: (tab) => tab.getByRole('button', { name: 'Ask' }).click(),
  });
  return {
    'nothing rendered': plainText('/nothing', 'the end'),
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
    'deep-chat by default': { path: '/deep-chat-plain', ...deepChat('true') },
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
