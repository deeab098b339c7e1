/** The kinds of value that several topics of the configuration have. They are those of the options of `createGateway`. */
export { httpUrl, milliseconds, positiveInteger, text, yesOrNo } from '../base/setting-values.ts';
