/** Scenes that the demo shows on request: tool calls, forms, cards, suggestions, sources and reasoning. Pure. */
import { callStep, dataStep, sourceStep, reasoningStep, textStep, type ReplyStep } from './demo-steps.ts';

/** The names of the scenes. `approval` is a tool call that needs approval; `everything` is all scenes without tool calls. */
export type DemoScene =
  'tool' | 'approval' | 'form' | 'card' | 'suggestions' | 'sources' | 'reasoning' | 'everything';

/** The words by which a message asks for each scene. */
const NAMES = new Map<string, DemoScene>(
  Object.entries({
    tool: 'tool',
    tools: 'tool',
    approval: 'approval',
    callback: 'approval',
    form: 'form',
    card: 'card',
    suggestions: 'suggestions',
    replies: 'suggestions',
    sources: 'sources',
    citations: 'sources',
    reasoning: 'reasoning',
    thinking: 'reasoning',
    everything: 'everything',
    showcase: 'everything',
  }),
);
const REQUEST = new RegExp(
  `^(?:(?:please|can you|could you|would you) )*(?:show|give|make|try|call|use|book)\\b(?: [\\w-]+){0,4}? (${[...NAMES.keys()].join('|')})\\b`,
);
/** A longer message is a question. */
const MAX_CHARACTERS = 80;

/** The scene that a message asks for; undefined when it asks for something else. */
export function readScene(question: string): DemoScene | undefined {
  if (question.length > MAX_CHARACTERS) return undefined;
  const plain = question
    .toLowerCase()
    .replace(/[!?.,;:\s]+/g, ' ')
    .trim();
  return NAMES.get(REQUEST.exec(plain)?.[1] ?? plain.replace(/^an? /, ''));
}

const SUGGESTIONS = ['Show me a form', 'Show me a card', 'Show me a tool call', 'Show me an approval'];
const suggestions = dataStep('suggestions', SUGGESTIONS);

const card = dataStep('card', {
  title: 'Alder lounge chair',
  text: 'Solid alder, wool cover, made to order in three weeks. 489 €.',
  actions: [
    { label: 'Is it in stock?', message: 'Is the Alder lounge chair in stock?' },
    { label: 'See the page', url: 'https://example.com/alder' },
  ],
});

const form = dataStep('form', {
  formId: 'contact',
  title: 'How can we reach you?',
  text: 'This is the demo: what you send goes into the conversation and nowhere else.',
  fields: [
    { name: 'name', label: 'Your name', kind: 'text', isRequired: true },
    { name: 'email', label: 'E-mail', kind: 'email', isRequired: true, placeholder: 'you@example.com' },
    {
      name: 'topic',
      label: 'What is it about?',
      kind: 'select',
      options: [
        { value: 'order', label: 'An order' },
        { value: 'return', label: 'A return' },
        { value: 'other', label: 'Something else' },
      ],
    },
    { name: 'message', label: 'Anything else?', kind: 'multiline' },
    { name: 'copy', label: 'Send me a copy', kind: 'checkbox' },
  ],
  submitLabel: 'Send',
});

const SOURCES: readonly ReplyStep[] = [
  textStep(
    'A reply is written into a log with numbered places [1], so a viewer that was away asks for what came after the last number that it has [2]. Nothing is lost and nothing comes twice [1][3].',
  ),
  sourceStep('demo-1', 'The chunk protocol: positions and the log', {
    excerpt: 'Within an epoch seq is contiguous from 1.',
  }),
  sourceStep('demo-2', 'The chunk protocol: resuming', {
    url: 'https://example.com/protocol#resuming',
    excerpt: 'It always ends with synced.',
  }),
  sourceStep('demo-3', 'The chunk protocol: applied exactly once', {
    url: 'https://example.com/protocol#delivery',
  }),
];

const REASONING: readonly ReplyStep[] = [
  reasoningStep(
    'They want to see how thinking looks. I should think about something small.\n\nA bat and a ball cost 1.10 together, and the bat costs 1.00 more than the ball. If the ball were 0.10, the bat would be 1.10 and both 1.20, which is too much. So the ball is 0.05.',
  ),
  textStep('The ball costs **0.05**, and the bat **1.05**. What I thought on the way is folded above.'),
];

const SCENES: Readonly<Record<Exclude<DemoScene, 'tool' | 'approval'>, readonly ReplyStep[]>> = {
  form: [textStep('Here is a form. Fill it in, and I will say what I received.'), form],
  card: [textStep('Here is a card:'), card],
  suggestions: [textStep('You could go on with one of these:'), suggestions],
  sources: SOURCES,
  reasoning: REASONING,
  everything: [
    ...REASONING,
    textStep('\n\n'),
    ...SOURCES,
    textStep('A card, a form and some suggestions:'),
    card,
    form,
    suggestions,
  ],
};

const TOOLS = {
  tool: { name: 'search_documents', input: { query: 'What happens when the network drops?' } },
  approval: {
    name: 'book_callback',
    input: { name: 'Ada Lovelace', phone: '+44 20 7946 0000', topic: 'Rivulet' },
  },
} as const;
const BEFORE = {
  tool: 'I will look that up in the documentation.',
  approval:
    'I can book a call back for you. Have a look at what I would send, change it if you like, and decide.',
} as const;

/** The steps of a scene. @param tools the names of the tools that may be called */
export function stepsOfScene(scene: DemoScene, tools: readonly string[]): readonly ReplyStep[] {
  if (scene !== 'tool' && scene !== 'approval') return SCENES[scene];
  const { name, input } = TOOLS[scene];
  if (!tools.includes(name))
    return [textStep(`This site has no tool \`${name}\`, so there is nothing to show.`)];
  return [textStep(BEFORE[scene]), callStep(name, input)];
}
