/**
 * Highlights finished code blocks one at a time while the page is idle. Loaded with the first block that names its
 * language.
 */
import core from 'highlight.js/lib/core';
import { whenIdle } from '../../shell/when-idle.ts';
import { lazyStyleSheet } from '../styles/lazy-style-sheet.ts';
import { codeStyles } from './code-styles.ts';
import { languagesFor, loadLanguage } from './languages.ts';
import { TokenRuns, type TokenRun } from './token-runs.ts';

/** Longer code stays plain: highlighting 20 kB takes about 20 ms and cannot be split into slices. */
const MAX_CHARS = 20_000;

interface Waiting {
  code: HTMLElement;
  language: string;
}

// A separate instance: a page that uses highlight.js itself keeps its settings.
const highlighter = core.newInstance();
highlighter.configure({ __emitter: TokenRuns });

const adoptColours = lazyStyleSheet(codeStyles);

/** Queue of blocks. Bounded by the blocks on the page: each is queued once, and skipped if it was removed. */
const waiting: Waiting[] = [];
let isScheduled = false;

/** Highlights `code`, an element with a single text node, once its language is loaded and the page is idle. */
export async function highlight(code: HTMLElement, language: string): Promise<void> {
  const needed = languagesFor(language);
  const [name] = needed;
  if (name === undefined || code.textContent.length > MAX_CHARS) return;
  await Promise.all(needed.map(register));
  // The language could not be loaded: the code stays plain.
  if (highlighter.getLanguage(name) === undefined) return;
  waiting.push({ code, language: name });
  schedule();
}

async function register(name: string): Promise<void> {
  if (highlighter.getLanguage(name) !== undefined) return;
  const language = await loadLanguage(name).catch(() => undefined);
  if (language !== undefined) highlighter.registerLanguage(name, language);
}

function schedule(): void {
  if (isScheduled || waiting.length === 0) return;
  isScheduled = true;
  whenIdle(() => {
    isScheduled = false;
    const next = waiting.shift();
    if (next?.code.isConnected) colour(next);
    schedule();
  });
}

function colour(block: Waiting): void {
  const { code, language } = block;
  const [text] = code.childNodes;
  if (!(text instanceof Text) || code.childNodes.length !== 1) return;
  if (isSelected(code)) {
    // Splitting the text node would clear the selection of the visitor: wait until the selection is elsewhere.
    const later = () => {
      waiting.push(block);
      schedule();
    };
    document.addEventListener('selectionchange', later, { once: true });
    return;
  }
  const { _emitter: tokens } = highlighter.highlight(text.data, { language, ignoreIllegals: true });
  // After an internal failure, highlight.js may return less than the code.
  if (tokens instanceof TokenRuns && textOf(tokens.runs) === text.data) {
    adoptColours(code);
    wrapRuns(text, tokens.runs);
  }
}

const textOf = (runs: readonly TokenRun[]): string => runs.map((run) => run.text).join('');

/** Wraps the runs in elements: text nodes are split and moved, none is created. */
function wrapRuns(text: Text, runs: readonly TokenRun[]): void {
  let rest = text;
  for (const {
    colour: name,
    text: { length },
  } of runs) {
    const run = rest;
    if (length < run.length) rest = run.splitText(length);
    if (name === 'none') continue;
    const span = document.createElement('span');
    span.className = `code-${name}`;
    run.replaceWith(span);
    span.append(run);
  }
}

function isSelected(code: HTMLElement): boolean {
  const root = code.getRootNode() as Node & { getSelection?: () => Selection | null }; // only in Chromium
  const selection = root.getSelection?.() ?? document.getSelection();
  return selection !== null && !selection.isCollapsed && selection.containsNode(code, true);
}
