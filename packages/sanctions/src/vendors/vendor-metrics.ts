import { Gauge, Histogram, type Registry } from 'prom-client'

export type VendorMetrics = ReturnType<typeof createVendorMetrics>

/** Every metric of the vendors, declared once. Labels are the configured names, never addresses. */
export function createVendorMetrics(
  registry: Registry,
  vendors: () => readonly { readonly name: string; readonly isBreakerOpen: boolean }[],
) {
  const registers = [registry]
  return {
    seconds: new Histogram({
      name: 'callback_quorum_sanctions_vendor_seconds',
      help: 'One question to a vendor, with its retries: approved (nothing against the address), rejected, or failed (no judgement)',
      labelNames: ['vendor', 'outcome'] as const,
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8],
      registers,
    }),
    breakerOpen: new Gauge({
      name: 'callback_quorum_sanctions_vendor_breaker_open',
      help: '1 while a vendor is not asked because it only failed',
      labelNames: ['vendor'] as const,
      registers,
      collect() {
        for (const { name, isBreakerOpen } of vendors()) this.set({ vendor: name }, isBreakerOpen ? 1 : 0)
      },
    }),
  }
}
