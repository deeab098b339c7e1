/** Recognises the intent of a question and composes the reply from the sections of the documents. Pure. */
import type { DemoDocument } from './documents.ts';
import { createFindPassages, wordsOf, type FindPassages } from './passage-search.ts';
import { condense, type Passage } from './passages.ts';
import { SAMPLES, type Sample } from './demo-samples.ts';

/** A reply of the demo. */
export interface Reply {
  markdown: string;
  /** The sections that it quotes. */
  passages: readonly Passage[];
}

/** Composes the reply to the last of the visitor's messages. They are ordered oldest first. */
export type ReplyTo = (questions: readonly string[]) => Reply;

/** What a question asks for. */
type Intent =
  | { kind: 'greeting' | 'thanks' | 'farewell' | 'about-me' | 'more' | 'question' }
  | { kind: 'show'; sample: Sample };

const SHOW =
  /^(?:(?:please|can you|could you|would you)\s+)*(?:show|give|make|write|render|draw|display|try)\b(?:\s+(?:me|us))?\s+(?:an?|some|the|your)?\s*(?:[\w-]+\s+){0,2}?(table|code|list|long|essay)\b/;
const SAMPLE_NAMES = new Map<string, Sample>(
  Object.entries({
    table: 'table',
    code: 'code',
    list: 'list',
    long: 'long',
    essay: 'long',
  }),
);

const INTENTS: readonly [RegExp, Exclude<Intent['kind'], 'show' | 'question'>][] = [
  [
    /^(hi|hello|hey|hallo|howdy|hola|greetings|good (morning|afternoon|evening|day))( there| rivulet| all)?$/,
    'greeting',
  ],
  [
    /^(ok(ay)? )?(many )?(thanks?|thank you|thx|cheers|great|perfect|awesome|nice|cool|got it)\b[^?]{0,40}$/,
    'thanks',
  ],
  [/^(bye|goodbye|see you|good night|ciao)\b.{0,20}$/, 'farewell'],
  [
    /^(help|what can (you|i|this)\b.*|who are you|what are you|are you (an? )?(ai|bot|robot|human|model|real).*|what do you (do|know).*|how can you help.*)$/,
    'about-me',
  ],
  [
    /^((please )?(tell me|show me|say|give me)( some)? more|more|go on|continue|and then|what else|anything else)\b.{0,20}$/,
    'more',
  ],
];

/** A longer message is a question, not a greeting. */
const INTENT_MAX_CHARACTERS = 200;

/** What the visitor wants: a fixed reply, a sample of formatting, or an answer from the documents. */
export function readIntent(question: string): Intent {
  const plain = question
    .slice(0, INTENT_MAX_CHARACTERS)
    .toLowerCase()
    .replace(/[!?.,;:\s]+/g, ' ')
    .trim();
  const sample = SAMPLE_NAMES.get(
    SHOW.exec(plain)?.[1] ?? plain.replace(/^an? /, '').replace(/ answer$/, ''),
  );
  if (sample !== undefined) return { kind: 'show', sample };
  return { kind: INTENTS.find(([pattern]) => pattern.test(plain))?.[1] ?? 'question' };
}

const SUGGESTIONS = `- What is Rivulet?
- How do I put it on my page?
- What happens when the network drops in the middle of an answer?
- Where is the model key kept?
- *Show me a table* · *show me code* · *show me a list* · *show me a long answer*
- *Show me a tool call* · *an approval* · *a form* · *a card* · *sources* · *reasoning* · *everything*`;

const ABOUT_ME = `I am Rivulet's **demo assistant**. There is no language model behind me: I search Rivulet's own documentation and show you the part that fits, streamed exactly as a model's answer would be. Set \`OPENAI_API_KEY\` and restart, and a real model takes my place.`;

const FIXED = {
  greeting: `Hello, and welcome! I am the demo assistant: I answer questions about Rivulet from its own documentation. You could ask me:\n\n${SUGGESTIONS}`,
  thanks: 'You are welcome! If anything else about Rivulet comes to mind, just ask.',
  farewell: 'Goodbye! This conversation will still be here when you come back.',
  'about-me': `${ABOUT_ME}\n\nThings to try:\n\n${SUGGESTIONS}`,
  unknown: `I could not find anything about that in the documentation. ${ABOUT_ME}\n\nThese I can answer:\n\n${SUGGESTIONS}`,
  'no-more': `That is all the documentation says about it. You could ask me something else:\n\n${SUGGESTIONS}`,
} as const;

