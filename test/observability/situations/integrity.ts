import { makeV2KeyReshare, type CoboPackage } from '@callback-quorum/simulator'
import type { Observed } from '../rig/observe.ts'
import { CUSTOMER, nodePayment, STRANGER } from '../rig/platforms.ts'
import { shared, type Made, type Situations } from '../rig/situation.ts'
import { times } from '../rig/times.ts'
import { addSeen } from './add-seen.ts'
import { cutOff } from './availability.ts'

const asked = shared((o) => addSeen(o, { name: 'integrity', label: 'integrity-asked' }))

async function askingFor(o: Observed, labels: Made['labels'], payments: () => readonly CoboPackage[]): Promise<Made> {
  const node = o.platforms.node(await asked(o))
  const again = (): Promise<unknown> => Promise.all(payments().map((payment) => node.askOnce(payment)))
  return { labels: { team: 'integrity', ...labels }, again }
}

/** Nothing to decode: only the description says what is to be paid. */
function withoutBytes(payment: CoboPackage): CoboPackage {
  const info = JSON.parse(payment.extra_info ?? '{}') as { readonly transaction?: object }
  return {
    ...payment,
    extra_info: JSON.stringify({ ...info, transaction: { ...info.transaction, raw_tx_info: null } }),
  }
}

export const INTEGRITY_SITUATIONS: Situations = {
  BytesDiffer: (o) =>
    askingFor(o, { code: 'RAW_DESTINATION_DIFFERS', severity: 'page' }, () => [
      nodePayment({ to: STRANGER, describedAs: { to: CUSTOMER } }),
    ]),
  BytesUnreadable: (o) =>
    askingFor(o, { code: 'RAW_MISSING', severity: 'ticket' }, () => times(2).map(() => withoutBytes(nodePayment()))),
  SecondSignature: async (o) => {
    const ids = { coboId: 'signed-twice', transactionId: 'signed-twice' }
    const pays = (nonce: bigint): CoboPackage => nodePayment({ ...ids, nonce, amount: '0.02' })
    await o.platforms.node(await asked(o)).askOnce(pays(7n))
    let nonce = 8n
    return askingFor(o, { code: 'SECOND_SIGNATURE', severity: 'ticket' }, () => [pays(nonce++)])
  },
  PowersRefused: (o) =>
    askingFor(o, { code: 'KEYRESHARE_NOT_ALLOWED', severity: 'ticket' }, () => [makeV2KeyReshare()]),
  IntegrityUnable: async (o) => {
    const service = await addSeen(o, { name: 'integrity', label: 'integrity-unable' })
    const node = o.platforms.node(service)
    await node.askOnce(nodePayment())
    await cutOff(service)
    const again = (): Promise<unknown> => Promise.all(times(2).map(() => node.askOnce(nodePayment())))
    return { labels: { service: service.label, severity: 'page' }, again }
  },
}
