/**
 * Keeps the element in pages that replace their content without a page load: it moves to a new body, and comes back when it was
 * removed together with other content or by code that does not know it. Only `remove()` of the element alone removes it.
 */
import type { RivuletChat } from './rivulet-chat.ts';

/** What keeps an element in the page. */
export interface KeptChat {
  /** The element that commands are for: the kept one, or the one that the page has put in its place. */
  find: () => RivuletChat;
  /** Puts the element back, whatever has removed it. */
  restore: () => void;
  /** Stops keeping it. */
  end: () => void;
}

/** Inserts the element at the end of the body. @param whose an element of the page is only put back by `restore` */
export function keepInPage(first: RivuletChat, whose: 'ours' | 'of the page'): KeptChat {
  let chat = first;
  let root: Element | undefined;
  const find = (): RivuletChat => {
    if (!chat.isConnected) chat = document.querySelector('rivulet-chat') ?? chat;
    return chat;
  };
  const restore = (): void => {
    const { body, documentElement } = document;
    // `document.open()` has removed every listener in the old document, those in the shadow root included.
    if (!find().isConnected && root !== undefined && root !== documentElement) chat = copyOf(chat);
    root = documentElement;
    // While a body is being replaced there may be none.
    if (!chat.isConnected && body instanceof HTMLBodyElement) body.append(chat);
    if (whose === 'ours')
      for (const node of [document, documentElement, body] as (Node | null)[])
        if (node !== null) observer.observe(node, { childList: true });
  };
  const observer = new MutationObserver((records) => {
    const isWanted = find().isConnected || !chat.isDismissed || records.some(hasOtherContent);
    if (isWanted) restore();
    else observer.disconnect();
  });
  restore();
  return {
    find,
    restore,
    end: () => {
      observer.disconnect();
    },
  };
}

/** Whether a page has removed content of its own. Scripts do not count: they are often removed once they have run. */
const hasOtherContent = ({ removedNodes }: MutationRecord): boolean =>
  [...removedNodes].some(
    (node) => node instanceof HTMLElement && !/^(rivulet-chat|script)$/.test(node.localName),
  );

function copyOf(chat: RivuletChat): RivuletChat {
  const copy = document.createElement('rivulet-chat');
  for (const { name, value } of chat.attributes) copy.setAttribute(name, value);
  copy.options = chat.options;
  return copy;
}
