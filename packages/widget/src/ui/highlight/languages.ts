/** Languages that can be highlighted. The grammar of each is loaded when an answer first uses it. */
import type { LanguageFn } from 'highlight.js';

type Load = () => Promise<{ default: LanguageFn }>;

const LANGUAGES: Readonly<Record<string, Load>> = {
  bash: () => import('highlight.js/lib/languages/bash'),
  c: () => import('highlight.js/lib/languages/c'),
  cpp: () => import('highlight.js/lib/languages/cpp'),
  csharp: () => import('highlight.js/lib/languages/csharp'),
  css: () => import('highlight.js/lib/languages/css'),
  dart: () => import('highlight.js/lib/languages/dart'),
  diff: () => import('highlight.js/lib/languages/diff'),
  dockerfile: () => import('highlight.js/lib/languages/dockerfile'),
  elixir: () => import('highlight.js/lib/languages/elixir'),
  go: () => import('highlight.js/lib/languages/go'),
  graphql: () => import('highlight.js/lib/languages/graphql'),
  haskell: () => import('highlight.js/lib/languages/haskell'),
  ini: () => import('highlight.js/lib/languages/ini'),
  java: () => import('highlight.js/lib/languages/java'),
  javascript: () => import('highlight.js/lib/languages/javascript'),
  json: () => import('highlight.js/lib/languages/json'),
  julia: () => import('highlight.js/lib/languages/julia'),
  kotlin: () => import('highlight.js/lib/languages/kotlin'),
  latex: () => import('highlight.js/lib/languages/latex'),
  lua: () => import('highlight.js/lib/languages/lua'),
  makefile: () => import('highlight.js/lib/languages/makefile'),
  markdown: () => import('highlight.js/lib/languages/markdown'),
  matlab: () => import('highlight.js/lib/languages/matlab'),
  nginx: () => import('highlight.js/lib/languages/nginx'),
  objectivec: () => import('highlight.js/lib/languages/objectivec'),
  perl: () => import('highlight.js/lib/languages/perl'),
  php: () => import('highlight.js/lib/languages/php'),
  powershell: () => import('highlight.js/lib/languages/powershell'),
  protobuf: () => import('highlight.js/lib/languages/protobuf'),
  python: () => import('highlight.js/lib/languages/python'),
  r: () => import('highlight.js/lib/languages/r'),
  ruby: () => import('highlight.js/lib/languages/ruby'),
  rust: () => import('highlight.js/lib/languages/rust'),
  scala: () => import('highlight.js/lib/languages/scala'),
  scss: () => import('highlight.js/lib/languages/scss'),
  shell: () => import('highlight.js/lib/languages/shell'),
  sql: () => import('highlight.js/lib/languages/sql'),
  swift: () => import('highlight.js/lib/languages/swift'),
  typescript: () => import('highlight.js/lib/languages/typescript'),
  xml: () => import('highlight.js/lib/languages/xml'),
  yaml: () => import('highlight.js/lib/languages/yaml'),
};

/** Common names of languages, each followed by the name of the grammar. */
const ALIASES =
  'sh bash zsh bash console shell shell-session shell h c c++ cpp cc cpp hpp cpp cs csharp c# csharp patch diff docker dockerfile ' +
  'ex elixir golang go gql graphql hs haskell toml ini jsx javascript js javascript mjs javascript cjs javascript jsonc json ' +
  'json5 json jl julia kt kotlin kts kotlin tex latex make makefile mk makefile md markdown objc objectivec pl perl ' +
  'ps1 powershell pwsh powershell proto protobuf py python rb ruby rs rust sass scss less scss postgres sql postgresql sql ' +
  'mysql sql sqlite sql ts typescript tsx typescript mts typescript cts typescript html xml xhtml xml svg xml vue xml ' +
  'svelte xml yml yaml';
const ALIAS = new Map(
  [...ALIASES.matchAll(/(\S+) (\S+)/g)].map(([, alias = '', name = '']) => [alias, name]),
);

/** Languages that are embedded in another one. */
const INNER: Readonly<Record<string, readonly string[]>> = {
  xml: ['css', 'javascript'],
  shell: ['bash'],
  markdown: ['xml'],
};

/** Returns the grammars needed for the language of an info string, its own first; empty if it is unknown. */
export function languagesFor(written: string): string[] {
  const lower = written.toLowerCase();
  const name = ALIAS.get(lower) ?? lower;
  return Object.hasOwn(LANGUAGES, name) ? [name, ...(INNER[name] ?? [])] : [];
}

/**
 * Loads a grammar.
 * @throws {RangeError} if the language is unknown; rejects if the file cannot be loaded
 */
export async function loadLanguage(name: string): Promise<LanguageFn> {
  const load = LANGUAGES[name];
  if (load === undefined) throw new RangeError(`There is no highlighter for the language "${name}".`);
  return (await load()).default;
}
