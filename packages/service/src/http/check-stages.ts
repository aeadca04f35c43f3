import { readContent, takeToken, verifyCaller } from './cobo-stages.ts'
import { findSigner, readRequest, takeBody, verifyBody } from './cosigner-stages.ts'
import type { CheckContext, CoboExchange, Exchange, FireblocksExchange, Stage } from './exchange.ts'
import type { Outcome } from './outcome.ts'
import { beginTrace } from './request-trace.ts'
import { within } from './within.ts'

type Stages<E extends Exchange> = readonly (readonly [stage: Stage<E>, ...ends: Outcome['result'][]])[]

/** The whole path of a callback request: stage, and the outcomes that it may end with. The last one always ends. */
// prettier-ignore
const STAGES: { readonly cobo: Stages<CoboExchange>, readonly fireblocks: Stages<FireblocksExchange> } = {
  cobo: [
    [takeToken,      'gone', 'turned_away', 'unverifiable'],
    [verifyCaller,   'unverifiable', 'unidentified'],
    [readContent,    'unidentified', 'ping'],
    [decideCallback, 'decided', 'faulted'],
  ],
  fireblocks: [
    [takeBody,       'gone', 'turned_away', 'unverifiable'],
    [verifyBody,     'unverifiable'],
    [readRequest,    'unidentified'],
    [findSigner,     'unverifiable'],
    [decideCallback, 'decided', 'faulted'],
  ],
}

/** Never throws: what is not foreseen is the outcome `faulted`, which approves nothing. */
export async function runCheckStages(exchange: Exchange, context: CheckContext): Promise<Outcome> {
  try {
    return isOfCosigner(exchange)
      ? await runStages(STAGES.fireblocks, exchange, context)
      : await runStages(STAGES.cobo, exchange, context)
  } catch (err) {
    const { dialect } = exchange.route
    exchange.trace.run(() =>
      context.log.error({ err, dialect, caller: exchange.caller?.name }, 'callback request failed'),
    )
    return faulted(exchange)
  }
}

async function runStages<E extends Exchange>(stages: Stages<E>, exchange: E, context: CheckContext): Promise<Outcome> {
  for (const [stage, ...ends] of stages) {
    const outcome = await stage(exchange, context)
    if (outcome === undefined) continue
    if (!ends.includes(outcome.result)) throw new Error(`${stage.name} must not end with ${outcome.result}`)
    return outcome
  }
  throw new Error('no stage ended the exchange')
}

async function decideCallback(exchange: Exchange, context: CheckContext): Promise<Outcome> {
  const { callback } = exchange
  if (callback === undefined) throw new Error('decided before read')
  exchange.trace = beginTrace(exchange, callback, context.tracer)
  return exchange.trace.run(async () => {
    const answer = await within(decideMs(exchange, context), context.decide(callback))
    if (answer === 'late') {
      context.log.error({ caller: callback.caller.name, kind: callback.kind }, 'decision exceeded its time')
      return faulted(exchange)
    }
    return { result: 'decided', callback, answer }
  })
}

/** Who asks counts from its own sending, so a body that came slowly leaves less. */
function decideMs(exchange: Exchange, { limits }: CheckContext): number {
  const most = isOfCosigner(exchange) ? limits.cosignerDecideMsMax : limits.decideMsMax
  return Math.max(0, most - (performance.now() - exchange.startedMs))
}

function isOfCosigner(exchange: Exchange): exchange is FireblocksExchange {
  return exchange.route.platform === 'fireblocks'
}

const faulted = ({ callback }: Exchange): Outcome =>
  callback === undefined ? { result: 'faulted' } : { result: 'faulted', callback }
