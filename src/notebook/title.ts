/** What a notebook calls itself. */

/**
 * The title of a notebook: its first heading of the highest level that it
 * uses first, else its file name without extension.
 *
 * @param markdown - sources of its Markdown cells, in order
 * @param path - contents path
 */
export function titleOf(markdown: readonly string[], path: string): string {
  for (const source of markdown) {
    let fenced = false;
    const lines = source.split(/\r?\n/);
    for (const [at, line] of lines.entries()) {
      if (/^\s{0,3}(```|~~~)/.test(line)) {
        fenced = !fenced;
      }
      const heading = /^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$/.exec(line)?.[1];
      const underlined =
        line.trim() && /^\s{0,3}(=+|-+)\s*$/.test(lines[at + 1] ?? '')
          ? line.trim()
          : undefined;
      const text = fenced ? undefined : (heading ?? underlined);
      if (text) {
        return plainMarkdown(text);
      }
    }
  }
  const file = path.split(/[:/]/).pop() ?? path;
  return file.replace(/\.[^.]+$/, '');
}

/** A heading without its emphasis, links and code marks. */
function plainMarkdown(text: string): string {
  return text
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*`]|(^|\s)_+(?=\S)|_+(?=\s|$)/g, '$1')
    .replace(/<[^>]*>/g, '')
    .trim();
}
