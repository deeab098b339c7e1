/** Animated dots while an answer has not begun. */
import { html, type TemplateResult } from '../lit/lit.ts';
import type { Strings } from '../i18n/core/en.ts';

/** Renders the dots with a label for screen readers. */
export const renderDots = (strings: Strings): TemplateResult =>
  html`<div class="dots" role="img" aria-label=${strings.statusAnswering}><i></i><i></i><i></i></div>`;
