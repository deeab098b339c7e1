/** The picture of a person: their own if the site allows its origin, otherwise their initials. */
import type { Participant } from '@rivulet/protocol';
import { html, type TemplateResult } from '../lit/lit.ts';
import { isAllowedImage } from '../rich/rich-format.ts';

/** Renders the picture. It is decoration: the name stands beside it. The size is fixed by the style sheet, so that nothing moves. */
export function renderFace(
  { name, pictureUrl }: Pick<Participant, 'name' | 'pictureUrl'>,
  imageOrigins: readonly string[] | undefined,
): TemplateResult {
  return html`<span class="face" part="person-picture" aria-hidden="true">
    ${initialsOf(name)}${
      pictureUrl !== undefined && isAllowedImage(pictureUrl, imageOrigins)
        ? html`<img src=${pictureUrl} alt="" referrerpolicy="no-referrer" @error=${hide} />`
        : ''
    }
  </span>`;
}

/** The initials stand behind the picture. */
const hide = ({ currentTarget }: Event): void => {
  (currentTarget as HTMLElement).hidden = true; // only on the image
};

/** The first characters of the first and the last word, as a reader counts characters. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  return chosen.map((word = '') => firstCharacter(word)).join('');
}

const firstCharacter = (word: string): string => {
  const [first] = new Intl.Segmenter().segment(word);
  return first?.segment.toLocaleUpperCase() ?? '';
};
