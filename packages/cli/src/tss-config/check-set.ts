import type { CoboDialect } from '@callback-quorum/protocol'
import { NODE_KINDS, setManner, type NodeKind } from './manner.ts'
import type { Member } from './member.ts'
import type { Settings } from './settings.ts'

interface Checked {
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
}

/** The kinds that a node asks about in a dialect: KeyShareSign came with the second (protocol/cobo.md 1.3). */
export const askedKinds = (dialect: CoboDialect): readonly NodeKind[] =>
  dialect === 'cobo-v2' ? NODE_KINDS : NODE_KINDS.filter((kind) => kind !== 'keysharesign')

/** What can only be seen of all of them together. */
export function checkSet(members: readonly Member[], dialect: CoboDialect, settings: Settings): Checked {
  if (members.length === 0) return { problems: [], warnings: [] }
  return {
    problems: [
      ...askedKinds(dialect).flatMap((kind) => checkKind(members, kind, settings.closed.includes(kind))),
      ...settings.closed
        .filter((kind) => !askedKinds(dialect).includes(kind))
        .map((kind) => `--closed ${kind}: is never asked in ${dialect}; expected it left out`),
      ...checkAgreement(members),
      ...checkAddresses(members),
      ...members.flatMap((member) => checkTimes(member, settings.tokenExpireMinutes)),
    ],
    warnings: [...rawWarnings(members, dialect), ...severalWarnings(members), ...shareWarnings(dialect)],
  }
}

function checkKind(members: readonly Member[], kind: NodeKind, isClosed: boolean): readonly string[] {
  const manner = setManner(members.map(({ byKind }) => byKind[kind]))
  const those = (does: string): string =>
    members
      .flatMap(({ name, byKind }) => (byKind[kind].does === does ? [`${name} (${byKind[kind].by})`] : []))
      .join(', ')
  switch (manner) {
    case 'judged':
      return isClosed
        ? [`--closed ${kind}: may be approved by this set, ${those('judges')} judges it; expected it left out`]
        : []
    case 'rejected':
      return isClosed
        ? []
        : [
            `${kind}: is always rejected by ${those('rejects')}; expected a quorum entry (gateway), ` +
              `outside_remit: { approve: [${kind}] } where another one judges it (checker), or --closed ${kind} if it is never to be approved`,
          ]
    case 'unjudged':
      return [
        `${kind}: would be approved unseen, nobody judges it: ${those('approves')}; expected a server in the set that has rules for ${kind}, such as integrity, ` +
          'or a gateway with a quorum entry for it',
      ]
    default:
      throw new TypeError(`unknown manner ${String(manner satisfies never)}`)
  }
}

/** What the node has once, every server must say alike: how long it is asked again follows from it, and what belongs together. */
function checkAgreement(members: readonly Member[]): readonly string[] {
  const [first, ...others] = members
  if (first === undefined) return []
  return others.flatMap((member) =>
    (['organisation', 'retry_times', 'sleep_seconds', 'request_timeout'] as const).flatMap((word) =>
      member.caller[word] === first.caller[word]
        ? []
        : [
            `${member.file.path}: callers ${member.caller.name}: ${word} is ${said(member, word)}, and ${said(first, word)} in ${first.file.path}; expected the same: the node has one`,
          ],
    ),
  )
}

/** One address answers with one key: the second entry would never be believed, and nothing approved. */
const checkAddresses = (members: readonly Member[]): readonly string[] =>
  members.flatMap(({ file, name, serviceAddress }, index) => {
    const first = members.slice(0, index).find((other) => other.serviceAddress === serviceAddress)
    return first === undefined
      ? []
      : [
          `${file.path}: would be asked at ${serviceAddress}, which is the address of ${first.name}; expected one of its own, --url ${name}=https://...`,
        ]
  })

const said = (
  { caller }: Member,
  word: 'organisation' | 'retry_times' | 'sleep_seconds' | 'request_timeout',
): string => (word === 'request_timeout' ? `${String(caller[word])}ms` : String(caller[word]))

function checkTimes({ file, caller, deadlineMs }: Member, tokenMinutes: number): readonly string[] {
  const { name, request_timeout: timeoutMs, max_token_age: ageMs } = caller
  return [
    ...(timeoutMs % 1_000 === 0
      ? []
      : [
          `${file.path}: callers ${name}: request_timeout is ${timeoutMs}ms; expected whole seconds: the node knows no others`,
        ]),
    ...(deadlineMs < timeoutMs
      ? []
      : [
          `${file.path}: takes up to ${deadlineMs}ms (deadline), and the node waits ${timeoutMs}ms (request_timeout); expected a shorter deadline, such as 8s of 10s`,
        ]),
    ...(tokenMinutes * 60_000 <= ageMs
      ? []
      : [
          `--token-expire-minutes ${tokenMinutes}: is longer than max_token_age of callers ${name} in ${file.path}; expected at most ${ageMs / 60_000}`,
        ]),
  ]
}

function rawWarnings(members: readonly Member[], dialect: CoboDialect): readonly string[] {
  const bindings = members.map((member) => member.bindsRaw(member.caller.name, dialect))
  if (bindings.includes('always')) return []
  const gateways = members.flatMap(({ service, name }) => (service === 'gateway' ? [name] : []))
  return [
    bindings.includes('with exceptions')
      ? 'No server of this set compares the bytes of every keysign with their description (accept_unbound makes exceptions): put integrity beside them, --checker integrity.yaml.'
      : gateways.length > 0
        ? `No checker that compares bytes with their description is asked by the node itself: whoever holds ${gateways.join(' and ')}, with the key, has everything approved. Put integrity beside it, --checker integrity.yaml.`
        : 'No server of this set compares the bytes to be signed with their description: a platform that shows one payment and has another one signed is not seen. Add --checker integrity.yaml.',
  ]
}

function severalWarnings(members: readonly Member[]): readonly string[] {
  const gateways = members.filter(({ service }) => service === 'gateway')
  return [
    ...(gateways.length > 1
      ? [
          `${gateways.map(({ name }) => name).join(' and ')} are gateways with keys of their own: all must approve, so one that is down stops every signature. ` +
            'That is two who decide, not high availability: for that, replicas with one key behind one address.',
        ]
      : []),
    ...gateways
      .filter(({ files }) => files.length > 1)
      .map(
        ({ name, files }) =>
          `${name} has ${files.length} replicas behind one address, so one entry: the load balancer asks one that is ready (/readyz).`,
      ),
    ...(gateways.length === 0
      ? [
          'No gateway: nobody tells the checkers what became of a request, and there is no freeze. What they approved counts until a person releases it.',
        ]
      : []),
  ]
}

const shareWarnings = (dialect: CoboDialect): readonly string[] =>
  dialect === 'cobo-v1'
    ? [
        'keysharesign is not asked in cobo-v1: refuse it in the node, embedded_risk_control_rules: { enable: true, key_share_sign: { reject_all: true } }.',
      ]
    : []
