import { defineConfig } from '@playwright/test';

import { CHROMIUM_ARGS } from './lab.mjs';

/**
 * Browser tests against the real stack (Kubo, anvil, the development Ocean
 * Node, JupyterLab), which `stack.setup.mjs` starts once for all of them.
 */
export default defineConfig({
  testDir: './tests',
  globalSetup: './stack.setup.mjs',
  outputDir: process.env.WEB3_PLAYWRIGHT_OUTPUT ?? './test-results',
  reporter: process.env.WEB3_PLAYWRIGHT_JSON
    ? [['list'], ['json', { outputFile: process.env.WEB3_PLAYWRIGHT_JSON }]]
    : [['list']],
  // The tests share one chain, one Kubo and one server.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  forbidOnly: !!process.env.CI,
  use: {
    // Set by the setup, before the workers read this file again.
    baseURL: process.env.WEB3_LAB_BASE,
    viewport: { width: 1280, height: 800 },
    video: 'off',
    trace: process.env.WEB3_TRACE ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH,
      args: CHROMIUM_ARGS
    }
  }
});
