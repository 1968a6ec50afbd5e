/** Loaded before the suite: what it imports goes through ./hooks.mjs. */
import { register } from 'node:module';

register('./hooks.mjs', import.meta.url);
