/** The samples' status codes; the node itself tells only 0 from not 0 (protocol/cobo.md 1.4). */
export const COBO_STATUS = { ok: 0, invalidRequest: 10, invalidToken: 20, internalError: 30 } as const
