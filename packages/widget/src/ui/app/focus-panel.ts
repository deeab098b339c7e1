/** Moves the focus into a panel that was opened. */
import { isTouchOnly } from '../composer/enter-key.ts';
import type { RivuletApp } from './rivulet-app.ts';

/**
 * The composer exists after the first update and can take the focus once the panel is visible. On touch devices the list takes it:
 * an on-screen keyboard would cover the greeting that the visitor has opened. A panel that was closed meanwhile takes no focus.
 */
export async function focusPanel(panel: RivuletApp): Promise<void> {
  await panel.updateComplete;
  const target = panel.querySelector(isTouchOnly() ? 'rivulet-transcript' : 'rivulet-composer');
  await target?.updateComplete;
  if (panel.isOpen) target?.focus();
}
