/** What `rivulet init` wants to know: the questions with their defaults, and which answers are accepted. */
import type { CommandOptions } from '../command-flags.ts';
import { baseUrlProblem } from '../../providers/base-url.ts';
import { readOriginPattern } from '../../sites/origins.ts';

/** The value of `keyFrom` for upstreams that need no key. */
export const NO_KEY = 'none';

/** Everything that the file depends on. */
export interface Answers {
  replies: 'upstream' | 'demo';
  /** The environment variable with the key, or `NO_KEY`. */
  keyFrom: string;
  /** Empty: OpenAI's own. */
  baseUrl: string;
  model: string;
  siteId: string;
  /** Separated by commas. */
  origins: string;
  dataFolder: string;
  port: string;
}

/** One question. */
export interface Question {
  name: keyof Answers;
  text: string;
  /** Why an answer is not accepted; undefined: it is. */
  problemOf: (answer: string) => string | undefined;
  /** Asked only when the demo does not reply. */
  isForUpstream?: true;
}

const matching = (pattern: RegExp, problem: string) => (answer: string) =>
  pattern.test(answer) ? undefined : problem;

/** The questions in the order in which they are asked. */
export const QUESTIONS: readonly Question[] = [
  {
    name: 'replies',
    text: 'Who replies: a model (upstream), or a demo without one that searches documents (demo)?',
    problemOf: matching(/^(upstream|demo)$/, 'expected upstream or demo'),
  },
  {
    name: 'baseUrl',
    text: "URL of the model's API with /v1, such as http://127.0.0.1:11434/v1 for Ollama; empty for OpenAI",
    problemOf: (answer) => (answer === '' ? undefined : baseUrlProblem(answer)),
    isForUpstream: true,
  },
  {
    name: 'keyFrom',
    text: `Name of the environment variable with the API key (the file never holds the key); ${NO_KEY} if the API needs no key`,
    problemOf: matching(
      /^[A-Za-z_]\w*$/,
      'expected the name of an environment variable, such as OPENAI_API_KEY, and not the key itself',
    ),
    isForUpstream: true,
  },
  {
    name: 'model',
    text: 'Name of the model',
    problemOf: matching(/\S/, 'expected a name'),
    isForUpstream: true,
  },
  {
    name: 'siteId',
    text: 'Short name of your site, for the tag in the page',
    problemOf: matching(/^[\w.-]{1,64}$/, 'expected 1 to 64 letters, digits, dots, dashes and underscores'),
  },
  {
    name: 'origins',
    text: 'Origins whose pages may show the chat, such as https://shop.example, separated by commas; self and localhost are this machine',
    problemOf: problemOfOrigins,
  },
  {
    name: 'dataFolder',
    text: 'Folder for conversations and files',
    problemOf: matching(/\S/, 'expected a path'),
  },
  {
    name: 'port',
    text: 'Port of the gateway',
    problemOf: (answer) =>
      /^\d{1,5}$/.test(answer) && Number(answer) <= 65_535 ? undefined : 'expected a port, 0 to 65535',
  },
];

/** The parts of a list with commas. */
export const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

function problemOfOrigins(answer: string): string | undefined {
  const all = listOf(answer);
  if (all.length === 0) return 'expected at least one origin, such as https://shop.example';
  const patterns = all.map((one) => readOriginPattern(one));
  return patterns.flatMap((pattern) => (pattern.kind === 'problem' ? [pattern.problem] : []))[0];
}

/** What the command line has answered. */
export interface GivenAnswers {
  options: CommandOptions;
  /** The flags that are settings. */
  flags: Readonly<Record<string, string>>;
}

/** The answers of the flags. */
export function givenAnswers({ options, flags }: GivenAnswers): Partial<Record<keyof Answers, string>> {
  const all = {
    replies: options.replies,
    keyFrom: options['key-from'],
    baseUrl: options['base-url'],
    model: flags.model,
    siteId: options.site,
    origins: options.origin,
    dataFolder: flags.data,
    port: flags.port,
  };
  return Object.fromEntries(Object.entries(all).filter(([, answer]) => answer !== undefined));
}

/** The flag of each answer, for errors. */
export const FLAG_OF: Readonly<Record<keyof Answers, string>> = {
  replies: '--replies',
  keyFrom: '--key-from',
  baseUrl: '--base-url',
  model: '--model',
  siteId: '--site',
  origins: '--origin',
  dataFolder: '--data',
  port: '--port',
};

/**
 * The defaults of what the flags have not answered. A model replies where something about one is known: a flag, or a key in the
 * environment.
 */
export function defaultAnswers(
  given: Partial<Record<keyof Answers, string>>,
  environment: Readonly<Record<string, string | undefined>>,
): Answers {
  const hasUpstream =
    [given.keyFrom, given.baseUrl, given.model].some((one) => one !== undefined) ||
    (environment.OPENAI_API_KEY ?? '') !== '';
  return {
    replies: hasUpstream ? 'upstream' : 'demo',
    keyFrom: 'OPENAI_API_KEY',
    baseUrl: '',
    model: 'gpt-5-mini',
    siteId: 'demo',
    origins: 'self, localhost',
    dataFolder: './data',
    port: '8787',
  };
}
