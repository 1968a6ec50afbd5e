/**
 * Names that nobody has yet.
 */
interface ITaken {
  has(name: string): boolean;
}

/** `a.csv` → [`a`, `.csv`]; folders and dot files keep their dots. */
function split(name: string, directory: boolean): [string, string] {
  const dot = directory ? -1 : name.lastIndexOf('.');
  return dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
}

function firstFree(taken: ITaken, candidate: (n: number) => string): string {
  for (let n = 1; ; n++) {
    const name = candidate(n);
    if (!taken.has(name)) {
      return name;
    }
  }
}

/** When both are to be kept: `a.csv` → `a-1.csv`. */
export function keepBothName(
  name: string,
  taken: ITaken,
  directory = false
): string {
  const [stem, extension] = split(name, directory);
  return firstFree(taken, n => `${stem}-${n}${extension}`);
}

/** As Jupyter names copies: `a-Copy1.csv`. */
export function copyName(
  name: string,
  taken: ITaken,
  directory: boolean
): string {
  const [stem, extension] = split(name, directory);
  const base = stem.replace(/-Copy\d*$/, '');
  return firstFree(taken, n => `${base}-Copy${n}${extension}`);
}

/** As Jupyter names new files: `untitled.txt`, `untitled1.txt`. */
export function untitledName(
  first: string,
  taken: ITaken,
  directory: boolean
): string {
  if (!taken.has(first)) {
    return first;
  }
  const [stem, extension] = split(first, directory);
  return firstFree(
    taken,
    n => `${stem}${directory ? ' ' : ''}${n}${extension}`
  );
}
