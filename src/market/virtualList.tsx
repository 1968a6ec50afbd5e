/**
 * A long list of which only the rows in sight are in the page. Rows have one
 * height; the keyboard moves one mark through them.
 */
import * as React from 'react';

export interface IVirtualListProps<T> {
  label: string;
  items: readonly T[];
  /** Whether there are no more than these. */
  complete: boolean;
  keyOf: (item: T) => string;
  /** `current` is the row that the keyboard is at: its parts can be tabbed to. */
  render: (item: T, current: boolean) => React.JSX.Element;
  open: (item: T) => void;
  /** So many rows are about to be in sight. */
  want?: (rows: number) => void;
  busy?: boolean;
  /** Told how to put the keyboard into the list. */
  focusRef?: React.MutableRefObject<(() => void) | null>;
}

/** Height of a row, in the size of the text: two lines and their margins. */
const EMS = 4;
/** Where neither is known, as in a page that is not drawn. */
const ROW = 52;
const VIEW = 600;
/** Rows in the page above and below those in sight. */
const SPARE = 6;

/** The height of a row and of what is in sight, in pixels. */
function useSizes(node: React.RefObject<HTMLDivElement>): {
  row: number;
  view: number;
} {
  const [sizes, setSizes] = React.useState({ row: ROW, view: VIEW });
  React.useLayoutEffect(() => {
    const element = node.current;
    if (!element || typeof ResizeObserver === 'undefined') {
      return;
    }
    const measure = (): void => {
      const font = parseFloat(getComputedStyle(element).fontSize);
      const row = Math.round(font * EMS) || ROW;
      const view = element.clientHeight;
      setSizes(before =>
        before.row === row && before.view === view ? before : { row, view }
      );
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [node]);
  return sizes;
}

export function VirtualList<T>(props: IVirtualListProps<T>): React.JSX.Element {
  const { items, complete, keyOf, render, open, want, focusRef } = props;
  const node = React.useRef<HTMLDivElement>(null);
  const { row, view } = useSizes(node);
  const [top, setTop] = React.useState(0);
  const [currentKey, setCurrentKey] = React.useState<string | null>(null);
  const [, again] = React.useReducer((n: number) => n + 1, 0);
  const focus = React.useRef(false);
  /** Whether the keyboard is in the list, and at which row it was last. */
  const within = React.useRef(false);
  const lastAt = React.useRef(0);
  const anchor = React.useRef<{ key: string; by: number } | null>(null);

  const first = Math.max(0, Math.floor(top / row) - SPARE);
  const last = Math.min(items.length, Math.ceil((top + view) / row) + SPARE);
  const found =
    currentKey === null
      ? -1
      : items.findIndex(item => keyOf(item) === currentKey);
  // Where its row is gone, the mark stays at its place.
  const current =
    found >= 0
      ? found
      : Math.max(
          0,
          Math.min(currentKey === null ? 0 : lastAt.current, items.length - 1)
        );

  React.useEffect(() => {
    want?.(Math.ceil((top + 3 * view) / row));
  }, [want, top, view, row, items.length]);

  // What is in sight stays there when a slow node's rows come in above it.
  React.useLayoutEffect(() => {
    const element = node.current;
    const kept = anchor.current;
    if (element && kept && element.scrollTop > 0) {
      const at = items.findIndex(item => keyOf(item) === kept.key);
      const wanted = at * row + kept.by;
      if (at >= 0 && Math.abs(wanted - element.scrollTop) > 1) {
        element.scrollTop = wanted;
      }
    }
    // Only the rows themselves move what is in sight.
  }, [items]);

  // Before anything is drawn: the row that had the focus may be gone by then.
  React.useLayoutEffect(() => {
    lastAt.current = current;
    // A row that goes takes the focus with it: to the page's body.
    const lost =
      within.current &&
      (document.activeElement ?? document.body) === document.body;
    if (focus.current || lost) {
      focus.current = false;
      node.current
        ?.querySelector<HTMLElement>('[data-current="true"] button')
        ?.focus({ preventScroll: true });
    }
  });

  const go = (to: number): void => {
    const at = Math.max(0, Math.min(items.length - 1, to));
    const element = node.current;
    if (!element || items.length === 0) {
      return;
    }
    if (at * row < element.scrollTop) {
      element.scrollTop = at * row;
    } else if ((at + 1) * row > element.scrollTop + view) {
      element.scrollTop = (at + 1) * row - view;
    }
    focus.current = true;
    setTop(element.scrollTop);
    setCurrentKey(keyOf(items[at]));
    // Also where nothing else has changed: the keyboard may come from outside.
    again();
  };
  if (focusRef) {
    focusRef.current = () => go(current);
  }

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(view / row) - 1);
    const to = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      Home: 0,
      End: items.length - 1,
      PageDown: current + page,
      PageUp: current - page
    }[event.key];
    if (to !== undefined && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      // Lab would scroll or act on it as well.
      event.stopPropagation();
      go(to);
    } else if (event.key === 'Enter' && event.target === node.current) {
      open(items[current]);
    }
  };

  const onScroll = (event: React.UIEvent<HTMLDivElement>): void => {
    const { scrollTop } = event.currentTarget;
    const at = Math.floor(scrollTop / row);
    anchor.current = items[at]
      ? { key: keyOf(items[at]), by: scrollTop - at * row }
      : null;
    setTop(scrollTop);
  };

  const shown = Array.from(
    { length: Math.max(0, last - first) },
    (_, i) => first + i
  );
  // The keyboard's row stays in the page, else its focus were lost; in its
  // place among the others, since a row that is moved loses it as well.
  if (items.length > 0 && !shown.includes(current)) {
    if (current < first) {
      shown.unshift(current);
    } else {
      shown.push(current);
    }
  }
  return (
    <div
      ref={node}
      className="jp-web3-virtual"
      onScroll={onScroll}
      onKeyDown={onKeyDown}
      onFocus={() => {
        within.current = true;
      }}
      onBlur={() => {
        within.current = false;
      }}
    >
      <ul
        aria-label={props.label}
        aria-busy={props.busy}
        style={{ height: items.length * row }}
      >
        {shown.map(at => (
          <li
            key={keyOf(items[at])}
            aria-setsize={complete ? items.length : -1}
            aria-posinset={at + 1}
            data-current={at === current}
            style={{ top: at * row, height: row }}
            onFocus={() => setCurrentKey(keyOf(items[at]))}
          >
            {render(items[at], at === current)}
          </li>
        ))}
      </ul>
    </div>
  );
}
