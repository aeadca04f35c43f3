import type { GatewayConfig } from '@callback-quorum/gateway'
import {
  COBO_STATUS,
  ProtocolFault,
  readCoboReply,
  verifyPackageToken,
  type VerificationKey,
} from '@callback-quorum/protocol'
import { ConfigError, loadVerificationKeys } from '@callback-quorum/service'
import type { HttpAnswer } from './ask-http.ts'
import type { DoctorContext } from './check.ts'
import { findingsOf, type Finding } from './finding.ts'

type Entry = GatewayConfig['checkers'][number]

/** As the gateway has it for verdicts. */
const TOKEN_AGE_MS_MAX = 900_000

const CLOCK_FAULTS: readonly ProtocolFault['code'][] = [
  'ERR_PROTOCOL_TOKEN_EXPIRED',
  'ERR_PROTOCOL_TOKEN_EXP_TOO_FAR',
  'ERR_PROTOCOL_TOKEN_NOT_YET_VALID',
]

/** The signed status 20 proves at once that the checker is reached, at its own path, and that it is the one whose key is pinned. */
export async function coboIdentity(
  entry: Entry,
  index: number,
  where: string,
  answer: HttpAnswer,
  context: DoctorContext,
): Promise<Finding> {
  const { name, binding } = entry
  const { ok, failed, skipped } = findingsOf(`checker ${name}`)
  let keys: readonly VerificationKey[]
  try {
    keys = await loadVerificationKeys(name, entry.pubkey_path, context.directory, TOKEN_AGE_MS_MAX)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return failed(
      `${where}: reachable, and there is no key to verify it with`,
      `Put the public key of ${name} into checkers[${index}].pubkey_path, see keys`,
    )
  }
  try {
    const { status } = await readCoboReply(answer.body, keys, context.nowMs())
    const { issuer } = await verifyPackageToken(textOf(answer), keys, context.nowMs())
    // Of a server of another team the name is its own affair.
    if (binding === 'digest' && issuer !== name)
      return failed(
        `${where}: signs with the right key as ${JSON.stringify(issuer ?? '')}, and the entry is called ${name}; a verdict of another name is a mismatch`,
        `Write name: ${issuer ?? name} in checkers[${index}] (and in quorum), or service_name: ${name} in the configuration of the checker`,
      )
    if (status !== COBO_STATUS.invalidToken)
      return failed(
        `${where}: answers status ${status} to what nobody signed; expected ${COBO_STATUS.invalidToken}`,
        `Do not use it: ${name} accepts what it cannot verify; see its callers[].pubkey_path`,
      )
    return ok(`${where}: reached, its answer is signed with the key in pubkey_path, as ${issuer ?? 'nobody'}`)
  } catch (error) {
    if (!(error instanceof ProtocolFault)) throw error
    if (binding === 'request_id' && answer.status !== 200)
      return skipped(
        `${where}: reachable, answers HTTP ${answer.status} to what nobody signed; whose key it signs with is proved only by its first real answer`,
      )
    return refused(error, entry, index, where, answer, context)
  }
}

function refused(
  { code }: ProtocolFault,
  { name, pubkey_path: files }: Entry,
  index: number,
  where: string,
  answer: HttpAnswer,
  { pathOf }: DoctorContext,
): Finding {
  const { failed } = findingsOf(`checker ${name}`)
  if (CLOCK_FAULTS.includes(code))
    return failed(
      `${where}: its signed answer is outside its time (${code})`,
      `Set the clocks of this machine and of ${name} by NTP (timedatectl set-ntp true)`,
    )
  if (code === 'ERR_PROTOCOL_TOKEN_SIGNATURE') {
    const file = files[0] === undefined ? 'pubkey_path' : pathOf(files[0].file)
    return failed(
      `${where}: its answer is not signed with the key in checkers[${index}].pubkey_path (${file})`,
      `Copy the public half of identity.private_key of ${name} over ${file}; if its key did not change, somebody else answers there`,
    )
  }
  return failed(
    `${where}: answers HTTP ${answer.status} with what is no signed answer (${code})`,
    `See what really listens there (curl -v -d TSS_JWT_MSG=x ${where.split(' ')[0] ?? ''}), and correct checkers[${index}].service_address`,
  )
}

const textOf = ({ body }: HttpAnswer): string =>
  body
    .toString('latin1')
    .trim()
    .replace(/^"(.*)"$/, '$1')
