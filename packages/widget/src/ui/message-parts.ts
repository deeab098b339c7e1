/** One template per kind of part; what has no look yet shows nothing. */
import type { FilePart, Message, Part, ReasoningPart, SourcePart, ToolPart } from '@rivulet/protocol';
import { html, nothing, type TemplateResult } from './lit.ts';
import { chevronIcon, fileIcon, toolIcon } from './icons.ts';
import type { Strings } from './strings/en.ts';

type Rendered = TemplateResult | typeof nothing;

export interface PartContext {
  message: Message;
  strings: Strings;
}

/** A part in its place; sources are collected below the answer. */
export function renderPart(part: Part, index: number, { message, strings }: PartContext): Rendered {
  const isOpen = message.run?.state === 'running' && index === message.parts.length - 1;
  switch (part.type) {
    case 'text':
      return message.role === 'user'
        ? html`<div class="words" dir="auto">${part.text}</div>`
        : html`<rivulet-markdown
            .text=${part.text}
            .state=${isOpen ? 'streaming' : 'complete'}
            .strings=${strings}
          ></rivulet-markdown>`;
    case 'reasoning':
      return renderReasoning(part, isOpen, strings);
    case 'tool':
      return renderTool(part, strings);
    case 'file':
      return renderFile(part);
    case 'source':
    case 'data':
    case 'unknown':
      return nothing;
  }
}

function renderReasoning({ text }: ReasoningPart, isOpen: boolean, strings: Strings): TemplateResult {
  return html`<details class="reasoning" part="reasoning">
    <summary>${chevronIcon}<span>${isOpen ? strings.reasoningRunning : strings.reasoning}</span></summary>
    <div class="reasoning-text" dir="auto">${text}</div>
  </details>`;
}

const TOOL_WORDS = {
  input: 'toolRunning',
  called: 'toolRunning',
  'approval-requested': 'toolWaiting',
  approved: 'toolRunning',
  refused: 'toolRefused',
  finished: 'toolFinished',
  failed: 'toolFailed',
} as const satisfies Record<ToolPart['state'], keyof Strings>;

function renderTool({ name, state }: ToolPart, strings: Strings): TemplateResult {
  return html`<div class="tool" part="tool" data-state=${state}>
    ${toolIcon}<span class="tool-name" dir="auto">${name.replaceAll(/[_-]+/g, ' ')}</span>
    <span class="tool-state">${strings[TOOL_WORDS[state]]}</span>
  </div>`;
}

function renderFile({ name, sizeBytes, url }: FilePart): TemplateResult {
  const label = html`${fileIcon}<span class="chip-text" dir="auto">${name}</span>
    <span class="chip-detail">${formatBytes(sizeBytes)}</span>`;
  const href = safeHref(url);
  return href === undefined
    ? html`<span class="chip" part="chip">${label}</span>`
    : html`<a class="chip" part="chip" href=${href} target="_blank" rel="noopener noreferrer">${label}</a>`;
}

/** The sources of an answer as a row of chips. */
export function renderSources(parts: readonly Part[], strings: Strings): Rendered {
  const sources = parts.filter((part): part is SourcePart => part.type === 'source');
  if (sources.length === 0) return nothing;
  return html`<ul class="sources" aria-label=${strings.sources}>
    ${sources.map((source, index) => html`<li>${renderSource(source, index + 1)}</li>`)}
  </ul>`;
}

function renderSource({ title, url, excerpt }: SourcePart, number: number): TemplateResult {
  const label = html`<span class="chip-number">${number}</span
    ><span class="chip-text" dir="auto">${title}</span>`;
  const href = safeHref(url);
  return href === undefined
    ? html`<span class="chip" part="chip" title=${excerpt ?? nothing}>${label}</span>`
    : html`<a
        class="chip"
        part="chip"
        href=${href}
        target="_blank"
        rel="noopener noreferrer"
        title=${excerpt ?? nothing}
        >${label}</a
      >`;
}

/** Only addresses that open a page; anything else is shown without a link. */
function safeHref(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url, document.baseURI)) return undefined;
  const { protocol, href } = new URL(url, document.baseURI);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** In decimal units, as operating systems show files. */
function formatBytes(sizeBytes: number): string {
  const step = sizeBytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(sizeBytes) / 3));
  const unit = UNITS[step] ?? 'byte';
  const format = new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  });
  return format.format(sizeBytes / 1000 ** step);
}
