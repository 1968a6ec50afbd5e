/** The suite reports to people, as Markdown: here lines of JSON. */
import { appendFileSync } from 'node:fs';

import { given } from './original.mjs';

export async function addApiCallToReport(call) {
  const { expectationResults, validationResult, errors } =
    await call.reportData();
  const line = {
    title: call.title,
    parent: call.parent?.title ?? null,
    status: call.httpResponse?.status ?? null,
    // Those of its children follow its own.
    expectations: expectationResults
      .slice(0, call.expectations.length)
      .map(({ title, success, error }) => ({
        title,
        success,
        error: error?.message
      })),
    schema: validationResult?.error?.message,
    text: call.text,
    errors: errors.map(({ title, error }) => `${title}: ${error?.message}`)
  };
  appendFileSync(given.report, `${JSON.stringify(line)}\n`);
}

export async function writeHeaders() {}
