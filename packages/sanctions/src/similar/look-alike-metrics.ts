import { Counter, type Registry } from 'prom-client'

export type LookAlikeMetrics = ReturnType<typeof createLookAlikeMetrics>

/** Labels never hold addresses. */
export const createLookAlikeMetrics = (registry: Registry) => ({
  lookAlikes: new Counter({
    name: 'callback_quorum_sanctions_look_alikes_total',
    help: 'Destinations that resemble another address: one of the address book, or one that was paid lately',
    labelNames: ['known', 'policy'] as const,
    registers: [registry],
  }),
})
