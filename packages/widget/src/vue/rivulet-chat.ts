/** `<RivuletChat>` for Vue 3: the element with typed props and events. On a server it renders an empty tag. */
import { defineComponent, h, onMounted, ref, watch, type PropType } from 'vue';
import { SHORT_NAMES, type DetailOf, type ShortName } from '../shell/event-names.ts';
import type { ChatOptions, Mode, Position, Theme } from '../shell/options.ts';
import type { RivuletChat as RivuletChatElement } from '../shell/rivulet-chat.ts';

type Emits = { [Name in ShortName]: (detail: DetailOf<Name>) => boolean };

// Details are passed on unchanged and not validated.
const EMITS = Object.fromEntries(SHORT_NAMES.map((name) => [name, () => true])) as unknown as Emits;

/** The component. `@run-end` receives the detail of `rivulet-run-end`. The exposed `element` has its methods after `@ready`. */
export const RivuletChat = defineComponent({
  name: 'RivuletChat',
  props: {
    gateway: String,
    site: String,
    mode: String as PropType<Mode>,
    locale: String,
    theme: String as PropType<Theme>,
    position: String as PropType<Position>,
    options: Object as PropType<ChatOptions>,
  },
  emits: EMITS,
  setup(props, { emit, expose, slots }) {
    const element = ref<RivuletChatElement | null>(null);
    expose({ element });
    const apply = async (): Promise<void> => {
      await define();
      // null when the component was unmounted meanwhile.
      if (element.value !== null) element.value.options = props.options ?? {};
    };
    onMounted(() => {
      for (const name of SHORT_NAMES)
        element.value?.addEventListener(`rivulet-${name}`, (event) => {
          // Each name has its own detail type, which a loop over all names cannot express.
          (emit as (name: string, detail: unknown) => void)(name, (event as CustomEvent).detail);
        });
      void apply();
    });
    watch(() => props.options, apply, { deep: true });
    return () => {
      const { gateway, site, mode, locale, theme, position } = props;
      return h(
        'rivulet-chat',
        { ref: element, gateway, site, mode, locale, theme, position },
        slots.default?.(),
      );
    };
  },
});

/** Imported dynamically: the class needs a browser, and a server renders this file. */
const define = (): Promise<unknown> => import('../define.ts');
