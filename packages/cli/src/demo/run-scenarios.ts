import { COBO_CHECK_PATHS, type CoboDialect } from '@callback-quorum/protocol'
import { loadPrivateKey, loadPublicKey } from '@callback-quorum/service'
import { createTssNode, forgeToken, type Exchange, type TssNode } from '@callback-quorum/simulator'
import type { KeyObject } from 'node:crypto'
import { planOf } from '../constellation/configuration.ts'
import type { Constellation } from '../constellation/start-constellation.ts'
import type { GatewayEvidence } from './gateway-evidence.ts'
import { outcomeRow, type OutcomeRow } from './outcome-row.ts'
import type { DemoRun } from './payments.ts'
import { STEPS, type Act, type Step } from './scenarios.ts'

const METRICS_MS_MAX = 5_000

export interface ScenarioContext {
  readonly constellation: Constellation
  readonly evidence: GatewayEvidence
  readonly run: DemoRun
  readonly freeze: (command: 'freeze' | 'unfreeze') => Promise<void>
  readonly say: (text: string) => void
  readonly onRow: (row: OutcomeRow) => void
  readonly signal: AbortSignal
}

/** Lets the TSS node send the script to the gateway, one request after the other; every step gives one row. */
export async function runScenarios(context: ScenarioContext): Promise<readonly OutcomeRow[]> {
  const { key: nodeKey } = await loadPrivateKey(context.constellation.configuration.node.key.privatePath)
  const nodes = await createNodes(context.constellation, nodeKey)
  const rows: OutcomeRow[] = []
  try {
    for (const step of STEPS) {
      context.signal.throwIfAborted()
      if (step.before !== undefined) await act(step.before, context)
      const row = await runStep(step, nodes, nodeKey, context)
      rows.push(row)
      context.onRow(row)
    }
    return rows
  } finally {
    await Promise.all(Object.values(nodes).map((node) => node.close()))
  }
}

type Nodes = Readonly<Record<CoboDialect, TssNode>>

/** One node with one key; the simulator wants an object for each dialect. */
async function createNodes({ configuration }: Constellation, privateKey: KeyObject): Promise<Nodes> {
  const { callbackUrl, key } = planOf(configuration, 'gateway')
  const { key: publicKey } = await loadPublicKey(key.publicPath)
  const nodeOf = (dialect: CoboDialect): TssNode =>
    createTssNode({
      name: configuration.node.name,
      privateKey,
      servers: [{ name: 'gateway', serviceAddress: `${callbackUrl}${COBO_CHECK_PATHS[dialect]}`, publicKey }],
    })
  return { 'cobo-v1': nodeOf('cobo-v1'), 'cobo-v2': nodeOf('cobo-v2') }
}

async function runStep(step: Step, nodes: Nodes, privateKey: KeyObject, context: ScenarioContext): Promise<OutcomeRow> {
  const { content, dialect, title } = context.run.requests[step.request]
  const { request_id: requestId = '', request_type: requestType = 0 } = content
  const token = step.forged === undefined ? undefined : forgeToken(step.forged, content, { privateKey })
  const ask = async (): Promise<Exchange> => {
    const [exchange] = await nodes[dialect].askOnce(content, {
      signal: context.signal,
      ...(token !== undefined && { token }),
    })
    context.signal.throwIfAborted()
    if (exchange === undefined) throw new Error('invariant: the node has one server')
    return exchange
  }
  const recalledBefore = await recalledCount(context.constellation)
  // Pings and what does not verify reach no checker; the gateway's log names no request for them.
  const isAsked = requestType !== 0 && step.forged === undefined
  const { result: exchange, verdicts } = isAsked
    ? await context.evidence.during(requestId, ask)
    : { result: await ask(), verdicts: {} }
  const recalled = (await recalledCount(context.constellation)) > recalledBefore
  return outcomeRow({ step, title, requestId, requestType, exchange, verdicts, recalled })
}

async function act(what: Act, { constellation, freeze, say }: ScenarioContext): Promise<void> {
  switch (what) {
    case 'stop sanctions':
      say('stopping sanctions ...')
      await constellation.stop('sanctions')
      return
    case 'start sanctions':
      say('starting sanctions again ...')
      await constellation.start('sanctions')
      return
    case 'freeze':
    case 'unfreeze':
      say(`callback-quorum ${what} ...`)
      return freeze(what)
    default:
      throw new TypeError(`unknown act ${String(what satisfies never)}`)
  }
}

/** How many decisions the gateway has answered from its record. */
async function recalledCount({ configuration }: Constellation): Promise<number> {
  const { metricsUrl } = planOf(configuration, 'gateway')
  const response = await fetch(`${metricsUrl}/metrics`, { signal: AbortSignal.timeout(METRICS_MS_MAX) })
  const lines = (await response.text()).split('\n')
  return lines
    .filter((line) => line.startsWith('callback_quorum_decisions_total{') && line.includes('recalled="yes"'))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}
