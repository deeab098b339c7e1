/** Moves the focus to where the visitor writes: in a panel that was opened, or when what they have pressed is gone. */
import { isTouchOnly } from '../composer/enter-key.ts';

/**
 * The composer exists after the first update and can take the focus once the panel is visible. On touch devices the list takes it:
 * an on-screen keyboard would cover the greeting that the visitor has opened, or what they have asked for. A panel that was closed meanwhile takes no focus.
 */
export async function focusPanel(
  panel: HTMLElement & { readonly isOpen: boolean; readonly updateComplete: Promise<unknown> },
): Promise<void> {
  await panel.updateComplete;
  const target = panel.querySelector(isTouchOnly() ? 'rivulet-transcript' : 'rivulet-composer');
  await target?.updateComplete;
  if (panel.isOpen) target?.focus();
}
