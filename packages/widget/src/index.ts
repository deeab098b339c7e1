/** @rivulet/widget: the class and its types, without a side effect. `@rivulet/widget/define` registers the element. */
export { RivuletChat } from './shell/rivulet-chat.ts';
export { defineChat } from './shell/define-chat.ts';
export type {
  App,
  AppHost,
  AppModule,
  AppSettings,
  Mode,
  StringOverrides,
  Theme,
} from './shell/app-contract.ts';
export type {
  ChatOptions,
  ClientTool,
  HookName,
  HookResult,
  HookTypes,
  OptionsChange,
  PartRenderer,
  SendSource,
} from './shell/options.ts';
export type { RivuletEventDetails, RivuletEventMap, RivuletEventName } from './shell/events.ts';
