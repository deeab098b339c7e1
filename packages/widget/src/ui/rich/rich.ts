/**
 * Renderers of everything that is not text: reasoning, tool calls, files, sources, data parts. Loaded with the first
 * such part.
 */
import type { DataPart, Part, ReasoningPart, SourcePart } from '@rivulet/protocol';
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import type { AppSettings } from '../../shell/app-contract.ts';
import { chevronIcon } from '../styles/icons.ts';
import { isOpen } from '../message/message-parts.ts';
import type { RichParts, RivuletMessage } from '../message/rivulet-message.ts';
import type { Strings } from '../i18n/core/en.ts';
import type { RichStrings } from '../i18n/rich/rich-en.ts';
import { richStrings } from '../i18n/rich-strings.ts';
import { formStyles } from '../styles/form-styles.ts';
import { adoptStyles } from '../styles/styles.ts';
import { SHOWN_TEXTS } from '../../markdown/unusual/shown-text.ts';
import { renderCard } from './card-part.ts';
import { renderCustomActions } from './custom-actions.ts';
import { defineCustomPart } from './custom-part.ts';
import { defineFile } from './file-chip.ts';
import { renderFormAnswer } from './form-answer.ts';
import { defineForm } from './form-part.ts';
import type { RichContext } from './rich-context.ts';
import { readDataPart } from './read-data-part.ts';
import { renderNotice } from './notice-part.ts';
import { defineWait, renderWait } from './retry-wait.ts';
import { richStyles } from './rich-styles.ts';
import { renderRunWait } from './run-wait.ts';
import { defineSources } from './sources.ts';
import { renderSuggestions } from './suggestions.ts';
import { defineToolCard } from './tool-card.ts';

type Rendered = TemplateResult | typeof nothing;

/** Defines the elements and adopts their styles into a shadow root. */
export function prepareRich(root: DocumentOrShadowRoot): void {
  for (const define of [defineToolCard, defineForm, defineCustomPart, defineSources, defineFile, defineWait])
    define();
  adoptStyles(root, [formStyles, richStyles]);
}

/**
 * Creates the renderers for the settings and texts.
 * @param changed called when the texts of the locale are loaded, to render again
 */
export function createRich(settings: AppSettings, strings: Strings, changed: () => void): RichParts {
  const more = richStrings({ locale: settings.locale, strings }, changed);
  const around = (from: RivuletMessage): RichContext => ({ from, settings, strings: more });
  return {
    renderPart: (part, from) => renderPart(part, around(from)),
    renderBelow: (from) => renderBelow(around(from)),
    renderActions: (message) => renderCustomActions(message, settings.options.messages?.customActions ?? []),
  };
}

function renderPart(part: Part, context: RichContext): Rendered {
  const { from, settings, strings } = context;
  switch (part.type) {
    case 'text':
      return html`<div class="words" dir="auto">${SHOWN_TEXTS.prose(part.text)}</div>`;
    case 'reasoning':
      return renderReasoning(part, from, strings);
    case 'tool':
      return html`<rivulet-tool
        .call=${part}
        .words=${from.strings}
        .strings=${strings}
        .isOver=${from.item.message.run?.state !== 'running'}
      ></rivulet-tool>`;
    case 'file':
      return html`<rivulet-file .file=${part} .settings=${settings} .strings=${strings}></rivulet-file>`;
    case 'data':
      return renderData(part, context);
    default:
      return nothing;
  }
}

function renderReasoning(part: ReasoningPart, { item }: RivuletMessage, strings: RichStrings): Rendered {
  return html`<details class="reasoning" part="reasoning">
    <summary>
      ${chevronIcon}<span>${isOpen(part, item.message) ? strings.reasoningRunning : strings.reasoning}</span>
    </summary>
    <div class="reasoning-text" dir="auto">${SHOWN_TEXTS.prose(part.text)}</div>
  </details>`;
}

/** A renderer of the site takes precedence. Unknown data parts render nothing. */
function renderData(part: DataPart, context: RichContext): Rendered {
  const { from, settings } = context;
  const { renderers = {} } = settings.options.messages ?? {};
  if (Object.hasOwn(renderers, part.name))
    return html`<rivulet-custom
      .data=${part}
      .renderer=${renderers[part.name]}
      .message=${from.item.message}
      .locale=${settings.locale}
    ></rivulet-custom>`;
  const known = readDataPart(part);
  if (known?.name === 'card') return renderCard(known.value, context);
  if (known?.name === 'form-answer') return renderFormAnswer(known.value, context);
  if (known?.name === 'notice') return renderNotice(known.value, context);
  if (known?.name !== 'form') return nothing;
  return html`<rivulet-form
    .form=${known.value}
    .message=${from.item.message}
    .strings=${context.strings}
    .isBusy=${from.isBusy}
  ></rivulet-form>`;
}

function renderBelow(context: RichContext): Rendered {
  const { from, settings, strings } = context;
  const { parts } = from.item.message;
  const sources = parts.filter((part): part is SourcePart => part.type === 'source');
  const hasOwnSuggestions = Object.hasOwn(settings.options.messages?.renderers ?? {}, 'suggestions');
  return html`${renderWait(context)}${renderRunWait(context)}${
    sources.length === 0
      ? nothing
      : html`<rivulet-sources
          .sources=${sources}
          .label=${strings.sources}
          .strings=${strings}
          .isWhole=${from.isWhole}
        ></rivulet-sources>`
  }${hasOwnSuggestions ? nothing : renderSuggestions(parts, context)}`;
}
