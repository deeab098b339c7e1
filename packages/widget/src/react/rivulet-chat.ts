/** `<RivuletChat>` for React 18 and 19: the element with typed props. On a server it renders an empty tag. */
import {
  createElement,
  forwardRef,
  useEffect,
  useImperativeHandle,
  useRef,
  type CSSProperties,
  type ReactNode,
} from 'react';
import type { RivuletEventMap } from '../shell/events.ts';
import { SHORT_NAMES, type ShortName } from '../shell/event-names.ts';
import type { ChatOptions, Mode, Position, Theme } from '../shell/options.ts';
import type { RivuletChat as RivuletChatElement } from '../shell/rivulet-chat.ts';

type Pascal<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${Capitalize<First>}${Pascal<Rest>}`
  : Capitalize<Name>;

/** Event handlers as props: `onRunEnd` receives the event `rivulet-run-end`. */
export type RivuletChatHandlers = {
  [Name in ShortName as `on${Pascal<Name>}`]?: (event: RivuletEventMap[`rivulet-${Name}`]) => void;
};

/** The props of `<RivuletChat>`: the attributes and options of the element. */
export interface RivuletChatProps extends RivuletChatHandlers {
  /** The gateway's URL. */
  gateway?: string;
  /** The id of the site. */
  site?: string;
  /** How the chat is placed. Default: floating. */
  mode?: Mode;
  /** A BCP 47 tag. */
  locale?: string;
  /** The colour scheme. Default: auto. */
  theme?: Theme;
  /** The launcher's side. Default: end. */
  position?: Position;
  /** Applied again whenever it is another object: use a constant outside the component, or `useMemo`. */
  options?: ChatOptions;
  /** The element's class. */
  className?: string;
  /** The element's inline style. */
  style?: CSSProperties;
  /** Nodes with a `slot` attribute. */
  children?: ReactNode;
}

/** The component. The ref is the element; its methods exist after `onReady`. */
export const RivuletChat = forwardRef<RivuletChatElement | null, RivuletChatProps>((props, ref) => {
  const { gateway, site, mode, locale, theme, position, options, className, style, children } = props;
  const element = useRef<RivuletChatElement | null>(null);
  const handlers = useRef<RivuletChatProps>(props);
  handlers.current = props;
  useImperativeHandle<RivuletChatElement | null, RivuletChatElement | null>(ref, () => element.current, []);

  useEffect(() => listen(element.current, handlers), []);
  useEffect(() => {
    let isCurrent = true;
    void define().then(() => {
      if (isCurrent && element.current !== null) element.current.options = options ?? {};
    });
    return () => {
      isCurrent = false;
    };
  }, [options]);

  const attributes = { gateway, site, mode, locale, theme, position, class: className, style };
  return createElement('rivulet-chat', { ...attributes, ref: element }, children);
});
RivuletChat.displayName = 'RivuletChat';

/** Imported dynamically: the class needs a browser, and a server renders this file. */
const define = (): Promise<unknown> => import('../define.ts');

function listen(element: HTMLElement | null, handlers: { readonly current: RivuletChatProps }) {
  const controller = new AbortController();
  for (const name of SHORT_NAMES) {
    // Each handler takes one event type, which a loop over all names cannot express.
    const handle = (event: Event) => {
      (handlers.current[propOf(name)] as ((event: Event) => void) | undefined)?.(event);
    };
    element?.addEventListener(`rivulet-${name}`, handle, { signal: controller.signal });
  }
  return () => {
    controller.abort();
  };
}

const propOf = (name: ShortName): keyof RivuletChatHandlers => {
  const words = name.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `on${words.join('')}` as keyof RivuletChatHandlers; // spelt as the type spells it
};
