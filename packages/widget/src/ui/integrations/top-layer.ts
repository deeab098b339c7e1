/**
 * Keeps the launcher and the panel at the edge of the viewport on pages whose body has a transform or a filter, which contains elements
 * with a fixed position: there the element is shown in the top layer, whose containing block is the viewport.
 */
import type { AppHost } from '../../shell/app-contract.ts';
import { adoptStyles } from '../styles/styles.ts';

/** The element has no box of its own that could be seen or pressed. */
const styles = `
:host([popover]) {
  display: block; position: fixed; inset: auto; inline-size: 0; block-size: 0; margin: 0; border: 0; padding: 0;
  background: none; overflow: visible;
}
`;
/** The properties that, with a value other than `none`, make an element contain those with a fixed position. */
const CONTAINING = ['transform', 'translate', 'rotate', 'scale', 'perspective', 'filter', 'backdrop-filter'];

/**
 * Watches one floating widget: when it is opened, and when its launcher enters or leaves the viewport.
 * @param signal ends the watch
 */
export function keepInViewport(
  host: Pick<AppHost, 'element' | 'root' | 'launcher'>,
  signal: AbortSignal,
): void {
  const check = (): void => {
    if (!showInTopLayer(host)) return;
    // Reports once more in the next frame: a page may have moved the element since, which takes it out of the top layer.
    observer.disconnect();
    observer.observe(host.launcher);
  };
  const observer = new IntersectionObserver(check);
  observer.observe(host.launcher);
  host.element.addEventListener('rivulet-open', check, { signal });
  signal.addEventListener('abort', () => {
    observer.disconnect();
    host.element.removeAttribute('popover');
  });
}

/** @returns whether the element was not shown there before */
function showInTopLayer({ element, root }: Pick<AppHost, 'element' | 'root'>): boolean {
  const isFloating = root.querySelector('.panel[data-mode=floating]') !== null;
  const isWanted = isFloating && element.isConnected && hasContainingAncestor(element);
  if (!isWanted) element.removeAttribute('popover');
  if (!isWanted || element.matches(':popover-open')) return false;
  adoptStyles(root, [styles]);
  element.popover = 'manual';
  element.showPopover();
  return true;
}

function hasContainingAncestor(element: Element): boolean {
  for (let one = element.parentElement; one !== null; one = one.parentElement)
    if (isContaining(one)) return true;
  return false;
}

function isContaining(element: Element): boolean {
  const style = getComputedStyle(element);
  const isSet = (name: string): boolean => !['', 'none'].includes(style.getPropertyValue(name));
  return (
    CONTAINING.some(isSet) ||
    /paint|layout|strict|content/.test(style.contain) ||
    CONTAINING.some((name) => style.willChange.split(', ').includes(name))
  );
}