/** The longest quotation of one section. */
const PASSAGE_MAX_CHARACTERS = 1_200;
/** A second section is added only when the quotation of the first is shorter than this. */
const SECOND_PASSAGE_ROOM_CHARACTERS = 500;

/** Creates the function that replies from these documents. */
export function createReplyTo(documents: readonly DemoDocument[]): ReplyTo {
  const find = createFindPassages(documents);
  return (questions) => {
    const question = questions.at(-1) ?? '';
    const intent = readIntent(question);
    switch (intent.kind) {
      case 'show':
        return { markdown: SAMPLES[intent.sample](), passages: [] };
      case 'question':
        return fromPassages(question, find(question));
      case 'more':
        return continueReply(questions.slice(0, -1), find);
      default:
        return { markdown: FIXED[intent.kind], passages: [] };
    }
  };
}

/** Each "more" in a row continues with the next section that was found for the last question. */
function continueReply(earlier: readonly string[], find: FindPassages): Reply {
  const at = earlier.findLastIndex((question) => readIntent(question).kind === 'question');
  const question = earlier[at];
  if (question === undefined) return { markdown: FIXED['no-more'], passages: [] };
  const found = find(question);
  const seen = pick(found).length + (earlier.length - 1 - at);
  const passage = found[seen];
  if (passage === undefined) return { markdown: FIXED['no-more'], passages: [] };
  return compose(`Here is something else that fits (**${nameOf(passage)}**):`, [passage], question);
}

function fromPassages(question: string, found: readonly Passage[]): Reply {
  const passages = pick(found);
  const [best] = passages;
  if (best === undefined) return { markdown: FIXED.unknown, passages };
  return compose(introduce(question, nameOf(best)), passages, question);
}

/** The best section, and the next one when the best is short. */
function pick(found: readonly Passage[]): Passage[] {
  const [best, next] = found;
  if (best === undefined) return [];
  const isShort =
    condense(best, { maxCharacters: PASSAGE_MAX_CHARACTERS }).length < SECOND_PASSAGE_ROOM_CHARACTERS;
  return isShort && next !== undefined ? [best, next] : [best];
}

/** The heading without a remark in brackets at its end. */
const nameOf = ({ heading }: Passage): string => heading.replace(/\s*\(.*\)$/, '');

const INTRODUCTIONS: readonly [RegExp, (heading: string) => string][] = [
  [
    /^(how (do|can|would|should)|where (do|can|should))\b/,
    (heading) => `Here is how to go about it (**${heading}**):`,
  ],
  [/^(how|why)\b/, (heading) => `Good question. This is how it works (**${heading}**):`],
  [/^(what (happens|if)|when)\b/, (heading) => `Here is what happens then (**${heading}**):`],
  [
    /^(does|do|is|are|can|will|has|have)\b/,
    (heading) => `The documentation has this to say under **${heading}**:`,
  ],
  [/^what('s| is| are)\b/, (heading) => `In short (**${heading}**):`],
];

function introduce(question: string, heading: string): string {
  const plain = question.trim().toLowerCase();
  const introduction = INTRODUCTIONS.find(([pattern]) => pattern.test(plain))?.[1];
  return introduction?.(heading) ?? `Here is what I found under **${heading}**:`;
}

function compose(introduction: string, passages: readonly Passage[], question: string): Reply {
  const words = wordsOf(question);
  const bodies = passages.map((passage, index) => {
    const body = condense(passage, { maxCharacters: PASSAGE_MAX_CHARACTERS, words });
    return index === 0 ? body : `**${nameOf(passage)}**\n\n${body}`;
  });
  const sources = [...new Set(passages.map(({ path }) => `\`${path}\``))].join(' and ');
  return { markdown: [introduction, ...bodies, `*From ${sources}.*`].join('\n\n'), passages };
}
