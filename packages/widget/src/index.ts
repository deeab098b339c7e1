/** `@rivulet/widget`: the class and its types, without side effects. `@rivulet/widget/define` registers the element. */
export { RivuletChat } from './shell/rivulet-chat.ts';
export { defineChat } from './shell/define-chat.ts';
export { loadSite } from './shell/load-site.ts';
export type { SiteOptions } from './shell/site-options.ts';
export type { App, AppHost, AppModule, AppSettings } from './shell/app-contract.ts';
export type {
  AttachmentOptions,
  ChatOptions,
  ClientTool,
  ComposerOptions,
  ConnectionOptions,
  CustomAction,
  HeaderOptions,
  HistoryOptions,
  Hook,
  HookName,
  HookResult,
  HookTypes,
  IdentityOptions,
  LauncherOptions,
  MessageOptions,
  Mode,
  OptionsChange,
  PartRenderer,
  PrivacyOptions,
  SendSource,
  StartOptions,
  StringOverrides,
  Theme,
  ThemeOptions,
} from './shell/options.ts';
export type { RivuletEventDetails, RivuletEventMap, RivuletEventName } from './shell/events.ts';
