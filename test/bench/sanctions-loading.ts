// A process that answers checks by HTTP and, when it may, loads a list beside it. Run by sanctions.ts.
import { createServer } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createAssetRegistry, STARTER_ASSETS } from '@callback-quorum/chains'
import { listedAddress, STARTER_LIST } from '@callback-quorum/sanctions'
import type { AddressIndex } from '../../packages/sanctions/src/list/address-index.ts'
import { loadIndex } from '../../packages/sanctions/src/list/load-list.ts'
import { judge, NOW, paymentTo } from '../../packages/sanctions/test/asking.ts'
import { mayGo, say } from './sanctions-child.ts'

export interface Listening {
  readonly port: number
}

export interface LoadingFigures {
  readonly seconds: number
  readonly rows: number
  /** Of the process since it was started, the highest. */
  readonly residentMegabytesMax: number
  /** How long the event loop was held at most while the list was loaded, beyond the resolution of 1 ms. */
  readonly heldMsMax: number
}

const [file = ''] = process.argv.slice(2)
const load = (path: string): Promise<AddressIndex> =>
  loadIndex({ from: 'file', path, options: { format: 'ofac-advanced' }, source: 'ofac-sdn', loadedAtMs: Date.now() })

let index = await load(STARTER_LIST.file)
const rule = listedAddress({
  lists: [
    { name: 'ofac-sdn', maxAgeMs: 1_000, active: () => ({ index, checkedAtMs: NOW.getTime(), isStarter: false }) },
  ],
  sameKey: 'reject',
  addressChecksum: 'reject',
})
const chain = createAssetRegistry(STARTER_ASSETS).chain('ethereum')
if (chain === undefined) throw new Error('no chain ethereum')

const server = createServer((request, response) => {
  const address = decodeURIComponent((request.url ?? '').slice(1))
  judge(rule, paymentTo(chain, address)).then(
    ({ outcome, evidence }) => response.end(JSON.stringify({ outcome, evidence })),
    (error: unknown) => {
      response.writeHead(500).end(String(error))
    },
  )
})
server.listen(0, '127.0.0.1', () => {
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('not listening on a port')
  say({ port: bound.port } satisfies Listening)
})

await mayGo()
const held = monitorEventLoopDelay({ resolution: 1 })
held.enable()
const start = performance.now()
index = await load(file)
const seconds = (performance.now() - start) / 1_000
held.disable()
say({
  seconds,
  rows: index.rows,
  residentMegabytesMax: process.resourceUsage().maxRSS / 1_024,
  heldMsMax: held.max / 1e6,
} satisfies LoadingFigures)
