import type { CoboPackage } from '../cobo-package.ts'

/** v1: every member of the node's structure is left out when zero or empty, so the whole package is `{}` (protocol 1.6). */
export const makeV1Ping = (): CoboPackage => ({})

/** v2: the type is a pointer there and stays; the rest is absent unless given. */
export const makeV2Ping = (members: CoboPackage = {}): CoboPackage => ({ request_type: 0, ...members })
