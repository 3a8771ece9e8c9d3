import type { Kind } from '../plan.ts'
import { clocks } from './clocks.ts'
import type { Fault } from './hand.ts'
import { kills } from './kills.ts'
import { netsuite } from './netsuite.ts'
import { shop } from './shop.ts'
import { webhooks } from './webhooks.ts'

/** Every kind of fault, and how it is brought about. */
export const faults: Record<Kind, Fault> = { ...kills, ...netsuite, ...webhooks, ...shop, ...clocks }
