export { AdminFault } from './admin-fault.ts'
export { createAdminMetrics } from './admin-metrics.ts'
export {
  type AdminCall,
  type AdminRoute,
  type AdminServer,
  type AdminServerOptions,
  startAdminServer,
} from './admin-server.ts'
export {
  ADMIN_ROLES,
  type AdminIdentity,
  type AdminRole,
  type Authenticate,
  createAdminToken,
  loadAdminTokens,
} from './admin-tokens.ts'
export { createHashedToken, findByToken, hashedTokenShape } from './hashed-tokens.ts'
export { cursorOf, PAGE, readCursor, readId, readQuery, readWord } from './page.ts'
export { readBody } from './read-body.ts'
