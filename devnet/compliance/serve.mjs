/**
 * The suite as a program of its own (see ../orders.mjs):
 * `{"id": 1, "endpoint": "…", "token": "…", "kubo": "…"}`.
 *
 *     node devnet/compliance/serve.mjs
 */
import { takeOrders } from '../orders.mjs';
import { findCompliance } from './find.mjs';
import { compliance } from './index.mjs';

await takeOrders({ program: await findCompliance(console.error) }, compliance);
