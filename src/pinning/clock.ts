/** Time as the queue sees it; tests bring their own. */
export interface IClock {
  now(): number;
  /** @returns what cancels it */
  after(ms: number, task: () => void): () => void;
}

export const realClock: IClock = {
  now: () => Date.now(),
  after: (ms, task) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  }
};
