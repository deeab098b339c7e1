/** The fields of what visitors do not see: how the model answers, what it may cost, and the desk. */
import { choice, LIMIT, LINE, NUMBER, text, type FieldGroup, type SiteField } from './site-field.ts';

/** Whether the site answers. */
export const STATE: FieldGroup = {
  id: 'state',
  title: 'State',
  fields: [
    {
      path: 'disabled',
      label: 'Answers',
      help: 'While it is paused, nothing is sent to the model, running answers end, and visitors can still read.',
      input: { kind: 'switch' },
    },
  ],
};

/** What the model is told. */
export const MODEL: FieldGroup = {
  id: 'model',
  title: 'What the model is told',
  help: 'An answer that is being written keeps the settings that it began with. The next one has the new ones.',
  fields: [
    {
      path: 'systemPrompt',
      label: 'System prompt',
      help: 'The first thing that the model is told in each conversation. Visitors do not see it.',
      input: text(10),
    },
    { path: 'model', label: 'Model', help: 'As the upstream calls it.', input: LINE },
    { path: 'request.temperature', label: 'Temperature', help: '0 to 2.', input: NUMBER },
    { path: 'request.topP', label: 'Top P', help: '0 to 1.', input: NUMBER },
    {
      path: 'request.maxTokens',
      label: 'Longest answer, in tokens',
      help: 'Sent as max_tokens. Use this or the next one.',
      input: NUMBER,
    },
    {
      path: 'request.maxCompletionTokens',
      label: 'Longest answer with its reasoning, in tokens',
      help: 'Sent as max_completion_tokens, for reasoning models.',
      input: NUMBER,
    },
    {
      path: 'request.reasoningEffort',
      label: 'Reasoning effort',
      help: 'A word that the model knows, such as low.',
      input: LINE,
    },
    {
      path: 'request.reasoningSummary',
      label: 'Summary of the reasoning',
      input: choice(['auto', 'Automatic'], ['concise', 'Concise'], ['detailed', 'Detailed']),
    },
    {
      path: 'request.systemRole',
      label: 'Who speaks the system prompt',
      input: choice(['system', 'System'], ['developer', 'Developer'], ['user', 'User']),
    },
    { path: 'request.contextWindowTokens', label: 'Context window of the model, in tokens', input: NUMBER },
    { path: 'maxAnswerChars', label: 'Longest text of an answer, in characters', input: NUMBER },
    {
      path: 'whenBusy',
      label: 'A message while an answer is written',
      input: choice(['queue', 'Waits'], ['reject', 'Is refused'], ['interrupt', 'Ends that answer']),
    },
  ],
};

const budget = (of: string, label: string): SiteField[] => [
  { path: `budgets.${of}.tokensPerDay`, label: `${label}: tokens a day`, input: LIMIT },
  { path: `budgets.${of}.moneyPerDay`, label: `${label}: money a day`, input: LIMIT },
];
/** What visitors may use in a day. */
export const BUDGETS: FieldGroup = {
  id: 'budgets',
  title: 'Budgets',
  help: 'For a day in UTC. “off”: no budget. Money is in the unit of the prices.',
  fields: [
    ...budget('visitor', 'A visitor'),
    ...budget('user', 'A signed-in user'),
    ...budget('site', 'The site'),
  ],
};

const limit = (path: string, label: string): SiteField => ({
  path: `rateLimits.${path}`,
  label,
  input: LIMIT,
});
/** What visitors may do. */
export const LIMITS: FieldGroup = {
  id: 'limits',
  title: 'Limits',
  help: '“off”: no limit. A limit of all must leave room for several visitors.',
  fields: [
    limit('visitor.messagesPerMinute', 'A visitor: messages a minute'),
    limit('visitor.runsAtOnce', 'A visitor: answers at once'),
    limit('visitor.connections', 'A visitor: connections'),
    limit('visitor.conversations', 'A visitor: conversations'),
    limit('visitor.keptBytes', 'A visitor: stored bytes'),
    limit('address.messagesPerMinute', 'An address: messages a minute'),
    limit('address.runsAtOnce', 'An address: answers at once'),
    limit('address.newVisitorsPer10Minutes', 'An address: new visitors in ten minutes'),
    limit('site.messagesPerMinute', 'The site: messages a minute'),
    limit('site.runsAtOnce', 'The site: answers at once'),
    limit('site.newVisitorsPer10Minutes', 'The site: new visitors in ten minutes'),
    limit('site.connections', 'The site: connections'),
  ],
};

/** The people who answer. */
export const DESK: FieldGroup = {
  id: 'desk',
  title: 'Desk',
  needsDesk: true,
  fields: [
    {
      path: 'desk.hours',
      label: 'Opening hours',
      help: 'Spans such as 09:00-12:30, 13:30-17:00. A day without one is closed. Without a time zone and spans: whenever somebody is online.',
      input: { kind: 'hours' },
    },
    {
      path: 'desk.assign',
      label: 'Who is given a conversation',
      input: choice(
        ['manual', 'Whoever takes it'],
        ['round-robin', 'Each in turn'],
        ['least-loaded', 'Who has the fewest'],
      ),
    },
    { path: 'desk.capacity', label: 'Conversations of one person at once', input: NUMBER },
    { path: 'desk.firstResponseMinutes', label: 'First answer within, in minutes', input: NUMBER },
    { path: 'desk.nextResponseMinutes', label: 'Each next answer within, in minutes', input: NUMBER },
    {
      path: 'desk.requestPersonTool',
      label: 'The model may ask for a person',
      input: choice(['on', 'Yes'], ['ask', 'When the visitor approves'], ['off', 'No']),
    },
    {
      path: 'desk.whenNothingFound',
      label: 'When nothing was found',
      input: choice(
        ['offer', 'The visitor is offered a person'],
        ['queue', 'A person is asked for'],
        ['nothing', 'Nothing'],
      ),
    },
    {
      path: 'desk.drafts',
      label: 'Drafts by the model',
      help: 'Each costs what an answer costs.',
      input: { kind: 'yes-no' },
    },
    { path: 'desk.cannedReplies', label: 'Canned replies', input: { kind: 'replies' } },
  ],
};
