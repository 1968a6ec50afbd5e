/** The suite's own module that one of this folder stands for. */
export const original = url =>
  import(decodeURIComponent(new URL(url).search.slice(1)));

/** What ../run.mjs says. */
export const given = JSON.parse(process.env.WEB3_COMPLIANCE);
