/**
 * Files that a person chose, as contents.
 */
import { BlobContent, type IContent } from '../content';

/** Most files whose sizes are asked for before anything is sent. */
const MEASURED = 256;

/**
 * Contents for an upload. Browsers look the size of a chosen file up on the disk,
 * while the page waits: of thousands it takes longer than sending them, so that
 * their `size` is null.
 *
 * @param measured - whether sizes have to be known, however long it takes
 */
export function chosenContents(
  files: readonly { file: File; path: string }[],
  measured: boolean
): IContent[] {
  return files.map(({ file, path }) =>
    measured || files.length <= MEASURED
      ? new BlobContent({
          name: path,
          data: file,
          source: { kind: 'upload' }
        })
      : new ChosenContent(file, path)
  );
}

class ChosenContent implements IContent {
  constructor(
    readonly file: File,
    readonly name: string
  ) {}

  readonly size = null;
  readonly source = { kind: 'upload' } as const;
  readonly durable = false;

  get mediaType(): string {
    return this.file.type || 'application/octet-stream';
  }

  stream(
    options?: Parameters<IContent['stream']>[0]
  ): AsyncIterable<Uint8Array> {
    return new BlobContent({ name: this.name, data: this.file }).stream(
      options
    );
  }

  async blob(): Promise<Blob> {
    return this.file;
  }
}
