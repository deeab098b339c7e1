/** Samples of formatting that the demo shows on request: one reply for each kind of Markdown block. */

/** The names of the samples. `long` contains all others and enough text to scroll. */
export type Sample = 'table' | 'code' | 'list' | 'long';

const TABLE = `Here is a table, streamed row by row:

| What | How it arrives | When something breaks |
| :--- | :--- | ---: |
| Your message | kept on disk before it is acknowledged | sent again, never doubled |
| The answer | word by word, numbered | resumed where it stopped |
| A table like this | one row after the other | the rows you saw stay |
| \`inline code\` | with the rest of its sentence | nothing special |
| A **stop** from you | from any tab | the text so far stays |

Narrow screens scroll it sideways; the page itself stays where it is.`;

const CODE = `Here is some code. This puts the widget on any page:

\`\`\`html
<script async src="https://chat.example.com/rivulet.js" data-site="demo"></script>
\`\`\`

And this drives it from your own script:

\`\`\`ts
const chat = document.querySelector('rivulet-chat');

chat.addEventListener('rivulet-run-end', ({ detail }) => {
  console.log(\`\${detail.reason}: \${detail.text.length} characters\`);
});

await chat.sendMessage('Where is my order?'); // resolves once it is accepted
chat.open();
\`\`\`

Code keeps its line breaks, can be copied, and never runs: nothing in an answer becomes HTML.`;

const LIST = `Here is a list with lists inside it:

1. **A visitor asks.**
   - The widget shows the message at once.
   - The gateway keeps it on disk, then says so.
     - Sent twice by accident? It is the same message.
     - Sent while offline? It waits, then goes.
2. **The model answers.**
   - Every piece of text has its place, so none is lost or repeated.
   - You may stop it from any tab.
3. **The visitor comes back.**
   - The history is there.
   - An answer that is still being written goes on.

Things that lists may hold:

- [x] tasks that are done
- [ ] tasks that are not
- \`code\`, *emphasis* and [links](https://example.com)`;

const LONG_INTRO = `Here is a long answer, so that you can watch how the page behaves while it grows. Scroll up whenever you like: it stays where you put it, and a button brings you back to the newest words.

## What happens to one word

A word leaves the model as a small piece of text. The gateway reads it, gives it a number in the conversation's log and hands it to everyone who is watching. Each widget puts it at its place in the message, once, and paints it with the next frame.

> If a piece arrives twice, the second one changes nothing. If one is missing, the widget notices and asks for it.

## What happens when the network goes away

The widget keeps what it has, shows a thin line and tries again, soon at first and then less often. When it is back, it says which number it saw last; the gateway sends what came after that and nothing else.`;

const LONG_MIDDLE = `## What happens with many viewers

A conversation may be open in three tabs, on a phone and on the screen of a colleague who helps. All of them read the same log, each at its own speed. A fast one sees a word a few milliseconds after the model wrote it; a slow one gets several words in one go, and one that was asleep for an hour gets the whole state and goes on from there. None of them ever waits for another, and the model waits for none.

1. The gateway writes the piece into the log, once.
2. It encodes it, once.
3. It hands the same bytes to every viewer whose line is free.
4. For those whose line is not, it waits, and merges what has gathered in the meantime.

## What happens when you stop an answer

You press the button, or Escape. The request to the model is ended at once, wherever it runs, so that nobody pays for words that nobody reads. The text that was written stays, marked as stopped; you can ask again from there. Closing the tab is something else: the answer goes on without you, and is there when you come back.`;

const LONG_END = `## What happens in the end

The answer is over when the model says so, and only then. If it breaks off, you are told, and the text so far stays. That was all; thank you for reading to the end.`;

const long = (): string =>
  [LONG_INTRO, LONG_MIDDLE, '## A table', TABLE, '## Code', CODE, '## Lists', LIST, LONG_END].join('\n\n');

/** The Markdown of each sample. */
export const SAMPLES: Readonly<Record<Sample, () => string>> = {
  table: () => TABLE,
  code: () => CODE,
  list: () => LIST,
  long,
};
