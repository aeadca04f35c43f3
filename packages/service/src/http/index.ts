export {
  isFireblocks,
  type Answer,
  type CoboCallback,
  type DeferralForm,
  type FireblocksCallback,
  type FireblocksRead,
  type VerifiedCallback,
} from './answer.ts'
export { type CallbackServer, type CallbackServerOptions, startCallbackServer } from './callback-server.ts'
export { HTTP_LIMITS, type HttpLimits } from './http-limits.ts'
export { createHttpServer, type HttpServer, type HttpServerOptions } from './http-server.ts'
export { createSigningPool, type SigningPool } from './signing-pool.ts'
export { closeUnreadBodies } from './send-answer.ts'
export { readTlsFiles } from './tls-files.ts'
