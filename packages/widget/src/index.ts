/** `@rivulet/widget`: the class and its types, without side effects. `@rivulet/widget/define` registers the element. */
export { RivuletChat } from './shell/rivulet-chat.ts';
export { defineChat } from './shell/define-chat.ts';
export type { App, AppHost, AppModule, AppSettings } from './shell/app-contract.ts';
export type {
  ChatOptions,
  ClientTool,
  CustomAction,
  HookName,
  HookResult,
  HookTypes,
  Mode,
  OptionsChange,
  PartRenderer,
  SendSource,
  StringOverrides,
  Theme,
} from './shell/options.ts';
export type { RivuletEventDetails, RivuletEventMap, RivuletEventName } from './shell/events.ts';
