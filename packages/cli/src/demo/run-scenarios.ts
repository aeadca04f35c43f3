import { COBO_CHECK_PATHS, type CoboDialect } from '@callback-quorum/protocol'
import { loadPrivateKey, loadPublicKey } from '@callback-quorum/service'
import {
  cosignerRequestIdOf,
  createCosigner,
  createTssNode,
  forgeToken,
  type Cosigner,
  type CosignerExchange,
  type Exchange,
  type TssNode,
} from '@callback-quorum/simulator'
import type { KeyObject } from 'node:crypto'
import { planOf } from '../constellation/configuration.ts'
import type { Constellation } from '../constellation/start-constellation.ts'
import type { GatewayEvidence } from './gateway-evidence.ts'
import { outcomeRow, type OutcomeRow } from './outcome-row.ts'
import type { CosignerDemoRequest, DemoRun, NodeRequest } from './payments.ts'
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

/** Lets the TSS node and the Co-signer send the script to the gateway, one request after the other; every step gives one row. */
export async function runScenarios(context: ScenarioContext): Promise<readonly OutcomeRow[]> {
  const platforms = await createPlatforms(context.constellation)
  const rows: OutcomeRow[] = []
  try {
    for (const step of STEPS) {
      context.signal.throwIfAborted()
      if (step.before !== undefined) await act(step.before, context)
      const row = await runStep(step, platforms, context)
      rows.push(row)
      context.onRow(row)
    }
    return rows
  } finally {
    await Promise.all(
      [...Object.values(platforms.nodes), ...Object.values(platforms.cosigners)].map((one) => one.close()),
    )
  }
}

/** Who asks. One node with one key, and one Co-signer with one key; the simulator wants an object for each dialect and API user. */
interface Platforms {
  readonly nodeKey: KeyObject
  readonly nodes: Readonly<Record<CoboDialect, TssNode>>
  readonly cosigners: Readonly<Record<'signer' | 'approver', Cosigner>>
}

async function createPlatforms({ configuration }: Constellation): Promise<Platforms> {
  const { callbackUrl, key } = planOf(configuration, 'gateway')
  const { key: publicKey } = await loadPublicKey(key.publicPath)
  const { node, cosigner } = configuration
  const { key: nodeKey } = await loadPrivateKey(node.key.privatePath)
  const { key: cosignerKey } = await loadPrivateKey(cosigner.key.privatePath)
  const nodeOf = (dialect: CoboDialect): TssNode =>
    createTssNode({
      name: node.name,
      privateKey: nodeKey,
      servers: [{ name: 'gateway', serviceAddress: `${callbackUrl}${COBO_CHECK_PATHS[dialect]}`, publicKey }],
    })
  const cosignerOf = (role: 'signer' | 'approver'): Cosigner =>
    createCosigner({
      name: cosigner.name,
      signerId: cosigner.apiUsers[role],
      messages: 'jwt',
      trust: { kind: 'system' },
      url: callbackUrl,
      privateKey: cosignerKey,
      handlerPublicKey: publicKey,
    })
  return {
    nodeKey,
    nodes: { 'cobo-v1': nodeOf('cobo-v1'), 'cobo-v2': nodeOf('cobo-v2') },
    cosigners: { signer: cosignerOf('signer'), approver: cosignerOf('approver') },
  }
}

/** One question, ready to be sent. */
interface Question {
  readonly requestId: string
  readonly requestType: number | null
  /** Pings and what does not verify reach no checker; the gateway's log names no request for them. */
  readonly isAsked: boolean
  ask(signal: AbortSignal): Promise<Exchange | CosignerExchange>
}

async function runStep(step: Step, platforms: Platforms, context: ScenarioContext): Promise<OutcomeRow> {
  const asked = context.run.requests[step.request]
  const question = asked.asks === 'node' ? ofNode(asked, step, platforms) : ofCosigner(asked, platforms)
  const { requestId, requestType } = question
  const ask = async (): Promise<Exchange | CosignerExchange> => {
    const exchange = await question.ask(context.signal)
    context.signal.throwIfAborted()
    return exchange
  }
  const recalledBefore = await recalledCount(context.constellation)
  const { result: exchange, verdicts } = question.isAsked
    ? await context.evidence.during(requestId, ask)
    : { result: await ask(), verdicts: {} }
  const recalled = (await recalledCount(context.constellation)) > recalledBefore
  return outcomeRow({ step, title: asked.title, requestId, requestType, exchange, verdicts, recalled })
}

function ofNode({ content, dialect }: NodeRequest, { forged }: Step, { nodes, nodeKey }: Platforms): Question {
  const { request_id: requestId = '', request_type: requestType = 0 } = content
  const token = forged === undefined ? undefined : forgeToken(forged, content, { privateKey: nodeKey })
  return {
    requestId,
    requestType,
    isAsked: requestType !== 0 && forged === undefined,
    async ask(signal) {
      const [exchange] = await nodes[dialect].askOnce(content, { signal, ...(token !== undefined && { token }) })
      if (exchange === undefined) throw new Error('invariant: the node has one server')
      return exchange
    },
  }
}

const ofCosigner = ({ apiUser, request }: CosignerDemoRequest, { cosigners }: Platforms): Question => ({
  requestId: cosignerRequestIdOf(request),
  requestType: null,
  isAsked: true,
  ask: (signal) => cosigners[apiUser].askOnce(request, { signal }),
})

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
