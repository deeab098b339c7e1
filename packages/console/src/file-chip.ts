/** A file of a message: its name, size and type, as a link that downloads it; images that the widget shows are shown here, too. */
import type { FilePart } from '@rivulet/protocol';
import { pathOf } from './api.ts';
import { formatBytes } from './format.ts';
import { html, nothing, type TemplateResult } from '../../widget/src/reading.ts';
import { fill, TEXTS } from './texts.ts';

/** As in the widget: types that every browser renders without running scripts, and no larger ones. */
const PICTURES = /^image\/(png|jpeg|gif|webp)$/;
const MAX_PREVIEW_BYTES = 5_000_000;

/** Whether the file is shown as a picture. */
export const isPicture = ({ mediaType, sizeBytes }: FilePart): boolean =>
  PICTURES.test(mediaType) && sizeBytes <= MAX_PREVIEW_BYTES;

/** Renders a file. @param conversationId whose rights decide who gets it */
export function renderFile(file: FilePart, conversationId: string): TemplateResult {
  const { fileId, name, mediaType, sizeBytes } = file;
  const path = `conversations/${encodeURIComponent(conversationId)}/files/${encodeURIComponent(fileId)}`;
  const href = pathOf(path);
  const isShown = isPicture(file);
  return html`<a
    class=${isShown ? 'chip has-picture' : 'chip'}
    href=${href}
    download=${name}
    title=${fill(TEXTS.conversation.download, { name, type: mediaType })}
    >${isShown ? html`<img class="picture" src=${href} alt="" loading="lazy" />` : nothing}<span
      class="chip-text"
      dir="auto"
      >${isolated(name)}</span
    >
    <span class="chip-detail">${formatBytes(sizeBytes)}, <bdi>${mediaType}</bdi></span></a
  >`;
}

/** The type at the end of a name is isolated: letters that are written to the left cannot move it, or make another part look like it. */
function isolated(name: string): TemplateResult {
  const at = name.lastIndexOf('.');
  return at > 0
    ? html`<bdi>${name.slice(0, at)}</bdi><bdi dir="ltr">${name.slice(at)}</bdi>`
    : html`<bdi>${name}</bdi>`;
}
