/**
 * Markup of strangers, made harmless beyond what Jupyter's sanitiser does: no
 * command buttons, no classes or styles of ours, and nothing that is fetched
 * before somebody clicks on it.
 */
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';

import { manyLines, oneLine } from '../ocean/foreignText';

const TAGS = new Set(
  (
    'a abbr b blockquote br caption code col colgroup dd del details div dl dt ' +
    'em h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small ' +
    'span strong sub summary sup table tbody td tfoot th thead tr u ul var'
  ).split(' ')
);
const ATTRIBUTES = new Set(
  'href title alt src colspan rowspan align start open'.split(' ')
);
const LINK = /^(https?:|mailto:)/i;
const PICTURE = /^data:image\/(png|jpeg|gif|webp);base64,/i;

/**
 * Reduce sanitised HTML to text, its structure, links and embedded pictures.
 * A picture from elsewhere becomes a link to it.
 */
export function tameHtml(html: string): string {
  const page = new DOMParser().parseFromString(html, 'text/html');
  for (const element of [...page.body.querySelectorAll('*')]) {
    const tag = element.tagName.toLowerCase();
    if (!TAGS.has(tag)) {
      element.remove();
      continue;
    }
    for (const { name } of [...element.attributes]) {
      if (!ATTRIBUTES.has(name)) {
        element.removeAttribute(name);
      }
    }
    if (tag === 'img') {
      tameImage(page, element);
    } else {
      element.removeAttribute('src');
    }
    if (tag === 'a') {
      tameLink(element);
    } else {
      element.removeAttribute('href');
    }
  }
  tameTexts(page);
  return page.body.innerHTML;
}

/** Nothing unseen in it: also entities name characters. */
function tameTexts(page: Document): void {
  const texts = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    node.nodeValue = manyLines(node.nodeValue ?? '');
  }
  for (const element of page.body.querySelectorAll('[title], [alt]')) {
    for (const name of ['title', 'alt']) {
      if (element.hasAttribute(name)) {
        element.setAttribute(name, oneLine(element.getAttribute(name)));
      }
    }
  }
}

function tameImage(page: Document, image: Element): void {
  const source = image.getAttribute('src') ?? '';
  if (PICTURE.test(source)) {
    return;
  }
  const link = page.createElement('a');
  link.setAttribute('href', source);
  link.textContent = image.getAttribute('alt') || source;
  tameLink(link);
  image.replaceWith(link);
}

function tameLink(link: Element): void {
  if (!LINK.test(link.getAttribute('href')?.trim() ?? '')) {
    link.removeAttribute('href');
    return;
  }
  link.setAttribute('target', '_blank');
  link.setAttribute('rel', 'noopener noreferrer');
}

/** Jupyter's sanitiser, then ours. */
export function foreignSanitizer(
  sanitizer: IRenderMime.ISanitizer
): IRenderMime.ISanitizer {
  return {
    allowNamedProperties: false,
    allowCommandLinker: false,
    getAutolink: () => sanitizer.getAutolink?.() ?? false,
    sanitize: (dirty, options) => tameHtml(sanitizer.sanitize(dirty, options))
  };
}
