import type { Evidence, JudgeContext, Judgement, Objection, Rule } from './rule.ts'
import type { Question } from './question.ts'

/** All rules' judgements as one. `evidence` is keyed by rule name. */
export interface JointJudgement {
  readonly outcome: 'approve' | 'reject' | 'unable'
  readonly codes: readonly string[]
  readonly reason: string
  readonly evidence: Readonly<Record<string, Evidence>>
}

export interface NamedJudgement {
  readonly rule: string
  readonly judgement: Judgement
}

/** What asks a rule and measures it; a throw or a silence past the signal becomes `unable`, never an approval. */
export type AskRule = (rule: Rule, ask: () => Promise<Judgement>) => Promise<NamedJudgement>

/** What a verdict can hold (protocol's verdict schema): anything else would make the gateway take a rejection for a fault. */
export const CODES_MAX = 64
const CODE = /^[\x21-\x7e]{1,128}$/

const codesOf = (said: readonly { readonly code: string }[]): readonly string[] =>
  [...new Set(said.map(({ code }) => (CODE.test(code) ? code : 'CODE_INVALID')))].slice(0, CODES_MAX)

/** The types demand a reason; a rule written without types may still give none, and its no must not be lost. */
const objectionsOf = (objections: readonly Objection[]): readonly Objection[] =>
  objections.length > 0 ? objections : [{ code: 'NO_REASON', text: 'the rule gave no reason' }]

const withEvidence = (evidence: Evidence | undefined): { evidence?: Evidence } =>
  evidence === undefined ? {} : { evidence }

/**
 * Folds judgements into one: any objection rejects with all objections, else any `unable` is unable, else approve. The order of
 * the judgements does not matter to the outcome. An empty list is a programming error: nobody judged, so nothing may be approved.
 */
export function foldJudgements(judgements: readonly NamedJudgement[]): JointJudgement {
  if (judgements.length === 0) throw new Error('invariant: an outcome needs at least one judgement')
  const evidence: Record<string, Evidence> = {}
  const objections: Objection[] = []
  const unables: { code: string; text: string }[] = []
  for (const { rule, judgement } of judgements) {
    evidence[rule] = { ...judgement.evidence }
    switch (judgement.outcome) {
      case 'approve':
        break
      case 'reject':
        objections.push(...objectionsOf(judgement.objections))
        evidence[rule] = {
          ...evidence[rule],
          objections: judgement.objections.map((o) => ({ code: o.code, text: o.text, ...withEvidence(o.evidence) })),
        }
        break
      case 'unable':
        unables.push(judgement)
        evidence[rule] = { ...evidence[rule], unable: { code: judgement.code, text: judgement.text } }
        break
      default:
        throw new Error(`invariant: unknown judgement ${JSON.stringify(judgement satisfies never)}`)
    }
  }
  const said = objections.length > 0 ? objections : unables
  const outcome = objections.length > 0 ? 'reject' : unables.length > 0 ? 'unable' : 'approve'
  return {
    outcome,
    codes: codesOf(said),
    reason: said.map(({ code, text }) => `${code}: ${text}`).join('; '),
    evidence,
  }
}

/** Asks every rule that judges before the claim, side by side, and folds what they say. `undefined` when none has anything to judge. */
export async function judge(
  rules: readonly Rule[],
  question: Question,
  context: JudgeContext,
  ask: AskRule,
): Promise<JointJudgement | undefined> {
  const asked = rules.flatMap((rule) => {
    const judgeRule = rule.judge?.bind(rule)
    return judgeRule === undefined ? [] : [ask(rule, () => judgeRule(question, context))]
  })
  return asked.length === 0 ? undefined : foldJudgements(await Promise.all(asked))
}

/** Runs one rule under the signal: whatever is not a judgement in time is `unable`. */
export async function judgeInTime(signal: AbortSignal, run: () => Promise<Judgement>): Promise<Judgement> {
  const late: Judgement = { outcome: 'unable', code: 'RULE_TIMEOUT', text: 'the rule gave no judgement in time' }
  if (signal.aborted) return late
  const { promise: silence, resolve } = Promise.withResolvers<Judgement>()
  const giveUp = (): void => resolve(late)
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    return await Promise.race([run(), silence])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}
