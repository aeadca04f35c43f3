import { Counter, type Registry } from 'prom-client'
import { ADMIN_ROLES, type AdminRole } from './admin-tokens.ts'

export interface AdminMetrics {
  /** Counts one answer by who asked and its HTTP status. */
  answered(role: AdminRole | undefined, httpStatus: number): void
}

const NOBODY = 'none'
const STATUS_CLASSES = ['2xx', '4xx', '5xx'] as const

/** What the admin listener measures, declared once for a registry. */
export function createAdminMetrics(registry: Registry): AdminMetrics {
  const requests = new Counter({
    name: 'callback_quorum_admin_requests_total',
    help: 'Calls of the admin listener, by the role of the token (none: no valid one) and class of the status',
    labelNames: ['role', 'status'],
    registers: [registry],
  })
  for (const role of [...ADMIN_ROLES, NOBODY]) for (const status of STATUS_CLASSES) requests.inc({ role, status }, 0)
  return {
    answered: (role, httpStatus) => {
      requests.inc({ role: role ?? NOBODY, status: statusClassOf(httpStatus) })
    },
  }
}

function statusClassOf(httpStatus: number): (typeof STATUS_CLASSES)[number] {
  if (httpStatus >= 500) return '5xx'
  return httpStatus >= 400 ? '4xx' : '2xx'
}
