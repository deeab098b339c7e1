/**
 * Scripts that are written without spaces between words (or, in Korean, before particles). In them a mark or a URL
 * touches the words beside it, so rules that look for a space do not work.
 */

/**
 * Inside of a character class with the flag `u`: Thai, Lao, Tibetan, Burmese; Hangul; Khmer; Chinese and Japanese with
 * their punctuation and fullwidth forms.
 */
export const UNSPACED =
  /\u0e00-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u{20000}-\u{3ffff}/u
    .source;
